import { expect, test } from 'vitest';
import { parsePipeline } from '../../../src/core/data/augment/parse-pipeline';
import { applySteps, drawPipeline } from '../../../src/core/data/augment/run-pipeline';
import { deviceChange, drawChange, drawNumbers, noChange } from '../../../src/core/data/augmentation';

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
    expect(drawChange(noChange, 3, 0, image)).toEqual(none);
    expect(drawChange({ flip: false, cropPadding: 2 }, 3, 0, image).flip).toBe(false);
  }
});

test('what is a shift and mirroring is done by the device, all else is not', () => {
  const on = (text: string) => deviceChange(parsePipeline(text), { height: 32, width: 24, channels: 3 });
  expect(on('')).toEqual(noChange);
  expect(on('RandomCrop((32, 24), padding=4), RandomHorizontalFlip(), ToTensor(), Normalize(0.5, 0.2)')).toEqual({
    flip: true,
    cropPadding: 4,
  });
  expect(on('RandomHorizontalFlip(), RandomCrop(None, padding=2, fill=(0, 0, 0))')).toEqual({
    flip: true,
    cropPadding: 2,
  });
  const others = [
    'RandomCrop(24)',
    "RandomCrop(None, padding=2, padding_mode='reflect')",
    'RandomCrop(None, padding=2, fill=1)',
    'RandomCrop(None, padding=(1, 2))',
    'RandomHorizontalFlip(p=0.4)',
    'RandomHorizontalFlip(), RandomHorizontalFlip()',
    'RandomRotation(3)',
  ];
  for (const text of others) expect(on(text), text).toBeUndefined();
});

test('a piece of one colour is the device’s too, where nothing comes after it: the piece and the colour that the transform has', () => {
  const size = { height: 32, width: 24, channels: 3 } as const;
  for (const text of [
    'RandomCrop(None, padding=4), RandomHorizontalFlip(), ToTensor(), Normalize((0.5, 0.4, 0.3), 0.2), Cutout(9)',
    'ToTensor(), RandomErasing(p=0.6, value=(1, 0, 0.5))',
    'Normalize(0.5, 0.25), RandomErasing(value=-0.7)',
  ]) {
    const transforms = parsePipeline(text);
    const change = deviceChange(transforms, size);
    const index = transforms.length - 1;
    const grey = { ...size, pixels: new Uint8Array(3 * 32 * 24).fill(99) };
    let erased = 0;
    for (let image = 0; image < 40; image++) {
      const place = { seed: 5, epoch: 2, image };
      const piece = change && drawChange(change, 5, 2, image).erased;
      const expected = applySteps(grey, transforms, drawPipeline(transforms, size, place), index).at(-1)?.pixels;
      const pixels = Uint8Array.from(grey.pixels, (byte, at) => {
        const [y, x] = [Math.floor(at / 3 / 24), Math.floor(at / 3) % 24];
        const inside = piece && y >= piece.top && y < piece.top + piece.height;
        const isErased = inside && x >= piece.left && x < piece.left + piece.width;
        return isErased ? (change.erasing?.bytes[at % 3] ?? NaN) : byte;
      });
      expect(Buffer.compare(pixels, expected ?? new Uint8Array()), `${text}, image ${image}`).toBe(0);
      if (piece) erased++;
    }
    expect(erased).toBeGreaterThan(10);
  }
  for (const text of ["RandomErasing(value='random')", 'Cutout(3), Cutout(3)', 'Cutout(3), RandomHorizontalFlip()']) {
    expect(deviceChange(parsePipeline(text), size), text).toBeUndefined();
  }
});

test('an image that an epoch takes again draws otherwise', () => {
  expect([...drawNumbers(Int32Array.of(2, 0, 2, 1, 2), 3)]).toEqual([2, 0, 5, 1, 8]);
});
