import { PhiloxStream, streams } from '../rng/philox';
import type { MixingConfig } from './config';

/** How the images of a batch are mixed with their partners, all of them alike. */
export interface BatchMix {
  /** λ of the pixels outside of the box. */
  readonly share: number;
  /** Where the partner is seen as it is; empty for MixUp. Whole pixels, bottom and right not included. */
  readonly box: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };
  /** What an image's own target counts; its partner's counts the rest. */
  readonly targetShare: number;
}

export const unmixed: BatchMix = { share: 1, box: { top: 0, bottom: 0, left: 0, right: 0 }, targetShare: 1 };

export function isMixed({ mixup, cutmix, probability }: MixingConfig): boolean {
  return (mixup > 0 || cutmix > 0) && probability > 0;
}

/**
 * What is drawn for the batch of a step (0-based): by seed and step alone. Where MixUp and CutMix are both asked for, either is as
 * likely. Source: torchvision, references/classification/transforms.py.
 */
export function drawMix(
  { mixup, cutmix, probability }: MixingConfig,
  seed: number,
  step: number,
  [height, width]: readonly [number, number],
): BatchMix {
  const stream = new PhiloxStream(seed, streams.mixing, step >>> 0);
  const [chance, choice] = [stream.nextFloat(), stream.nextFloat()];
  if (chance >= probability) return unmixed;
  if (cutmix === 0 || (mixup > 0 && choice < 0.5)) {
    if (mixup === 0) return unmixed;
    const share = Math.fround(drawBeta(mixup, stream));
    return { ...unmixed, share, targetShare: share };
  }
  const share = drawBeta(cutmix, stream);
  const [x, y] = [stream.nextBelow(width), stream.nextBelow(height)];
  return cutMixOf(share, y, x, height, width);
}

/**
 * The box around (y, x) that is to take 1 − `share` of an image, as far as it lies within: half its sides are rounded down, and what
 * is left of the image is its target's share.
 */
export function cutMixOf(share: number, y: number, x: number, height: number, width: number): BatchMix {
  const half = 0.5 * Math.sqrt(1 - share);
  const [halfHeight, halfWidth] = [Math.floor(half * height), Math.floor(half * width)];
  const box = {
    top: Math.max(0, y - halfHeight),
    bottom: Math.min(height, y + halfHeight),
    left: Math.max(0, x - halfWidth),
    right: Math.min(width, x + halfWidth),
  };
  const covered = (box.bottom - box.top) * (box.right - box.left);
  return { share: 1, box, targetShare: 1 - covered / (height * width) };
}

/**
 * λ ~ Beta(α, α) as X / (X + Y) of two gamma variables, from their logarithms: for small α both are smaller than any float.
 * Source: Devroye, Non-Uniform Random Variate Generation (1986), IX.4.
 */
export function drawBeta(alpha: number, stream: PhiloxStream): number {
  const difference = drawLogGamma(alpha, stream) - drawLogGamma(alpha, stream);
  return 1 / (1 + Math.exp(-difference));
}

/**
 * log of a gamma variable of shape α and scale 1; for α < 1 by that of α + 1 and a uniform number.
 * Source: Marsaglia, Tsang, A Simple Method for Generating Gamma Variables (2000).
 */
function drawLogGamma(alpha: number, stream: PhiloxStream): number {
  if (alpha < 1) return drawLogGamma(alpha + 1, stream) + Math.log(1 - stream.nextFloat()) / alpha;
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = stream.nextNormal();
    const cube = (1 + c * normal) ** 3;
    if (cube <= 0) continue;
    const logCube = Math.log(cube);
    if (Math.log(1 - stream.nextFloat()) < 0.5 * normal ** 2 + d * (1 - cube + logCube)) return Math.log(d) + logCube;
  }
}

/** Which image of a batch of `count` is mixed into the one at that position: the one before it, as of a batch that is rolled by one. */
export function partnerOf(position: number, count: number): number {
  return (position + count - 1) % count;
}
