import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/core/data/dataset';
import { shuffle } from '../../../src/core/data/shuffle';
import { countLabels, datasetSplits, selectImages, splitIndices } from '../../../src/core/data/splits';
import { UserError } from '../../../src/core/errors';
import { PhiloxStream } from '../../../src/core/rng/philox';

/** Labels of classes with these sizes, mixed. */
function mixedLabels(sizes: readonly number[]): Int32Array {
  const labels = Int32Array.from(sizes.flatMap((size, label) => new Array<number>(size).fill(label)));
  shuffle(labels, new PhiloxStream(9, 99));
  return labels;
}

describe('splitIndices', () => {
  test('every image is in one part, in ascending order, and every class gives its share', () => {
    const sizes = [100, 50, 30, 20];
    const labels = mixedLabels(sizes);
    const { train, val } = splitIndices(labels, 4, 0.1, 7);
    expect([...train, ...val].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    expect([...val]).toEqual([...val].sort((a, b) => a - b));
    expect([...train]).toEqual([...train].sort((a, b) => a - b));
    expect(
      countLabels(
        val.map((index) => labels[index] ?? -1),
        4,
      ),
    ).toEqual([10, 5, 3, 2]);
  });

  test('the number for validation is round(share · count), whatever the classes', () => {
    for (const sizes of [
      [3, 3, 3],
      [1, 1, 1, 1, 1],
      [997, 2, 1],
      [0, 10, 0],
      [7, 11, 13, 17],
    ]) {
      const labels = mixedLabels(sizes);
      for (const share of [0.01, 0.1, 0.25, 0.33, 0.5, 0.9]) {
        const { train, val } = splitIndices(labels, sizes.length, share, 1);
        const expected = Math.min(labels.length - 1, Math.max(1, Math.round(share * labels.length)));
        expect(val.length).toBe(expected);
        expect(train.length).toBe(labels.length - expected);
      }
    }
  });

  test('a class of one image stays in training while others can give', () => {
    const labels = mixedLabels([50, 50, 1]);
    for (let seed = 0; seed < 20; seed++) {
      const { val } = splitIndices(labels, 3, 0.2, seed);
      expect(
        countLabels(
          val.map((index) => labels[index] ?? -1),
          3,
        )[2],
      ).toBe(0);
    }
  });

  test('the seed decides, and these are its numbers on every machine', () => {
    const labels = Int32Array.from({ length: 40 }, (_, index) => index % 4);
    expect(splitIndices(labels, 4, 0.2, 1)).toEqual(splitIndices(labels, 4, 0.2, 1));
    expect(splitIndices(labels, 4, 0.2, 1).val).not.toEqual(splitIndices(labels, 4, 0.2, 2).val);
    expect([...splitIndices(labels, 4, 0.2, 1).val]).toMatchInlineSnapshot(`
      [
        4,
        15,
        17,
        22,
        24,
        26,
        29,
        39,
      ]
    `);
  });

  test('a share outside (0, 1) and a single image are refused', () => {
    const labels = mixedLabels([5, 5]);
    for (const share of [0, 1, -0.5, Number.NaN]) expect(() => splitIndices(labels, 2, share, 1)).toThrow(UserError);
    expect(() => splitIndices(Int32Array.of(0), 1, 0.5, 1)).toThrow(UserError);
  });
});

test('selected images come with their labels, in the order asked for', () => {
  const split = { count: 3, images: Uint8Array.of(1, 2, 3, 4, 5, 6), labels: Int32Array.of(7, 8, 9) };
  expect(selectImages(split, Int32Array.of(2, 0))).toEqual({
    count: 2,
    images: Uint8Array.of(5, 6, 1, 2),
    labels: Int32Array.of(9, 7),
  });
  expect(() => selectImages(split, Int32Array.of(3))).toThrow(RangeError);
});

test('a data set with validation images keeps its own, one without gets them from its training images', () => {
  const split = (count: number) => ({
    count,
    images: Uint8Array.from({ length: count }, (_, index) => index),
    labels: Int32Array.from({ length: count }, (_, index) => index % 2),
  });
  const shared = {
    name: 'a',
    classes: ['x', 'y'],
    channels: 1,
    height: 1,
    width: 1,
    fingerprint: '',
    skipped: [],
  } as const;
  const own: Dataset = { ...shared, train: split(20), val: split(4), test: split(2) };
  expect(datasetSplits(own, 0.5, 1)).toEqual({ train: own.train, val: own.val, test: own.test });
  const cut = datasetSplits({ ...shared, train: split(20) }, 0.25, 1);
  expect([cut.train.count, cut.val.count, cut.test]).toEqual([15, 5, undefined]);
  expect([...cut.train.images, ...cut.val.images].sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
});
