import { patternSide } from './pattern-vector';
import { chromaSide, sketchSide } from './sketch-image';
import type { Spectrum } from './spectrum';

/**
 * What another image would look like near this one: it and, as far as they are small, what a shift (by parts of a pixel, as resizing
 * leaves behind) and a blur or sharpening add to it, to the second order. An orthonormal basis of these; images that lie in its
 * span but for a little noise are one image (registration by linear least squares, after Lucas and Kanade 1981).
 */
export interface Neighbourhood {
  /** Low frequencies without the mean. */
  readonly own: Float64Array;
  /** Of `own`. */
  readonly squares: number;
  readonly basis: readonly Float64Array[];
}

export function neighbourhoodOf(spectrum: Spectrum): Neighbourhood {
  const { own, across, down, acrossTwice, downTwice, both } = spectrum;
  const basis: Float64Array[] = [];
  for (const each of [own, across, down, acrossTwice, downTwice, both]) {
    const vector = each.slice();
    // Twice: once leaves rounding behind where a vector hardly differs from those before.
    for (let round = 0; round < 2; round++) for (const unit of basis) subtract(vector, unit, dot(vector, unit));
    const length = Math.sqrt(dot(vector, vector));
    if (length < 1e-6) continue;
    for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) / length;
    basis.push(vector);
  }
  return { own, squares: dot(own, own), basis };
}

/** The share of another's low frequencies (`squares`: the sum of their squares) that does not lie in a neighbourhood, in [0, 1]. */
export function unexplainedShare(
  { basis }: Neighbourhood,
  other: Float64Array | Float32Array,
  squares: number,
): number {
  let explained = 0;
  for (const unit of basis) explained += dot(unit, other) ** 2;
  return squares === 0 ? 1 : 1 - explained / squares;
}

/**
 * The most that copies of images with these sides (the smaller of all) leave unexplained: a noise of some grey levels, as of JPEG
 * files of quality 50, and a small share. `squares`: of the low frequencies of the one that has less of them. Held against MNIST,
 * where different ones of a kind are nearest: bench/hygiene/planted.mjs.
 */
export function mostUnexplained(squares: number, kind: 'coarse' | 'fine', smallestSide: number): number {
  const side = kind === 'coarse' ? patternSide : sketchSide;
  const { share, noise, most } = kind === 'coarse' ? coarseLimit : fineLimit(smallestSide);
  return Math.min(most, share + (noise * side ** 2) / squares);
}

interface Limit {
  readonly share: number;
  /** Grey levels squared. */
  readonly noise: number;
  readonly most: number;
}

const coarseLimit: Limit = { share: 0.003, noise: 25, most: 0.03 };

/** The fewer frequencies there are to tell images apart, the less may differ. */
function fineLimit(smallestSide: number): Limit {
  const frequencies = fineFrequencies(smallestSide);
  if (frequencies >= 16) return { share: 0.003, noise: 10, most: 0.04 };
  if (frequencies >= 12) return { share: 0.002, noise: 22, most: 0.03 };
  return { share: 0.0015, noise: 15, most: 0.02 };
}

/** As many as images of that smaller side have for sure. */
export function fineFrequencies(smallestSide: number): number {
  return smallestSide >= 24 ? 16 : smallestSide >= 18 ? 12 : 10;
}

/** Mean and deviation of a sketch's brightness. */
export interface Tone {
  readonly mean: number;
  readonly deviation: number;
}

export function toneOf(sketch: Uint8Array): Tone {
  let sum = 0;
  let squares = 0;
  const count = sketchSide ** 2;
  for (let i = 0; i < count; i++) {
    const value = sketch[i] ?? 0;
    sum += value;
    squares += value * value;
  }
  return { mean: sum / count, deviation: Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) };
}

/** Whether brightness and contrast are near enough. */
export function haveLikeTones(a: Tone, b: Tone): boolean {
  const gain = a.deviation / b.deviation;
  return Math.abs(a.mean - b.mean) <= mostBrightnessChange && gain <= mostGain && gain >= 1 / mostGain;
}

/** Whether the colours are near enough; `mirrored`: of one, the mirrored image is meant. */
export function haveLikeColors(a: Uint8Array, b: Uint8Array, mirrored: boolean): boolean {
  let squares = 0;
  for (let plane = sketchSide ** 2; plane < a.length; plane += chromaSide ** 2) {
    for (let i = 0; i < chromaSide ** 2; i++) {
      const other = mirrored ? i - 2 * (i % chromaSide) + chromaSide - 1 : i;
      squares += ((a[plane + i] ?? 0) - (b[plane + other] ?? 0)) ** 2;
    }
  }
  return squares <= mostColorDifference ** 2 * (a.length - sketchSide ** 2);
}

const mostBrightnessChange = 40;
const mostGain = 1.4;
/** Levels, root mean square over both differences of colour. */
const mostColorDifference = 9;

function dot(a: Float64Array, b: Float64Array | Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function subtract(a: Float64Array, b: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] ?? 0) - factor * (b[i] ?? 0);
}
