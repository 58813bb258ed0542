import { expect, test } from 'vitest';
import { epochOrder } from '../../../src/core/data/batches';
import type { ImageSplit } from '../../../src/core/data/dataset';
import { trainingOrder } from '../../../src/core/train/image-order';

function splitOf(labels: readonly number[], labelSets?: readonly number[]): ImageSplit {
  return {
    ...{ count: labels.length, images: new Uint8Array(labels.length), labels: Int32Array.from(labels) },
    ...(labelSets ? { labelSets: Uint8Array.from(labelSets) } : {}),
  };
}

/** How often each image is drawn in some epochs, for one image of an epoch. */
function shares(split: ImageSplit, epochs: number): number[] {
  const counts = Array<number>(split.count).fill(0);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const image of trainingOrder(split, { sampler: 'balanced', seed: 3 }, epoch)) {
      counts[image] = (counts[image] ?? 0) + 1;
    }
  }
  return counts.map((count) => count / (epochs * split.count));
}

const skewed = splitOf([...Array<number>(60).fill(0), ...Array<number>(9).fill(1), 2]);

test('shuffled images are all taken once', () => {
  const order = trainingOrder(skewed, { sampler: 'shuffle', seed: 3 }, 2);
  expect(order).toEqual(epochOrder(skewed.count, 3, 2));
  expect([...order].sort((a, b) => a - b)).toEqual([...Array(70).keys()]);
});

test('balanced images are drawn with a weight of 1 / images of their class, as many as there are', () => {
  expect(trainingOrder(skewed, { sampler: 'balanced', seed: 3 }, 0)).toHaveLength(70);
  const drawn = shares(skewed, 400);
  const expected = [...Array<number>(60).fill(1 / 180), ...Array<number>(9).fill(1 / 27), 1 / 3];
  drawn.forEach((share, image) => {
    const wanted = expected[image] ?? 0;
    // Five standard deviations of a share of 28,000 draws.
    expect(Math.abs(share - wanted)).toBeLessThan(5 * Math.sqrt((wanted * (1 - wanted)) / 28_000));
  });
});

test('seed and epoch alone decide', () => {
  const order = (seed: number, epoch: number) => [...trainingOrder(skewed, { sampler: 'balanced', seed }, epoch)];
  expect(order(1, 0)).toEqual(order(1, 0));
  expect(order(1, 0)).not.toEqual(order(1, 1));
  expect(order(1, 0)).not.toEqual(order(2, 0));
});

test('an image of several classes counts for its rarest, one of none for a class of its own', () => {
  // Class 0 in four images, class 1 in one of them; the last has none.
  const split = splitOf([0, 0, 0, 0, -1], [1, 0, 1, 0, 1, 0, 1, 1, 0, 0]);
  const drawn = shares(split, 2000);
  for (const image of [0, 1, 2]) expect(drawn[image]).toBeCloseTo(1 / 9, 1);
  for (const image of [3, 4]) expect(drawn[image]).toBeCloseTo(1 / 3, 1);
});
