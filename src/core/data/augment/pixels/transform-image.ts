import type { Image } from '../../image';
import type { Interpolation } from '../../resize';
import { fillBytes, type Fill } from './fill';

/** (x, y) of the source, in pixels, for a place of the result: x' = a·x + b·y + c, y' = d·x + e·y + f. */
export type AffineMatrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** x' = (a·x + b·y + c) / (g·x + h·y + 1), y' = (d·x + e·y + f) / (g·x + h·y + 1). */
export type PerspectiveMatrix = readonly [...AffineMatrix, g: number, h: number];

export interface TransformOptions {
  readonly interpolation: Interpolation;
  /** Of what lies outside of the image. */
  readonly fill: Fill;
  /** Of the result; absent: the image's. */
  readonly width?: number;
  readonly height?: number;
}

/** The bytes of Pillow 9.4's `Image.transform(size, AFFINE, matrix, …)`. The centre of pixel (0, 0) is at (½, ½). */
export function transformAffine(image: Image, matrix: AffineMatrix, options: TransformOptions): Image {
  const { interpolation } = options;
  const out = filled(image, options);
  if (interpolation !== 'nearest') sampleEach(image, out, [...matrix, 0, 0], samplers[interpolation]);
  else if (matrix[1] === 0 && matrix[3] === 0) takeNearestScaled(image, out, matrix);
  else takeNearestAffine(image, out, matrix);
  return out;
}

/** The same for `PERSPECTIVE`. */
export function transformPerspective(image: Image, matrix: PerspectiveMatrix, options: TransformOptions): Image {
  const out = filled(image, options);
  sampleEach(image, out, matrix, samplers[options.interpolation]);
  return out;
}

function filled(
  { channels, ...own }: Image,
  { fill, width = own.width, height = own.height }: TransformOptions,
): Image {
  const bytes = fillBytes(fill, channels);
  const pixels = new Uint8Array(width * height * channels);
  if (bytes.some((byte) => byte !== 0)) for (let i = 0; i < pixels.length; i++) pixels[i] = bytes[i % channels] ?? 0;
  return { width, height, channels, pixels };
}

/** Columns and rows are looked up apart. */
function takeNearestScaled(image: Image, out: Image, [a, , c, , e, f]: AffineMatrix): void {
  const columns = steppedPositions(c + a * 0.5, a, out.width, image.width);
  const rows = steppedPositions(f + e * 0.5, e, out.height, image.height);
  const { channels, pixels } = image;
  for (let y = 0, to = 0; y < out.height; y++) {
    const row = rows[y] ?? -1;
    for (let x = 0; x < out.width; x++, to += channels) {
      const column = columns[x] ?? -1;
      if (row < 0 || column < 0) continue;
      const from = (row * image.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) out.pixels[to + channel] = pixels[from + channel] ?? 0;
    }
  }
}

/** −1: outside. */
function steppedPositions(first: number, step: number, count: number, size: number): Int32Array {
  const positions = new Int32Array(count);
  for (let i = 0, place = first; i < count; i++, place += step) {
    positions[i] = place < 0 || place >= size ? -1 : Math.trunc(place);
  }
  return positions;
}

/** Pillow steps in 16.16 fixed point where that suffices: a pixel is chosen like there. */
function takeNearestAffine(image: Image, out: Image, matrix: AffineMatrix): void {
  if (!staysBelow(matrix, 0, 0) || !staysBelow(matrix, out.width, out.height)) {
    sampleEach(image, out, [...matrix, 0, 0], sampleNearest);
    return;
  }
  const fixed = (value: number): number => Math.floor(value * 65536 + 0.5);
  const [a, b, c, d, e, f] = matrix;
  const stepsX = [fixed(a), fixed(d)] as const;
  const stepsY = [fixed(b), fixed(e)] as const;
  let rowX = fixed(c + a * 0.5 + b * 0.5);
  let rowY = fixed(f + d * 0.5 + e * 0.5);
  const { width, height, channels, pixels } = image;
  for (let y = 0, to = 0; y < out.height; y++) {
    let sourceX = rowX;
    let sourceY = rowY;
    for (let x = 0; x < out.width; x++, to += channels) {
      const column = sourceX >> 16;
      const row = sourceY >> 16;
      if (column >= 0 && column < width && row >= 0 && row < height) {
        const from = (row * width + column) * channels;
        out.pixels[to] = pixels[from] ?? 0;
        if (channels === 3) {
          out.pixels[to + 1] = pixels[from + 1] ?? 0;
          out.pixels[to + 2] = pixels[from + 2] ?? 0;
        }
      }
      sourceX = (sourceX + stepsX[0]) | 0;
      sourceY = (sourceY + stepsX[1]) | 0;
    }
    rowX = (rowX + stepsY[0]) | 0;
    rowY = (rowY + stepsY[1]) | 0;
  }
}

function staysBelow([a, b, c, d, e, f]: AffineMatrix, x: number, y: number): boolean {
  return Math.abs(x * a + y * b + c) < 32768 && Math.abs(x * d + y * e + f) < 32768;
}

/** Fills each pixel of `out` from its place in the image, (x, y) in pixels from the corner; what lies outside is left as it is. */
function sampleEach(image: Image, out: Image, [a, b, c, d, e, f, g, h]: PerspectiveMatrix, sample: Sampler): void {
  const { width, height, channels } = image;
  for (let y = 0, to = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++, to += channels) {
      const divisor = g * (x + 0.5) + h * (y + 0.5) + 1;
      const sourceX = (a * (x + 0.5) + b * (y + 0.5) + c) / divisor;
      const sourceY = (d * (x + 0.5) + e * (y + 0.5) + f) / divisor;
      if (!(sourceX >= 0 && sourceX < width && sourceY >= 0 && sourceY < height)) continue;
      sample(image, sourceX, sourceY, out.pixels, to);
    }
  }
}

type Sampler = (image: Image, x: number, y: number, out: Uint8Array, to: number) => void;

function sampleNearest({ width, channels, pixels }: Image, x: number, y: number, out: Uint8Array, to: number): void {
  const from = (Math.trunc(y) * width + Math.trunc(x)) * channels;
  for (let channel = 0; channel < channels; channel++) out[to + channel] = pixels[from + channel] ?? 0;
}

/** Between the four pixels around (x, y), those at the edge repeated; cut to whole numbers, not rounded, as Pillow's. */
function sampleBilinear(
  { width, height, channels, pixels }: Image,
  cornerX: number,
  cornerY: number,
  out: Uint8Array,
  to: number,
): void {
  // From the middle of the first pixel.
  const x = cornerX - 0.5;
  const y = cornerY - 0.5;
  const left = Math.floor(x);
  const top = Math.floor(y);
  const shareX = x - left;
  const shareY = y - top;
  const column0 = (left < 0 ? 0 : left) * channels;
  const column1 = (left + 1 < width ? left + 1 : width - 1) * channels;
  const row0 = (top < 0 ? 0 : top) * width * channels;
  const row1 = (top + 1 < height ? top + 1 : height - 1) * width * channels;
  for (let channel = 0; channel < channels; channel++) {
    const upperLeft = pixels[row0 + column0 + channel] ?? 0;
    const upperRight = pixels[row0 + column1 + channel] ?? 0;
    const lowerLeft = pixels[row1 + column0 + channel] ?? 0;
    const lowerRight = pixels[row1 + column1 + channel] ?? 0;
    const upper = upperLeft + (upperRight - upperLeft) * shareX;
    const lower = lowerLeft + (lowerRight - lowerLeft) * shareX;
    out[to + channel] = upper + (lower - upper) * shareY;
  }
}

/** Between sixteen pixels; the same. Source: cubic convolution with a = −1, as Pillow's `transform` (its `resize` has −1/2). */
function sampleBicubic(
  { width, height, channels, pixels }: Image,
  cornerX: number,
  cornerY: number,
  out: Uint8Array,
  to: number,
): void {
  // From the middle of the first pixel.
  const x = cornerX - 0.5;
  const y = cornerY - 0.5;
  const left = Math.floor(x);
  const top = Math.floor(y);
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < 4; row++) {
      const line = clamp(top - 1 + row, height) * width;
      for (let column = 0; column < 4; column++) {
        values[column] = pixels[(line + clamp(left - 1 + column, width)) * channels + channel] ?? 0;
      }
      rows[row] = cubic(values, x - left);
    }
    const value = cubic(rows, y - top);
    out[to + channel] = value <= 0 ? 0 : value >= 255 ? 255 : value;
  }
}

const samplers: Readonly<Record<Interpolation, Sampler>> = {
  nearest: sampleNearest,
  bilinear: sampleBilinear,
  bicubic: sampleBicubic,
};

const values = new Float64Array(4);
const rows = new Float64Array(4);

function cubic([v1 = 0, v2 = 0, v3 = 0, v4 = 0]: Float64Array, share: number): number {
  const linear = v3 - v1;
  const square = 2 * (v1 - v2) + v3 - v4;
  const cube = v2 - v1 - v3 + v4;
  return v2 + share * (linear + share * (square + share * cube));
}

function clamp(position: number, count: number): number {
  return position < 0 ? 0 : position < count ? position : count - 1;
}
