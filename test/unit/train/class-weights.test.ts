import { expect, test } from 'vitest';
import { balancedClassWeights } from '../../../src/core/train/class-weights';

test('every class counts the same, and an image counts 1 on average', () => {
  const labels = [0, 0, 0, 1, 2, 2];
  const weights = balancedClassWeights(labels, 3, 3);
  expect([...weights]).toEqual([6 / (3 * 3), 2, 1].map(Math.fround));
  expect(labels.reduce((sum, label) => sum + (weights[label] ?? 0), 0)).toBeCloseTo(6, 6);
});

test('classes without images, and outputs beyond the classes, weigh 1', () => {
  expect([...balancedClassWeights([0, 0, 2, 2], 4, 6)]).toEqual([0.5, 1, 0.5, 1, 1, 1]);
});
