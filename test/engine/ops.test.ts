import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeId } from '../../src/core/graph/graph';
import { PhiloxStream } from '../../src/core/rng/philox';
import type { Engine } from '../../src/engine/engine';
import { createTestEngine } from './create-test-engine';
import { compileCase, lossTensor, readOpCases, runCase, type CompiledCase, type OpCase } from './op-case';
import { interpret } from './reference/interpret';
import { relativeError } from './relative-error';
import { readTorchTensors, type TorchTensors } from './torch-fixtures';

const tolerance = 1e-4;
const cases = readOpCases();
const recorded = readTorchTensors('ops');

describe.each(cases.map((testCase, index) => ({ ...testCase, index })))('$name', (testCase) => {
  const tensors = recorded.under(`${testCase.index}/`);
  let engines: readonly Engine[];
  let compiled: CompiledCase;
  let results: readonly ReadonlyMap<string, Float32Array>[];

  beforeAll(async () => {
    engines = await sharedEngines();
    compiled = compileCase(testCase);
    const runs: ReadonlyMap<string, Float32Array>[] = [];
    for (const engine of engines) runs.push(await runCase(engine, testCase, compiled, tensors));
    results = runs;
  });

  test('gives what torch gives: output, loss, running statistics and every gradient', () => {
    const [result] = results;
    expect(compiled.plan.outputs['y']?.shape).toEqual(tensors.shape('y'));
    for (const [ours, torch] of recordedNames(tensors)) {
      expect(relativeError(result?.get(ours) ?? [], tensors.values(torch)), ours).toBeLessThanOrEqual(tolerance);
    }
  });

  test('gives the same bits with one and with two threads', () => {
    const [one, two] = results;
    expect([...(one ?? [])].map(([name, values]) => [name, bits(values)])).toEqual(
      [...(two ?? [])].map(([name, values]) => [name, bits(values)]),
    );
  });

  // Where values tie, the largest has no derivative.
  test.runIf(testCase.values !== 'small integers')('has the gradients that finite differences show', () => {
    const [result] = results;
    const loss = lossInDoubles(testCase, compiled, tensors);
    for (const name of ['x', ...compiled.parameters]) {
      const gradient = result?.get(`grad:${name}`) ?? new Float32Array();
      expect(gradientError(loss, name, gradient), name).toBeLessThanOrEqual(tolerance);
    }
  });
});

let engines: Promise<readonly Engine[]> | undefined;

function sharedEngines(): Promise<readonly Engine[]> {
  engines ??= Promise.all([createTestEngine(1), createTestEngine(2)]);
  return engines;
}

afterAll(async () => {
  for (const engine of (await engines) ?? []) await engine.dispose();
});

test('no part of the engine is left out: every kind of op has cases', () => {
  const kinds = new Set(cases.map(({ name }) => name.split(':')[0]));
  const expected = ['linear', 'conv2d', 'max_pool2d', 'avg_pool2d', 'adaptive_avg_pool2d', 'batch_norm', 'relu'];
  const more = ['dropout', 'dropout2d', 'flatten', 'view', 'reshape', 'add', 'concat', 'softmax', 'log_softmax'];
  expect([...kinds]).toEqual(expect.arrayContaining([...expected, ...more, 'cross_entropy']));
});

/** Our names of results, and torch's. */
function recordedNames(tensors: TorchTensors): [ours: string, torch: string][] {
  return tensors.names.flatMap((torch): [string, string][] => {
    if (torch === 'y' || torch === 'loss') return [[torch, torch]];
    // How many batches were seen is the host's to count.
    if (torch.endsWith('num_batches_tracked')) return [];
    if (torch.startsWith('grad/')) return [[torch.replace('grad/', 'grad:'), torch]];
    if (torch.startsWith('after/')) return [[torch.replace('after/', 'after:'), torch]];
    return [];
  });
}

/** The loss as a function of the tensor `name` (`x` or a parameter), all others as recorded; in doubles. */
interface LossFunction {
  (name: string, values: Float64Array): number;
  values(name: string): Float64Array;
}

function lossInDoubles(testCase: OpCase, compiled: CompiledCase, tensors: TorchTensors): LossFunction {
  const { graph } = compiled.computation;
  const lastX = `x${testCase.steps - 1}`;
  const idOf = (name: string): NodeId => (name === 'x' ? compiled.x : (compiled.state.get(name) ?? -1));
  const values = (name: string) => Float64Array.from(tensors.values(name === 'x' ? lastX : `state/${name}`));
  const sources = new Map<NodeId, Float64Array>([
    [compiled.x, values('x')],
    [compiled.lossInput, Float64Array.from(tensors.values(lossTensor(testCase)))],
    ...[...compiled.state].map(([name, id]) => [id, values(name)] as const),
  ]);
  const loss = (name: string, changed: Float64Array): number => {
    const [value] = interpret(graph, testCase.x[0] ?? 0, new Map([...sources, [idOf(name), changed]]), [compiled.loss]);
    return value?.[0] ?? NaN;
  };
  return Object.assign(loss, { values });
}

/**
 * How far a gradient is from central differences in doubles: in up to `maxElements` single elements, relative to the
 * gradient's largest element, and along random ±1 directions through all elements, relative to the root of the sum of squares,
 * the size that a sum with random signs has.
 */
function gradientError(loss: LossFunction, name: string, gradient: Float32Array): number {
  const values = loss.values(name);
  if (gradient.length !== values.length) return NaN;
  const random = new PhiloxStream(17, 100);
  const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const length = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
  let worst = 0;
  const compare = (direction: Float64Array, scale: number): void => {
    const step = 1e-5;
    const along = (distance: number) =>
      loss(
        name,
        values.map((value, i) => value + distance * (direction[i] ?? 0)),
      );
    const difference = (along(step) - along(-step)) / (2 * step);
    const expected = gradient.reduce((sum, value, i) => sum + value * (direction[i] ?? 0), 0);
    const error = Math.abs(difference - expected) / scale;
    worst = Number.isNaN(error) ? NaN : Math.max(worst, error);
  };
  for (let n = 0; n < Math.min(maxElements, values.length); n++) {
    const element = values.length <= maxElements ? n : random.nextBelow(values.length);
    compare(
      Float64Array.from(values, (_, i) => (i === element ? 1 : 0)),
      largest,
    );
  }
  for (let n = 0; n < 2; n++)
    compare(
      Float64Array.from(values, () => (random.nextBelow(2) ? 1 : -1)),
      length,
    );
  return worst;
}

const maxElements = 24;

function bits(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');
}
