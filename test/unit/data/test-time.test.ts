import { expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { cropImages, describeTestTimeViews, parseTestTimeViews, testViews } from '../../../src/core/data/test-time';

const noSpare = { down: 0, across: 0 };

test('views are read from their text, and are said by it', () => {
  for (const text of ['none', 'flip', 'five-crop', 'ten-crop', 'shifts:8', 'shifts:25']) {
    expect(describeTestTimeViews(parseTestTimeViews(text))).toBe(text);
  }
  expect(parseTestTimeViews('shifts')).toEqual({ kind: 'shifts', draws: 8 });
  for (const text of ['', 'six-crop', 'shifts:1', 'shifts:x', 'flip:2', 'shifts:4:4']) {
    expect(() => parseTestTimeViews(text)).toThrow(UserError);
  }
});

test('the first look is at the images as they are; shifts are the same each time', () => {
  const shifts = testViews({ kind: 'shifts', draws: 6 }, [32, 32], noSpare);
  expect(shifts).toHaveLength(6);
  expect(shifts[0]).toEqual({ crop: null, change: { dy: 0, dx: 0, flip: false } });
  expect(shifts).toEqual(testViews({ kind: 'shifts', draws: 6 }, [32, 32], noSpare));
  for (const { change } of shifts) expect(Math.max(Math.abs(change.dy), Math.abs(change.dx))).toBeLessThanOrEqual(4);
  expect(testViews({ kind: 'flip' }, [32, 32], noSpare).map(({ change }) => change.flip)).toEqual([false, true]);
});

test('crops are the corners and the middle, then mirrored', () => {
  const crops = testViews({ kind: 'ten-crop' }, [4, 6], { down: 2, across: 4 });
  const places = [
    { top: 0, left: 0 },
    { top: 0, left: 4 },
    { top: 2, left: 0 },
    { top: 2, left: 4 },
    { top: 1, left: 2 },
  ];
  expect(crops.map(({ crop }) => crop)).toEqual([...places, ...places]);
  expect(crops.map(({ change }) => change.flip)).toEqual([
    ...Array<boolean>(5).fill(false),
    ...Array<boolean>(5).fill(true),
  ]);
});

test('a piece of each image has its rows and columns', () => {
  // Two images of two channels of 3 × 4 pixels: a pixel is its own number.
  const split = { count: 2, images: Uint8Array.from({ length: 48 }, (_, i) => i), labels: Int32Array.of(1, 0) };
  const piece = cropImages(split, { channels: 2, height: 3, width: 4 }, { top: 1, left: 2 }, [2, 2]);
  expect([...piece.images]).toEqual([6, 18, 30, 42].flatMap((first) => [first, first + 1, first + 4, first + 5]));
  expect(piece.labels).toBe(split.labels);
});
