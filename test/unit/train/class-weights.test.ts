import { expect, test } from 'vitest';
import { balancedClassWeights, classWeightsFor } from '../../../src/core/train/class-weights';

test('every class counts the same, and an image counts 1 on average', () => {
  const labels = [0, 0, 0, 1, 2, 2];
  const weights = balancedClassWeights(labels, 3, 3);
  expect([...weights]).toEqual([6 / (3 * 3), 2, 1].map(Math.fround));
  expect(labels.reduce((sum, label) => sum + (weights[label] ?? 0), 0)).toBeCloseTo(6, 6);
});

test('classes without images, and outputs beyond the classes, weigh 1', () => {
  expect([...balancedClassWeights([0, 0, 2, 2], 4, 6)]).toEqual([0.5, 1, 0.5, 1, 1, 1]);
});

const split = { count: 8, images: new Uint8Array(), labels: Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1) };
const ofTwo = { split, classes: ['cat', 'dog'], outputs: 2, head: 'multi-class' } as const;

test('named classes weigh what is said, the others 1', () => {
  expect(classWeightsFor('none', ofTwo)).toBeUndefined();
  expect([...(classWeightsFor({ dog: 3 }, { ...ofTwo, outputs: 4 }) ?? [])]).toEqual([1, 3, 1, 1]);
  expect(() => classWeightsFor({ bird: 3 }, ofTwo)).toThrow('There is no class bird that could have a weight.');
});

test('a single logit weighs the second class against the first', () => {
  const one = { ...ofTwo, outputs: 1, head: 'binary' } as const;
  expect([...(classWeightsFor('balanced', one) ?? [])]).toEqual([3]);
  expect([...(classWeightsFor({ cat: 2, dog: 3 }, one) ?? [])]).toEqual([1.5]);
  expect(() => classWeightsFor({ cat: 0 }, one)).toThrow("can't weigh 0");
});

test('of images of several classes each yes is weighed against its noes', () => {
  const labelSets = Uint8Array.of(1, 0, 1, 0, 1, 1, 0, 0, 0, 0);
  const of = { split: { ...split, labelSets }, classes: ['cat', 'dog'], outputs: 3, head: 'multi-label' } as const;
  expect([...(classWeightsFor('balanced', of) ?? [])].map((weight) => +weight.toFixed(6))).toEqual([0.666667, 4, 1]);
});
