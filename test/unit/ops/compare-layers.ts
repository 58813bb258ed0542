import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { substituteDim } from '../../../src/core/graph/dim';
import type { TensorType } from '../../../src/core/graph/graph';
import { namedModules, stateOf } from '../../../src/core/python/library/module-class';
import { Interpreter } from '../../../src/core/python/runtime/interpreter';
import { Tracer } from '../../../src/core/python/runtime/tracer';
import { initialTensor, native, type NativeCall, type Value } from '../../../src/core/python/runtime/values';
import { SourceError } from '../../../src/core/python/source-error';
import { SourceFile } from '../../../src/core/python/source-file';

/** What torch 1.13 says of layers and functions; made by test/fixtures/torch/layer_shapes_norm.py. */
export interface LayerRecord {
  readonly family: string;
  /** The constructor's call; empty for functions. */
  readonly layer: string;
  /** The constructor's exception. */
  readonly raises?: string;
  readonly state?: readonly (readonly [string, readonly number[]])[];
  readonly calls?: readonly (readonly [string, Outcome])[];
  /** Results of calls that differ in training. */
  readonly train?: Readonly<Record<string, Outcome>>;
}

/** `f32[2,3]`, a tuple of such, null for None; `!ValueError` for an exception. */
export type Outcome = string | null | readonly Outcome[];

const fixture = path.resolve(import.meta.dirname, '../../fixtures/layer-shapes-norm.json');
export const layerRecords = JSON.parse(readFileSync(fixture, 'utf8')) as readonly LayerRecord[];

/**
 * Tests that our layers and functions of a family make the tensors, take the shapes and refuse the calls that torch 1.13
 * does. `unknown` lists calls whose results we say we do not know; `newer` those that PyTorch 2 takes and 1.13 does not.
 */
export function compareLayers(
  family: string,
  {
    unknown = [],
    newer = {},
  }: { readonly unknown?: readonly string[]; readonly newer?: Readonly<Record<string, Outcome>> } = {},
): void {
  const records = layerRecords.filter((record) => record.family === family);

  test.each(records)('$family: $layer is what PyTorch makes', ({ layer, raises, state = [], calls = [] }) => {
    const expected: Record<string, unknown> = {};
    const found: Record<string, unknown> = {};
    if (layer !== '') {
      found['state'] = stateOfLayer(layer);
      // What PyTorch refuses whenever the layer is called may be refused when it is made.
      const refusesAll = calls.every(([, outcome]) => withoutName(outcome) === '!');
      const early = refusesAll && found['state'] === '!';
      expected['state'] = unknown.includes(layer) ? '?' : raises !== undefined || early ? '!' : state;
    }
    for (const [call, outcome] of calls) {
      const name = `${layer} ${call}`.trim();
      expected[call] = unknown.includes(name) ? '?' : name in newer ? newer[name] : withoutName(outcome);
      found[call] = outcomeOf(layer, call);
    }
    expect(found).toEqual(expected);
  });

  test('results for a symbolic batch size are those of PyTorch with the number put in', () => {
    const accepted = records.flatMap(({ layer, raises, calls = [] }) =>
      raises === undefined
        ? calls
            .filter(([, outcome]) => withoutName(outcome) !== '!')
            .map(([call, outcome]) => ({ layer, call, outcome }))
        : [],
    );
    const symbolic = accepted.flatMap(({ layer, call, outcome }) => {
      const size = /\b[ti]\((\d+)/.exec(call)?.[1];
      if (size === undefined || `${layer} ${call}`.trim() in newer) return [];
      // All tensors that begin with that size.
      const withSymbol = call.replace(new RegExp(`\\b([tib])\\(${size}\\b`, 'g'), "$1('N'");
      const found = substituted(outcomeOf(layer, withSymbol), Number(size));
      return [{ name: `${layer} ${withSymbol}`, found, outcome }];
    });
    const known = symbolic.filter(({ found }) => !/"[!?]"/.test(JSON.stringify(found)));
    expect(known.map(({ name, found }) => [name, found])).toEqual(known.map(({ name, outcome }) => [name, outcome]));
    // The others need that size to be a certain number: channels of a single image, class weights.
    expect(known.length).toBeGreaterThan(0.9 * symbolic.length);
  });

  test('what is said to be unknown is tested', () => {
    const names = records.flatMap(({ layer, calls = [] }) => [
      layer,
      ...calls.map(([call]) => `${layer} ${call}`.trim()),
    ]);
    expect([...unknown, ...Object.keys(newer)].filter((name) => !names.includes(name))).toEqual([]);
  });
}

/** Exceptions are `!`, whatever their class. */
function withoutName(outcome: Outcome): Outcome {
  return typeof outcome === 'string' && outcome.startsWith('!') ? '!' : outcome;
}

/** The sizes of a result with a number for N. */
function substituted(outcome: Outcome, n: number): Outcome {
  if (outcome === null) return null;
  if (typeof outcome !== 'string') return outcome.map((item) => substituted(item, n));
  return outcome.replace(/\[(.*)\]/, (_, sizes: string) =>
    sizes === ''
      ? '[]'
      : `[${sizes
          .split(',')
          .map((size) => substituteDim(size, { N: n }))
          .join(',')}]`,
  );
}

/** What our interpreter says of a call, `!` where it refuses, `?` where it does not know. */
export function outcomeOf(layer: string, call: string): Outcome {
  const { interpreter, value } = evaluate(
    layer === '' ? [`result = ${call}`] : [`m = ${layer}`, `result = ${call}`],
    'result',
  );
  if (typeof value === 'string') return value;
  return described(interpreter, value);
}

/** Names and shapes in state_dict order. */
export function stateOfLayer(layer: string): unknown {
  const { interpreter, value } = evaluate([`m = ${layer}`], 'm');
  if (typeof value === 'string') return value;
  if (value.kind !== 'instance') return value.kind;
  return namedModules(interpreter, value).flatMap(([name, module]) => {
    const { parameters, buffers } = stateOf(interpreter, module);
    const tensors = [...parameters, ...[...buffers].map(([key, { tensor }]) => [key, tensor] as const)];
    return tensors.flatMap(([key, tensor]) =>
      tensor.kind === 'tensor' ? [[name === '' ? key : `${name}.${key}`, tensor.type.shape]] : [],
    );
  });
}

const head = ['import torch', 'import torchvision', 'import torch.nn as nn', 'import torch.nn.functional as F'];

/** Runs lines of Python in a function, where `t(2, 3)`, `i(2, 3)` and `b(2, 3)` make tensors; gives a variable's value, `!` or `?`. */
export function evaluate(
  lines: readonly string[],
  result: string,
): { readonly interpreter: Interpreter; readonly value: Value | '!' | '?' } {
  const text = [...head, 'def run():', ...[...lines, `return ${result}`].map((line) => `    ${line}`)].join('\n');
  const file = new SourceFile('case.py', text);
  const interpreter = new Interpreter(file, new Tracer('case', false));
  const { namespace } = interpreter.runFile(file);
  namespace.set('t', native('t', create('f32')));
  namespace.set('i', native('i', create('i64')));
  namespace.set('b', native('b', create('bool')));
  const run = namespace.get('run');
  if (run?.kind !== 'function') throw new Error('The function is missing');
  try {
    const value = interpreter.call(run);
    return { interpreter, value: value.kind === 'unknown' ? '?' : value };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { interpreter, value: error.refused ? '!' : '?' };
  }
}

/** A tensor of the given sizes; a string is a symbolic one. */
function create(dtype: TensorType['dtype']): NativeCall {
  return (_, sizes) => {
    const shape = sizes.map((size) => (size.kind === 'integer' || size.kind === 'string' ? size.value : -1));
    return initialTensor({ shape, dtype }, { kind: 'constant', value: 0 });
  };
}

function described(interpreter: Interpreter, value: Value): Outcome {
  if (value.kind === 'none') return null;
  if (value.kind === 'tensor') return `${value.type.dtype}[${value.type.shape.join(',')}]`;
  if (value.kind === 'unknown') return '?';
  return interpreter.iterate(value).map((item) => described(interpreter, item));
}
