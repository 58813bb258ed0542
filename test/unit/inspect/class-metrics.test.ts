import { describe, expect, test } from 'vitest';
import {
  classMetrics,
  confusionMatrix,
  labelSetConfusion,
  rocCurve,
  softmaxRows,
} from '../../../src/core/inspect/class-metrics';
import type { SplitScores } from '../../../src/protocol/inspection';
import { imagesByLoss, namesOfImage, splitResults } from '../../../src/webviews/confusion/split-results';

test('the most probable class is counted against the true one; ties go to the lower class', () => {
  const probabilities = Float32Array.from([0.7, 0.2, 0.1, 0.4, 0.4, 0.2, 0.1, 0.2, 0.7, 0.3, 0.5, 0.2]);
  expect([...confusionMatrix(Int32Array.from([0, 1, 2, 0]), probabilities, 3)]).toEqual([1, 1, 0, 1, 0, 0, 0, 0, 1]);
});

describe('images with several classes', () => {
  // red and top, both seen; red, taken for top; red and bright, of which bright was missed; none, none seen.
  const labelSets = Uint8Array.from([1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0]);
  const probabilities = Float32Array.from([0.9, 0.8, 0.1, 0.2, 0.7, 0.4, 0.6, 0.5, 0.3, 0.1, 0.2, 0.3]);

  test('are counted where a class was seen, or missed while another one was seen instead', () => {
    expect([...labelSetConfusion(labelSets, probabilities, 3)]).toEqual([2, 1, 0, 0, 1, 0, 0, 0, 0]);
  });

  test('are told with all classes that they have and that were seen in them', () => {
    const scores: SplitScores = {
      split: 'val',
      classes: ['red', 'top', 'bright'],
      head: 'multi-label',
      labels: Int32Array.from([0, 0, 0, -1]),
      labelSets,
      probabilities,
      losses: Float32Array.from([0.1, 0.9, 0.5, 0.2]),
    };
    const results = splitResults(scores);
    expect(results.accuracy).toBe(0.5);
    expect(results.classes.map(({ support, predicted }) => [support, predicted])).toEqual([
      [3, 2],
      [1, 2],
      [1, 0],
    ]);
    expect([0, 1, 2, 3].map((image) => namesOfImage(results, image))).toEqual([
      { truth: 'red, top', seen: 'red, top' },
      { truth: 'red', seen: 'top' },
      { truth: 'red, bright', seen: 'red' },
      { truth: 'no class', seen: 'no class' },
    ]);
    expect(imagesByLoss(results, { truth: 0, predicted: 1 })).toEqual([1]);
    expect(imagesByLoss(results, null)).toEqual([1, 2, 3, 0]);
  });
});

test('precision, recall and F1 by hand', () => {
  // True 0: 8 right, 2 as 1. True 1: 3 as 0, 7 right. Nothing is of class 2, nothing is taken for it.
  const [zero, one, none] = classMetrics([8, 2, 0, 3, 7, 0, 0, 0, 0], 3);
  expect(zero).toMatchObject({ support: 10, predicted: 11, precision: 8 / 11, recall: 0.8, f1: 16 / 21 });
  expect(one).toMatchObject({ support: 10, predicted: 9, precision: 7 / 9, recall: 0.7, f1: 14 / 19 });
  expect(none).toEqual({ support: 0, predicted: 0, precision: NaN, recall: NaN, f1: NaN });
});

test('the area under the curve is the chance that a positive scores above a negative, ties half', () => {
  const scores = [0.9, 0.8, 0.8, 0.3, 0.2];
  const positive = new Set([0, 2, 3]);
  const curve = rocCurve(scores, (index) => positive.has(index));
  // Of the six pairs: 0.9 above both, 0.8 ties one and is above the other, 0.3 below one and above the other.
  expect(curve.auc).toBeCloseTo((2 + 1.5 + 1) / 6, 12);
  expect([...curve.falsePositiveRate]).toEqual([0, 0, 0.5, 0.5, 1]);
  expect([...curve.truePositiveRate]).toEqual([0, 1 / 3, 2 / 3, 1, 1]);
  expect([...curve.threshold]).toEqual([Infinity, 0.9, 0.8, 0.3, 0.2]);
});

test('a curve of one kind alone has no area', () => {
  expect(rocCurve([0.1, 0.9], () => true).auc).toBeNaN();
});

test('softmax of large scores is exact', () => {
  const [a = 0, b = 0, c = 0, d = 0] = softmaxRows(Float32Array.from([1000, 1001, -5, -5]), 2);
  expect([a, b]).toEqual([Math.fround(1 / (1 + Math.E)), Math.fround(Math.E / (1 + Math.E))]);
  expect([c, d]).toEqual([0.5, 0.5]);
});
