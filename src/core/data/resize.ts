import type { Image } from './image';

/**
 * The image in another size by bilinear interpolation, its sides scaled apart (no cropping). Where it shrinks, the
 * triangle is widened by the scale, so that every pixel counts (antialiasing): the bytes of Pillow's
 * `resize(size, BILINEAR)`, which torchvision's `Resize` uses on images. Whole-number arithmetic: the same everywhere.
 */
export function resizeBilinear(image: Image, width: number, height: number): Image {
  let { pixels } = image;
  const { channels } = image;
  if (width !== image.width) pixels = resizeRows(pixels, image.height, image.width, width, channels);
  if (height !== image.height) pixels = resizeColumns(pixels, image.height, height, width * channels);
  return { width, height, channels, pixels };
}

/** Weights are whole numbers that add up to 2^22, about: with bytes every sum stays below 2^31. */
const weightBits = 22;
const half = 1 << (weightBits - 1);

interface Taps {
  /** First source position of each target position. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [target, width] */
  readonly weights: Int32Array;
  readonly width: number;
}

function triangleTaps(from: number, to: number): Taps {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const width = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * width);
  for (let target = 0; target < to; target++) {
    const center = (target + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    const triangle: number[] = [];
    for (let source = start; source < end; source++) {
      triangle.push(Math.max(0, 1 - Math.abs((source - center + 0.5) / support)));
    }
    const sum = triangle.reduce((total, weight) => total + weight, 0);
    triangle.forEach((weight, tap) => {
      weights[target * width + tap] = Math.trunc(0.5 + (weight / sum) * 2 ** weightBits);
    });
    first[target] = start;
    count[target] = triangle.length;
  }
  return { first, count, weights, width };
}

function resizeRows(pixels: Uint8Array, rows: number, from: number, to: number, channels: 1 | 3): Uint8Array {
  const { first, count, weights, width } = triangleTaps(from, to);
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

function resizeColumns(pixels: Uint8Array, from: number, to: number, rowLength: number): Uint8Array {
  const taps = triangleTaps(from, to);
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

/** Rounded weights may add up to a little more than one. */
function clampByte(value: number): number {
  return value > 255 ? 255 : value;
}
