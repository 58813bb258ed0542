import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine';
import { createTensorflowEngine } from '../../../src/engine/tensorflow/tensorflow-engine';
import { unsupportedOps } from '../../../src/engine/tensorflow/unsupported-ops';
import { createTestEngine } from '../create-test-engine';
import { compileCase, readOpCases, runCase } from '../op-case';
import { relativeError } from '../relative-error';
import { readTorchTensors } from '../torch-fixtures';
import { loadTensorflow } from './load-tensorflow';

/** What engines promise of each other; the two were within 9e-6 in all of these cases. */
const tolerance = 1e-4;

/**
 * How many of each family's cases TensorFlow.js has the ops for, at least: less would be less of an oracle. The others are
 * skipped by name.
 */
const covered: Readonly<Record<string, number>> = {
  activation: 12,
  arithmetic: 121,
  attention: 17,
  class_loss: 64,
  convolution: 33,
  convolution_1d_3d: 26,
  distance: 13,
  dropout: 5,
  indexing: 30,
  loss: 47,
  matrix: 47,
  networks: 1,
  normalization: 62,
  padding: 40,
  pointwise: 65,
  pooling: 30,
  pooling_indices: 11,
  pooling_norm: 8,
  pooling_ranks: 56,
  recurrent: 12,
  reduction: 134,
  repetition: 13,
  resampling: 67,
  shape: 66,
  transposed_convolution: 21,
  unary: 43,
  unfold: 12,
};

let [cpu, tensorflow]: readonly [Engine?, Engine?] = [];
let tensorCount: () => number;
beforeAll(async () => {
  const tf = await loadTensorflow();
  tensorCount = () => tf.memory().numTensors;
  [cpu, tensorflow] = [await createTestEngine(1), createTensorflowEngine({ tf })];
});
afterAll(async () => {
  await cpu?.dispose();
  await tensorflow?.dispose();
});

describe.each(Object.entries(covered))('%s', (family, least) => {
  const recorded = readTorchTensors(`ops/${family}`);
  const cases = readOpCases(family).map((testCase, index) => {
    const compiled = compileCase(testCase);
    return { testCase, compiled, values: recorded.under(`${index}/`), missing: unsupportedOps(compiled.plan) };
  });
  const possible = cases.filter(({ missing }) => missing.length === 0);

  test(`has the ops for ${least} cases or more`, () => {
    expect(possible.length).toBeGreaterThanOrEqual(least);
  });

  test.each(possible.map((each) => ({ name: each.testCase.name, ...each })))(
    '$name: TensorFlow.js agrees with the CPU engine on output, loss and every gradient',
    async ({ testCase, compiled, values }) => {
      if (!cpu || !tensorflow) throw new Error('There are no engines');
      const ours = await runCase(cpu, testCase, compiled, (name) => values.values(name));
      const before = tensorCount();
      const theirs = await runCase(tensorflow, testCase, compiled, (name) => values.values(name));
      expect([...theirs.keys()]).toEqual([...ours.keys()]);
      for (const [name, expected] of theirs) {
        expect(relativeError(ours.get(name) ?? [], expected), name).toBeLessThanOrEqual(tolerance);
      }
      // Nothing is left on the device.
      expect(tensorCount()).toBe(before);
    },
  );

  const impossible = cases.filter(({ missing }) => missing.length > 0);
  for (const { testCase, missing } of impossible) test.skip(`${testCase.name}: has no ${missing.join(', ')}`);
});
