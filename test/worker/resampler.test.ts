import { expect, test } from 'vitest';
import { cropImage } from '../../src/core/data/augment/pixels/crop-image';
import { flipHorizontally } from '../../src/core/data/augment/pixels/flip-image';
import { readPlanes, writePlanes } from '../../src/core/data/image';
import { resizeImage } from '../../src/core/data/resize';
import { PhiloxStream } from '../../src/core/rng/philox';
import { Resampler } from '../../src/worker/augment/resampler';
import { writeFitted } from '../../src/worker/data/write-fitted';
import { dist } from '../support/small-run';

const resampler = new Resampler(dist);

test('SIMD resizes pieces, mirrored or not, to the very bytes of the plain way', () => {
  const random = new PhiloxStream(4, 77);
  for (let trial = 0; trial < 300; trial++) {
    const channels = trial % 3 === 0 ? 1 : 3;
    const stored = { height: 1 + random.nextBelow(70), width: 1 + random.nextBelow(90), channels } as const;
    const box = { top: random.nextBelow(stored.height), left: random.nextBelow(stored.width), height: 0, width: 0 };
    box.height = 1 + random.nextBelow(stored.height - box.top);
    box.width = 1 + random.nextBelow(stored.width - box.left);
    const size = { height: 1 + random.nextBelow(60), width: 1 + random.nextBelow(60) };
    const interpolation = trial % 2 === 0 ? 'bilinear' : 'bicubic';
    const mirrored = trial % 5 < 2;
    const length = channels * stored.height * stored.width;
    const planes = Uint8Array.from(
      { length: length + 9 },
      () => [0, 255, random.nextBelow(256)][random.nextBelow(3)] ?? 0,
    );
    const piece = cropImage(readPlanes(stored, planes, 9), box.top, box.left, box.height, box.width);
    const plain = resizeImage(piece, size.width, size.height, interpolation);
    const expected = new Uint8Array(channels * size.height * size.width);
    writePlanes(mirrored ? flipHorizontally(plain) : plain, expected, 0);
    const out = new Uint8Array(expected.length);
    resampler.resample({ planes, offset: 9, stored, box, size, interpolation, mirrored }, out, 0);
    const what = `${box.height} × ${box.width} to ${size.height} × ${size.width}, ${interpolation}`;
    expect(Buffer.compare(out, expected), what).toBe(0);
  }
});

test('decoded images are fitted to the same bytes with SIMD and without', () => {
  const random = new PhiloxStream(9, 5);
  for (const [channels, height, width] of [
    [3, 40, 61],
    [1, 20, 9],
    [3, 16, 24],
    [3, 200, 2],
    // More rows than are taken at once, and much shrunk.
    [3, 700, 61],
    [1, 90, 1400],
    [3, 150, 1100],
  ] as const) {
    const image = {
      height,
      width,
      channels,
      pixels: Uint8Array.from({ length: channels * height * width }, () => random.nextBelow(256)),
    };
    for (const size of [
      { channels: 3, height: 16, width: 24 } as const,
      { channels: 1, height: 16, width: 24 } as const,
    ]) {
      const [plain, fast] = [new Uint8Array(2000), new Uint8Array(2000)];
      writeFitted(image, size, plain, 7, undefined);
      writeFitted(image, size, fast, 7, resampler);
      expect(Buffer.compare(fast, plain)).toBe(0);
    }
  }
});
