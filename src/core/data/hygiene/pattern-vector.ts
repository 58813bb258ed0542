import { sketchLength, sketchSide } from './sketch-image';
import { lowFrequencies, type Spectrum } from './spectrum';

/** Low frequencies in each direction. */
export const patternFrequencies = 8;
/** Without the mean. */
export const patternLength = patternFrequencies ** 2 - 1;
/** Sides of the plane that a pattern is made from: enough for its frequencies. */
export const patternSide = sketchSide / 2;

/** What sketches look like, whatever their brightness and contrast. */
export interface Patterns {
  /** [count, 63] low frequencies without the mean (see `lowFrequencies`), each of length 1; zeros where there is no contrast to speak of. */
  readonly vectors: Float32Array;
  /** [count] how long they were. */
  readonly lengths: Float64Array;
}

export function patternsOf(sketches: Uint8Array): Patterns {
  const count = sketches.length / sketchLength;
  const vectors = new Float32Array(count * patternLength);
  const lengths = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const plane = halvedPlane(sketches.subarray(index * sketchLength, (index + 1) * sketchLength));
    const vector = lowFrequencies(plane, patternSide, patternFrequencies);
    let squares = 0;
    for (let i = 0; i < patternLength; i++) squares += (vector[i] ?? 0) ** 2;
    const length = Math.sqrt(squares);
    // The transform keeps lengths: this is the deviation, in grey levels.
    if (length / patternSide < leastDeviation) continue;
    lengths[index] = length;
    for (let i = 0; i < patternLength; i++) vectors[index * patternLength + i] = (vector[i] ?? 0) / length;
  }
  return { vectors, lengths };
}

/**
 * The pattern of the mirrored image, or other low frequencies of an even number a row, without the mean: what is odd from left to right
 * changes its sign; as the mean is left out, that has even places.
 */
export function mirrorPattern(vector: Float32Array): Float32Array {
  const out = vector.slice();
  for (let place = 0; place < out.length; place += 2) out[place] = -(out[place] ?? 0);
  return out;
}

/**
 * Patterns of an image, and of the same one moved by `reach` (in places of the [16, 16] plane) in eight directions; by nothing, only
 * the first. By Taylor's series to the second order, which is as good as exact for parts of a place.
 */
export function movedPatterns(spectrum: Spectrum, reach: number): readonly Float32Array[] {
  const { own, across, down, acrossTwice, downTwice, both } = spectrum;
  return (reach === 0 ? moves.slice(0, 1) : moves).map(([right, below]) => {
    const dx = right * reach;
    const dy = below * reach;
    const moved = new Float32Array(patternLength);
    let squares = 0;
    for (let i = 0; i < patternLength; i++) {
      const first = dx * (across[i] ?? 0) + dy * (down[i] ?? 0);
      const second = (dx * dx * (acrossTwice[i] ?? 0) + dy * dy * (downTwice[i] ?? 0)) / 2 + dx * dy * (both[i] ?? 0);
      const value = (own[i] ?? 0) + first + second;
      moved[i] = value;
      squares += value * value;
    }
    const length = Math.sqrt(squares);
    for (let i = 0; i < patternLength; i++) moved[i] = (moved[i] ?? 0) / length;
    return moved;
  });
}

const moves: readonly (readonly [right: number, below: number])[] = [
  [0, 0],
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [-1, -1],
  [1, -1],
  [-1, 1],
];

/** [16, 16] averages of a sketch's brightness. */
export function halvedPlane(sketch: Uint8Array): Float64Array {
  const plane = new Float64Array(patternSide ** 2);
  for (let y = 0; y < patternSide; y++) {
    for (let x = 0; x < patternSide; x++) {
      const at = 2 * y * sketchSide + 2 * x;
      const above = (sketch[at] ?? 0) + (sketch[at + 1] ?? 0);
      plane[y * patternSide + x] = (above + (sketch[at + sketchSide] ?? 0) + (sketch[at + sketchSide + 1] ?? 0)) / 4;
    }
  }
  return plane;
}

/** Grey levels; below it there is noise and compression, and no pattern. */
const leastDeviation = 2;
