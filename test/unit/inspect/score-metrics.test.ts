import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  labelConfusions,
  multiClassMetrics,
  multiLabelMetrics,
  rankMetrics,
  topShare,
} from '../../../src/core/inspect/score-metrics';

interface RecordedClass {
  readonly rocAuc: number;
  readonly averagePrecision: number;
  readonly f1: number;
  readonly confusion?: readonly (readonly number[])[];
}

interface Recorded {
  readonly classes: number;
  readonly scores: readonly number[];
  readonly accuracy: number;
  readonly perClass: readonly RecordedClass[];
}

const fixture = new URL('../../fixtures/metrics/score-metrics.json', import.meta.url);
const { multiClass, multiLabel } = JSON.parse(readFileSync(fixture, 'utf8')) as {
  multiClass: readonly (Recorded & { readonly labels: readonly number[]; readonly top5: number | null })[];
  multiLabel: readonly (Recorded & { readonly labelSets: readonly number[]; readonly labelAccuracy: number })[];
};

const measures = ['rocAuc', 'averagePrecision', 'f1'] as const;

function meanOf(classes: readonly RecordedClass[], measure: (typeof measures)[number]): number {
  return classes.reduce((sum, each) => sum + each[measure], 0) / classes.length;
}

describe.each(multiClass)('one of $classes classes', ({ classes, labels, scores, accuracy, top5, perClass }) => {
  const result = multiClassMetrics(Int32Array.from(labels), Float32Array.from(scores), classes);

  test('accuracy and top-5 are those of numpy', () => {
    expect(result.accuracy).toBeCloseTo(accuracy, 12);
    expect(result.top5 === null).toBe(top5 === null);
    if (top5 !== null) expect(result.top5).toBeCloseTo(top5, 12);
  });

  test('each class has the areas of all pairs and all thresholds, and the harmonic mean', () => {
    for (const [own, expected] of perClass.entries()) {
      for (const measure of measures)
        expect(result.classes[own]?.[measure], measure).toBeCloseTo(expected[measure], 12);
    }
    for (const measure of measures) expect(result[measure], measure).toBeCloseTo(meanOf(perClass, measure), 12);
  });
});

describe.each(multiLabel)(
  'any of $classes classes',
  ({ classes, labelSets, scores, accuracy, labelAccuracy, perClass }) => {
    const sets = Uint8Array.from(labelSets);
    const result = multiLabelMetrics(sets, Float32Array.from(scores), classes);

    test('an image is right where all of it is', () => {
      expect(result.accuracy).toBeCloseTo(accuracy, 12);
      expect(result.labelAccuracy).toBeCloseTo(labelAccuracy, 12);
    });

    test('each class has the measures of numpy', () => {
      for (const [own, expected] of perClass.entries()) {
        for (const measure of measures)
          expect(result.classes[own]?.[measure], measure).toBeCloseTo(expected[measure], 12);
      }
      for (const measure of measures) expect(result[measure], measure).toBeCloseTo(meanOf(perClass, measure), 12);
    });

    test('each class has a table of its own', () => {
      const tables = [...labelConfusions(sets, Float32Array.from(scores), classes)];
      expect(tables).toEqual(perClass.flatMap(({ confusion = [] }) => confusion.flat()));
    });
  },
);

test('what has nothing to be told apart from has no area', () => {
  const scores = Float32Array.of(0.1, 0.9);
  expect(rankMetrics(scores, () => true)).toEqual({ rocAuc: NaN, averagePrecision: 1 });
  expect(rankMetrics(scores, () => false)).toEqual({ rocAuc: NaN, averagePrecision: NaN });
  expect(rankMetrics(Float32Array.of(0.1, NaN), (row) => row === 0)).toEqual({ rocAuc: NaN, averagePrecision: NaN });
});

test('the first of the highest scores is what the accuracy counts', () => {
  const scores = Float32Array.of(0.5, 0.5, 0, 0.2, 0.4, 0.4);
  expect(topShare(Int32Array.of(0, 1), scores, 3, 1)).toBe(1);
  expect(topShare(Int32Array.of(1, 2), scores, 3, 1)).toBe(0);
  expect(topShare(Int32Array.of(1, 2), scores, 3, 2)).toBe(1);
});
