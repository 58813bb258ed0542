import { expect, test } from 'vitest';
import { epochOrder, fillBatch, fillLabels } from '../../../src/core/data/batches';
import { computeNormalization } from '../../../src/core/data/normalization';

/** [3, 2, 1, 2]: three images, two channels. */
const split = {
  count: 3,
  images: Uint8Array.of(0, 255, 10, 20, 51, 102, 30, 40, 153, 204, 50, 60),
  labels: Int32Array.of(4, 5, 6),
};

test('an epoch takes every image once, in an order of its seed and number', () => {
  const order = epochOrder(1000, 3, 0);
  expect([...order].sort((a, b) => a - b)).toEqual([...Array(1000).keys()]);
  expect(epochOrder(1000, 3, 0)).toEqual(order);
  expect(epochOrder(1000, 3, 1)).not.toEqual(order);
  expect(epochOrder(1000, 4, 0)).not.toEqual(order);
  expect([...epochOrder(10, 1, 0)]).toMatchInlineSnapshot(`
    [
      5,
      3,
      7,
      8,
      1,
      4,
      0,
      6,
      9,
      2,
    ]
  `);
  expect([...epochOrder(10, 1, 1)]).toMatchInlineSnapshot(`
    [
      5,
      1,
      6,
      3,
      0,
      2,
      4,
      9,
      8,
      7,
    ]
  `);
});

test('every place is as likely for every image', () => {
  const rounds = 6000;
  const counts = Array.from({ length: 4 }, () => new Array<number>(4).fill(0));
  for (let epoch = 0; epoch < rounds; epoch++) {
    epochOrder(4, 11, epoch).forEach((image, place) => {
      const row = counts[place] ?? [];
      row[image] = (row[image] ?? 0) + 1;
    });
  }
  const expected = rounds / 4;
  const chiSquared = counts.flat().reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 9 degrees of freedom: 27.9 is passed once in a thousand; the seed is fixed.
  expect(chiSquared).toBeLessThan(27.9);
});

test('mean and deviation are those of all pixels of a channel', () => {
  const { mean, std } = computeNormalization(split, 2);
  const first = [0, 255, 51, 102, 153, 204].map((value) => value / 255);
  const center = first.reduce((a, b) => a + b) / 6;
  const variance = first.reduce((sum, value) => sum + (value - center) ** 2, 0) / 6;
  expect(mean[0]).toBeCloseTo(center, 14);
  expect(std[0]).toBeCloseTo(Math.sqrt(variance), 14);
  expect(mean[1]).toBeCloseTo(35 / 255, 14);
});

test('a channel that never changes is centred, not divided by nothing', () => {
  const flat = { count: 2, images: Uint8Array.of(9, 9, 9, 9), labels: Int32Array.of(0, 1) };
  expect(computeNormalization(flat, 1)).toEqual({ mean: [9 / 255], std: [1] });
});

test('a batch holds (byte / 255 - mean) / std by channel, and nothing behind it changes', () => {
  const mean = [0.25, 0.5];
  const std = [0.5, 2];
  const out = new Float32Array(12).fill(77);
  fillBatch(split, Int32Array.of(2, 0), mean, std, out);
  const expected = [153, 204, 50, 60, 0, 255, 10, 20].map((byte, i) => {
    const channel = Math.floor(i / 2) % 2;
    return Math.fround((byte / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1));
  });
  expect([...out]).toEqual([...expected, 77, 77, 77, 77]);
  const labels = new Int32Array(3);
  fillLabels(split, Int32Array.of(2, 0), labels);
  expect([...labels]).toEqual([6, 4, 0]);
});

test('an image that is not there, or a batch that is too small, is an error', () => {
  expect(() => fillBatch(split, Int32Array.of(3), [0, 0], [1, 1], new Float32Array(4))).toThrow(RangeError);
  expect(() => fillBatch(split, Int32Array.of(0), [0, 0], [1, 1], new Float32Array(3))).toThrow(RangeError);
  expect(() => fillLabels(split, Int32Array.of(-1), new Int32Array(1))).toThrow(RangeError);
});
