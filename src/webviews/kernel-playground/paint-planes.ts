import { paintValues, valueRange, type ColorMapName, type ValueRange } from '../../core/inspect/color-map';
import type { Planes } from '../../core/inspect/filter-image';
import { convertChannels } from '../../core/data/image';
import type { DecodedImage } from '../../protocol/inspection';
import type { Picture } from '../../core/inspect/picture';

/** `image`: 0 to 255, what is beyond is cut; `stretched`: lowest to highest; `signed`: zero in the middle. */
export const planeViews = ['image', 'stretched', 'signed'] as const;
export type PlaneView = (typeof planeViews)[number];

export interface PaintedPlanes {
  readonly pixels: Picture;
  readonly range: ValueRange;
  readonly map: ColorMapName;
}

export function paintPlanes({ channels, height, width, values }: Planes, view: PlaneView): PaintedPlanes {
  const range = view === 'image' ? { low: 0, high: 255 } : valueRange(values, view === 'signed' ? 'symmetric' : 'full');
  const map = view === 'signed' ? 'diverging' : 'grey';
  const size = height * width;
  if (channels === 1) return { pixels: { width, height, pixels: paintValues(values, range, map) }, range, map };
  const pixels = new Uint8ClampedArray(4 * size).fill(255);
  const scale = range.high > range.low ? 255 / (range.high - range.low) : 0;
  for (let channel = 0; channel < 3; channel++) {
    const start = channel * size;
    for (let at = 0; at < size; at++) {
      // Where all values are the same, they have the middle colour, as in one channel.
      pixels[4 * at + channel] = scale === 0 ? 128 : Math.round(((values[start + at] ?? 0) - range.low) * scale);
    }
  }
  return { pixels: { width, height, pixels }, range, map };
}

/** An image as numbers, 0 to 255, in one channel or three. */
export function imagePlanes({ shape: [channels, height, width], pixels }: DecodedImage, wanted: 1 | 3): Planes {
  const size = height * width;
  if (channels === wanted) return { channels, height, width, values: Float32Array.from(pixels) };
  if (wanted === 3) {
    const values = new Float32Array(3 * size);
    for (let channel = 0; channel < 3; channel++) values.set(pixels, channel * size);
    return { channels: 3, height, width, values };
  }
  const rows = new Uint8Array(3 * size);
  for (let at = 0; at < size; at++) {
    for (let channel = 0; channel < 3; channel++) rows[3 * at + channel] = pixels[channel * size + at] ?? 0;
  }
  const grey = convertChannels({ width, height, channels: 3, pixels: rows }, 1);
  return { channels: 1, height, width, values: Float32Array.from(grey.pixels) };
}
