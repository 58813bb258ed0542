import type { Image } from './image';

/**
 * The image in another size by bilinear interpolation, its sides scaled apart (no cropping). Where it shrinks, the
 * triangle is widened by the scale, so that every pixel counts (antialiasing): the bytes of Pillow's
 * `resize(size, BILINEAR)`, which torchvision's `Resize` uses on images. Whole-number arithmetic: the same everywhere.
 */
export function resizeBilinear(image: Image, width: number, height: number): Image {
  return resizeImage(image, width, height, 'bilinear');
}

export const interpolations = ['nearest', 'bilinear', 'bicubic'] as const;

/** Pillow's NEAREST, BILINEAR and BICUBIC. */
export type Interpolation = (typeof interpolations)[number];

/** Those that weigh several pixels. */
export type SmoothInterpolation = Exclude<Interpolation, 'nearest'>;

/** The bytes of Pillow's `resize`, as for `resizeBilinear`. Nearest takes single pixels, without antialiasing. */
export function resizeImage(image: Image, width: number, height: number, interpolation: Interpolation): Image {
  if (width === image.width && height === image.height) return image;
  if (interpolation === 'nearest') return resizeNearest(image, width, height);
  let { pixels } = image;
  const { channels } = image;
  if (width !== image.width) {
    pixels = resizeRows(pixels, image.height, newTaps(interpolation, image.width, width), width, channels);
  }
  if (height !== image.height) {
    pixels = resizeColumns(pixels, newTaps(interpolation, image.height, height), height, width * channels);
  }
  return { width, height, channels, pixels };
}

/** How many weights each position has room for. */
export function tapsWidth(interpolation: SmoothInterpolation, from: number, to: number): number {
  return Math.ceil(supportOf(filters[interpolation], from, to)) * 2 + 1;
}

interface Filter {
  /** It is 0 from there on, in pixels of the coarser image. */
  readonly support: number;
  weight(distance: number): number;
}

const filters: Readonly<Record<SmoothInterpolation, Filter>> = {
  bilinear: { support: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  /** R. Keys: Cubic Convolution Interpolation for Digital Image Processing (1981), with a = −1/2. */
  bicubic: {
    support: 2,
    weight(distance) {
      const x = Math.abs(distance);
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    },
  },
};

function resizeNearest({ width: from, height: rows, channels, pixels }: Image, width: number, height: number): Image {
  const out = new Uint8Array(width * height * channels);
  const columns = nearestPositions(from, width);
  let position = 0;
  for (const row of nearestPositions(rows, height)) {
    for (const column of columns) {
      const at = (row * from + column) * channels;
      for (let channel = 0; channel < channels; channel++) out[position++] = pixels[at + channel] ?? 0;
    }
  }
  return { width, height, channels, pixels: out };
}

/** Summed up step by step, as Pillow does: a rounding error decides like there. */
function nearestPositions(from: number, to: number): Int32Array {
  const step = from / to;
  const positions = new Int32Array(to);
  let place = 0.5 * step;
  for (let target = 0; target < to; target++) {
    positions[target] = Math.min(from - 1, Math.trunc(place));
    place += step;
  }
  return positions;
}

/** Weights are whole numbers that add up to 2^22, about: with bytes every sum stays below 2^31. */
const weightBits = 22;
const half = 1 << (weightBits - 1);

export interface Taps {
  /** First source position of each target position. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [target, width]; behind the `count` of a position stands anything. */
  readonly weights: Int32Array;
  readonly width: number;
}

function newTaps(interpolation: SmoothInterpolation, from: number, to: number): Taps {
  const width = tapsWidth(interpolation, from, to);
  const taps = { first: new Int32Array(to), count: new Int32Array(to), weights: new Int32Array(to * width), width };
  resizeTaps(interpolation, from, to, taps);
  return taps;
}

function supportOf({ support }: Filter, from: number, to: number): number {
  return support * Math.max(from / to, 1);
}

/** What `resizeImage` weighs pixels with along a side, written into `taps`, of the width of `tapsWidth`. */
export function resizeTaps(interpolation: SmoothInterpolation, from: number, to: number, taps: Taps): void {
  const { first, count, weights, width } = taps;
  const filter = filters[interpolation];
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = supportOf(filter, from, to);
  const shares = new Float64Array(width);
  for (let target = 0; target < to; target++) {
    const center = (target + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let source = start; source < end; source++) {
      const weight = filter.weight((source - center + 0.5) * (1 / filterScale));
      shares[source - start] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < end - start; tap++) {
      const weight = ((shares[tap] ?? 0) / sum) * 2 ** weightBits;
      weights[target * width + tap] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    first[target] = start;
    count[target] = end - start;
  }
}

function resizeRows(pixels: Uint8Array, rows: number, taps: Taps, to: number, channels: 1 | 3): Uint8Array {
  const { first, count, weights, width } = taps;
  const from = pixels.length / (rows * channels);
  const out = new Uint8Array(rows * to * channels);
  let position = 0;
  for (let row = 0; row < rows; row++) {
    for (let target = 0; target < to; target++) {
      let at = (row * from + (first[target] ?? 0)) * channels;
      const start = target * width;
      const end = start + (count[target] ?? 0);
      // The channels are written out, each with a sum of its own: twice as fast as a loop over them.
      if (channels === 1) {
        let sum = half;
        for (let tap = start; tap < end; tap++) sum += (weights[tap] ?? 0) * (pixels[at++] ?? 0);
        out[position++] = clampByte(sum >> weightBits);
      } else {
        let red = half;
        let green = half;
        let blue = half;
        for (let tap = start; tap < end; tap++) {
          const weight = weights[tap] ?? 0;
          red += weight * (pixels[at] ?? 0);
          green += weight * (pixels[at + 1] ?? 0);
          blue += weight * (pixels[at + 2] ?? 0);
          at += 3;
        }
        out[position] = clampByte(red >> weightBits);
        out[position + 1] = clampByte(green >> weightBits);
        out[position + 2] = clampByte(blue >> weightBits);
        position += 3;
      }
    }
  }
  return out;
}

function resizeColumns(pixels: Uint8Array, taps: Taps, to: number, rowLength: number): Uint8Array {
  const out = new Uint8Array(to * rowLength);
  const sums = new Int32Array(rowLength);
  for (let target = 0; target < to; target++) {
    sums.fill(half);
    const start = taps.first[target] ?? 0;
    const count = taps.count[target] ?? 0;
    for (let tap = 0; tap < count; tap++) {
      const weight = taps.weights[target * taps.width + tap] ?? 0;
      const row = (start + tap) * rowLength;
      for (let i = 0; i < rowLength; i++) sums[i] = (sums[i] ?? 0) + weight * (pixels[row + i] ?? 0);
    }
    for (let i = 0; i < rowLength; i++) out[target * rowLength + i] = clampByte((sums[i] ?? 0) >> weightBits);
  }
  return out;
}

/** Rounded weights may add up to a little more than one, and cubic ones go beyond what they are between. */
function clampByte(value: number): number {
  return value > 255 ? 255 : value < 0 ? 0 : value;
}
