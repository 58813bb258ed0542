import { substituteDim } from '../../../src/core/graph/dim';
import type { GraphNode, Shape } from '../../../src/core/graph/graph';
import { dtypeName } from '../../../src/core/ops/arithmetic/promote';
import { nodeOf } from '../../../src/core/python/library/tensor-calls';
import { Interpreter } from '../../../src/core/python/runtime/interpreter';
import type { Observer } from '../../../src/core/python/runtime/observer';
import { Tracer } from '../../../src/core/python/runtime/tracer';
import { lookUp, tensor, type Value } from '../../../src/core/python/runtime/values';
import { SourceError } from '../../../src/core/python/source-error';
import { SourceFile } from '../../../src/core/python/source-file';

/** What a line of Python gives, as test/fixtures/torch/tensor_calls.py writes it; unknown values with their reason. */
export type LineResult =
  | { readonly tensor: readonly [readonly (number | string)[], string] }
  | { readonly value: null | boolean | number | string }
  | { readonly items: readonly LineResult[]; readonly names?: readonly string[] }
  | { readonly other: string }
  | { readonly raises: string }
  | { readonly unknown: string };

/** Evaluates a line about the tensor `x` as a model's forward is read; statements before its last `; ` come first. */
export function evaluateLine(
  line: string,
  preamble: readonly string[],
  inputShape: Shape,
  sizes: Readonly<Record<string, number>> = {},
): LineResult {
  try {
    const { interpreter, value } = readLine(line, preamble, inputShape);
    return describe(interpreter, value, sizes);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return error.refused ? { raises: error.reason } : { unknown: error.reason };
  }
}

/** The nodes that a line adds to a Graph with the input `x`, and that of its result. */
export function graphOfLine(
  line: string,
  inputShape: Shape,
): { readonly nodes: readonly GraphNode[]; readonly output: number } {
  const { interpreter, value } = readLine(line, [], inputShape);
  if (value.kind !== 'tensor') throw new Error(`${line} gives no tensor`);
  const output = nodeOf(interpreter, value).id;
  return { nodes: interpreter.tracer.builder.finish([output]).nodes, output };
}

function readLine(
  line: string,
  preamble: readonly string[],
  inputShape: Shape,
): { readonly interpreter: Interpreter; readonly value: Value } {
  const at = line.lastIndexOf('; ');
  const statements = at < 0 ? [] : [line.slice(0, at)];
  const body = [...preamble, ...statements, `return ${line.slice(at < 0 ? 0 : at + 2)}`];
  const text = `import torch\nfrom torch import nn\n\ndef forward(x):\n${body.map((row) => `    ${row}\n`).join('')}`;
  const file = new SourceFile('/line.py', text);
  const interpreter = new Interpreter(file, new Tracer('scrap', false));
  interpreter.observer = throwing;
  const forward = lookUp(interpreter.runFile(file).namespace, 'forward');
  if (!forward) throw new Error('There is no forward');
  const tracer = new Tracer('line', true);
  interpreter.tracer = tracer;
  const type = { shape: inputShape, dtype: 'f32' } as const;
  const x = tensor(type, { kind: 'node', builder: tracer.builder, id: tracer.builder.input('x', type) });
  return { interpreter, value: interpreter.call(forward, [x]) };
}

/** Lets shapes go on where training would not, and keeps no errors. */
const throwing: Observer = {
  recover(error) {
    throw error;
  },
  enter: () => undefined,
  leave: () => undefined,
  nodeMade: () => undefined,
  mention: () => undefined,
  assigned: () => undefined,
  making: () => undefined,
};

function describe(interpreter: Interpreter, value: Value, sizes: Readonly<Record<string, number>>): LineResult {
  switch (value.kind) {
    case 'tensor': {
      // Only what has a node can be an output of a Graph.
      const { type } = nodeOf(interpreter, value);
      return { tensor: [type.shape.map((size) => substituteDim(size, sizes)), dtypeName(type.dtype)] };
    }
    case 'tuple':
    case 'list': {
      const items = value.items.map((item) => describe(interpreter, item, sizes));
      const unknown = items.find((item) => 'unknown' in item);
      if (unknown) return unknown;
      return value.kind === 'tuple' && value.names ? { items, names: value.names } : { items };
    }
    case 'none':
      return { value: null };
    case 'boolean':
    case 'string':
      return { value: value.value };
    case 'integer':
      return { value: substituteDim(value.value, sizes) };
    case 'float':
      return { value: Number.isFinite(value.value) ? value.value : String(value.value).replace('Infinity', 'inf') };
    case 'opaque':
      return { other: value.description };
    case 'unknown':
      return { unknown: value.reason };
    default:
      return { other: value.kind };
  }
}
