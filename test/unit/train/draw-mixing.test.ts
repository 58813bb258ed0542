import { describe, expect, test } from 'vitest';
import { PhiloxStream } from '../../../src/core/rng/philox';
import { fillSoftTargets } from '../../../src/core/train/batch-targets';
import { cutMixOf, drawBeta, drawMix, partnerOf, unmixed } from '../../../src/core/train/draw-mixing';
import { readTorchJson } from '../../engine/torch-fixtures';

interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

const { boxes, batches, classes, shape } = readTorchJson('mixing') as {
  boxes: readonly {
    readonly share: number;
    readonly y: number;
    readonly x: number;
    readonly height: number;
    readonly width: number;
    readonly box: Box;
    readonly targetShare: number;
  }[];
  batches: readonly {
    readonly labels: readonly number[];
    readonly targetShare: number;
    readonly targets: readonly number[];
  }[];
  classes: number;
  shape: readonly number[];
};

test('boxes and the shares of targets are those of torch, to the bit', () => {
  expect(boxes.length).toBeGreaterThan(100);
  for (const { share, y, x, height, width, box, targetShare } of boxes) {
    expect(cutMixOf(share, y, x, height, width)).toEqual({ share: 1, box, targetShare });
  }
});

test('targets are mixed as torch mixes them, to the bit', () => {
  const [count = 0] = shape;
  for (const { labels, targetShare, targets } of batches) {
    const split = { count, images: new Uint8Array(), labels: Int32Array.from(labels) };
    const out = new Float32Array(count * classes).fill(NaN);
    const images = Int32Array.from({ length: count }, (_, index) => index);
    const partners = images.map((index) => partnerOf(index, count));
    fillSoftTargets({ split, head: 'multi-class', outputs: classes, out }, images, partners, 0, {
      ...unmixed,
      targetShare,
    });
    expect(out).toEqual(Float32Array.from(targets));
  }
});

describe('shares', () => {
  test.each([0.05, 0.2, 1, 2.5])('from Beta(%d, %d) have its mean, variance and fourth moment', (alpha) => {
    const stream = new PhiloxStream(4, 99);
    const count = 20_000;
    const draws = Float64Array.from({ length: count }, () => drawBeta(alpha, stream));
    expect(draws.every((share) => share >= 0 && share <= 1)).toBe(true);
    const moment = (power: number) => draws.reduce((sum, share) => sum + (share - 0.5) ** power, 0) / count;
    const variance = 1 / (4 * (2 * alpha + 1));
    // Kurtosis of Beta(α, α): 3 − 6 / (2α + 3).
    const fourth = (3 - 6 / (2 * alpha + 3)) * variance ** 2;
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(variance / count));
    expect(Math.abs(moment(2) / variance - 1)).toBeLessThan(0.03);
    expect(Math.abs(moment(4) / fourth - 1)).toBeLessThan(0.06);
  });
});

describe('what is drawn for a batch', () => {
  const size = [32, 48] as const;
  const drawn = (mixing: Parameters<typeof drawMix>[0], seed = 1) =>
    Array.from({ length: 2000 }, (_, step) => drawMix(mixing, seed, step, size));

  test('depends on seed and step alone', () => {
    const both = { mixup: 0.2, cutmix: 1, probability: 0.5 };
    expect(drawn(both)).toEqual(drawn(both));
    expect(drawn(both)).not.toEqual(drawn(both, 2));
  });

  test('is MixUp or CutMix as often as the other, where both are asked for, and neither as often as it should be', () => {
    const mixes = drawn({ mixup: 0.2, cutmix: 1, probability: 0.6 });
    const none = mixes.filter((mix) => mix === unmixed).length;
    const blended = mixes.filter(({ share }) => share !== 1).length;
    expect(Math.abs(none / 2000 - 0.4)).toBeLessThan(0.05);
    expect(Math.abs(blended / 2000 - 0.3)).toBeLessThan(0.05);
    expect(drawn({ mixup: 0.2, cutmix: 0, probability: 1 }).every(({ box }) => box.bottom === 0)).toBe(true);
    expect(drawn({ mixup: 0, cutmix: 1, probability: 1 }).every(({ share }) => share === 1)).toBe(true);
  });

  test('has boxes within the image, whose area is what their targets lose', () => {
    for (const { box, targetShare } of drawn({ mixup: 0, cutmix: 1, probability: 1 })) {
      expect(box.top >= 0 && box.bottom <= 32 && box.left >= 0 && box.right <= 48).toBe(true);
      expect(targetShare).toBe(1 - ((box.bottom - box.top) * (box.right - box.left)) / (32 * 48));
    }
  });
});
