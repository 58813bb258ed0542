import { expect, test } from 'vitest';
import { drawChange, noAugmentation } from '../../../src/core/data/augmentation';

const both = { flip: true, cropPadding: 2 };
const draws = (count: number, epoch: number) =>
  Array.from({ length: count }, (_, image) => drawChange(both, 3, epoch, image));

/** Pearson's statistic of counts that should all be alike. */
function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test('every shift, mirrored or not, is as likely as any other', () => {
  const counts = new Array<number>(50).fill(0);
  for (const { dy, dx, flip } of draws(50_000, 0)) {
    const cell = ((dy + 2) * 5 + dx + 2) * 2 + Number(flip);
    counts[cell] = (counts[cell] ?? NaN) + 1;
  }
  // 49 degrees of freedom: 85.4 is passed once in a thousand; the seed is fixed.
  expect(chiSquared(counts)).toBeLessThan(85.4);
});

test('neither epochs nor neighbours go together', () => {
  const [first, second] = [draws(20_000, 0), draws(20_000, 1)];
  const pairs = (others: (i: number) => number | undefined): number[] => {
    const counts = new Array<number>(25).fill(0);
    first.forEach(({ dx }, i) => {
      const cell = (dx + 2) * 5 + (others(i) ?? NaN) + 2;
      if (cell >= 0) counts[cell] = (counts[cell] ?? NaN) + 1;
    });
    return counts;
  };
  // 24 degrees of freedom: 51.2 is passed once in a thousand.
  expect(chiSquared(pairs((i) => second[i]?.dx))).toBeLessThan(51.2);
  expect(chiSquared(pairs((i) => first[i + 1]?.dx))).toBeLessThan(51.2);
  expect(chiSquared(pairs((i) => first[i]?.dy))).toBeLessThan(51.2);
});

test('the same seed, epoch and image draw the same; what is not asked for does not happen', () => {
  expect(draws(100, 4)).toEqual(draws(100, 4));
  expect(draws(100, 4)).not.toEqual(draws(100, 5));
  expect(drawChange(both, 4, 0, 1)).not.toEqual(drawChange(both, 3, 0, 1));
  const none = { dy: 0, dx: 0, flip: false };
  for (let image = 0; image < 50; image++) {
    expect(drawChange(noAugmentation, 3, 0, image)).toEqual(none);
    expect(drawChange({ flip: false, cropPadding: 2 }, 3, 0, image).flip).toBe(false);
  }
});
