import { expect, test } from 'vitest';
import { averageMetrics, normalizedConfusion, weightedMean } from '../../../src/core/inspect/average-metrics';
import { classMetrics } from '../../../src/core/inspect/class-metrics';

// By hand. True a: 3 right, 1 as b. True b: 1 as a, 1 right, of 2. Nothing is taken for c, which has 2 images; d does not occur.
const confusion = [3, 1, 0, 0, 1, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0];

test('averages count each class alike, or by its images; what is 0/0 is 0, and what does not occur is left out', () => {
  const { macro, weighted } = averageMetrics(classMetrics(confusion, 4));
  // Precision 3/6, 1/2, 0/0; recall 3/4, 1/2, 0/2; F1 6/10, 2/4, 0/2.
  expect(macro.precision).toBeCloseTo((3 / 6 + 1 / 2 + 0) / 3, 12);
  expect(macro.recall).toBeCloseTo((3 / 4 + 1 / 2 + 0) / 3, 12);
  expect(macro.f1).toBeCloseTo((6 / 10 + 2 / 4 + 0) / 3, 12);
  expect(weighted.precision).toBeCloseTo((4 * (3 / 6) + 2 * (1 / 2) + 2 * 0) / 8, 12);
  // The weighted recall is the accuracy.
  expect(weighted.recall).toBeCloseTo(4 / 8, 12);
  expect(weighted.f1).toBeCloseTo((4 * (6 / 10) + 2 * (2 / 4) + 2 * 0) / 8, 12);
});

test('a mean leaves out what is no number', () => {
  expect(weightedMean([1, NaN, 4], [1, 5, 2])).toBe(3);
  expect(weightedMean([NaN], [1])).toBeNaN();
});

test('a confusion matrix is shared out by rows or by columns', () => {
  expect([...normalizedConfusion(confusion, 4, 'row')]).toEqual([
    ...[0.75, 0.25, 0, 0],
    ...[0.5, 0.5, 0, 0],
    ...[1, 0, 0, 0],
    ...[0, 0, 0, 0],
  ]);
  expect([...normalizedConfusion(confusion, 4, 'column')]).toEqual([
    ...[0.5, 0.5, 0, 0],
    ...[1 / 6, 0.5, 0, 0],
    ...[2 / 6, 0, 0, 0],
    ...[0, 0, 0, 0],
  ]);
});
