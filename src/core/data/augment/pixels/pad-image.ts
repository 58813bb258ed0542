import type { Image } from '../../image';
import { fillBytes, type Fill } from './fill';

export const paddingModes = ['constant', 'edge', 'reflect', 'symmetric'] as const;

/** numpy.pad's names: `reflect` does not repeat the pixel at the edge, `symmetric` does. */
export type PaddingMode = (typeof paddingModes)[number];

/** Pixels on each side, none negative. */
export interface Border {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The image with a border: of one colour, or of its own pixels repeated. */
export function padImage(image: Image, { left, top, right, bottom }: Border, mode: PaddingMode, fill: Fill): Image {
  if (left + top + right + bottom === 0) return image;
  const { channels, pixels } = image;
  const width = left + image.width + right;
  const height = top + image.height + bottom;
  const out = new Uint8Array(width * height * channels);
  const rowLength = image.width * channels;
  if (mode === 'constant') {
    const bytes = fillBytes(fill, channels);
    if (bytes.some((byte) => byte !== 0)) for (let i = 0; i < out.length; i++) out[i] = bytes[i % channels] ?? 0;
    for (let y = 0; y < image.height; y++) {
      out.set(pixels.subarray(y * rowLength, (y + 1) * rowLength), ((top + y) * width + left) * channels);
    }
    return { width, height, channels, pixels: out };
  }
  const columns = Int32Array.from({ length: width }, (_, x) => sourceOf(x - left, image.width, mode));
  for (let y = 0, to = 0; y < height; y++) {
    const row = sourceOf(y - top, image.height, mode) * rowLength;
    for (let x = 0; x < width; x++) {
      const from = row + (columns[x] ?? 0) * channels;
      for (let channel = 0; channel < channels; channel++) out[to++] = pixels[from + channel] ?? 0;
    }
  }
  return { width, height, channels, pixels: out };
}

/** Which of `count` pixels stands at a position that may lie beyond them. */
function sourceOf(position: number, count: number, mode: Exclude<PaddingMode, 'constant'>): number {
  if (mode === 'edge' || count === 1) return Math.max(0, Math.min(count - 1, position));
  const period = mode === 'reflect' ? 2 * (count - 1) : 2 * count;
  const within = ((position % period) + period) % period;
  if (within < count) return within;
  return mode === 'reflect' ? period - within : period - 1 - within;
}
