import type { Image } from '../image';
import { resizeBilinear } from '../resize';

/** Sides of a sketch's planes: of brightness, and of each of the two differences of colour. */
export const sketchSide = 32;
export const chromaSide = 8;
export const sketchLength = sketchSide ** 2 + 2 * chromaSide ** 2;

/**
 * What is left of an image when it is looked at from far away: [32, 32] brightness, then [8, 8] blue and [8, 8] red difference
 * (ITU-T T.871, as in JPEG files), bytes, its sides scaled apart. What compression and another size change is small in it.
 */
export function sketchImage(image: Image): Uint8Array {
  const { channels, pixels } = resizeBilinear(shrinkByWhole(image), sketchSide, sketchSide);
  const sketch = new Uint8Array(sketchLength).fill(128, sketchSide ** 2);
  if (channels === 1) {
    sketch.set(pixels);
    return sketch;
  }
  const blue = new Float64Array(chromaSide ** 2);
  const red = new Float64Array(chromaSide ** 2);
  const ratio = sketchSide / chromaSide;
  for (let i = 0; i < sketchSide ** 2; i++) {
    const r = pixels[3 * i] ?? 0;
    const g = pixels[3 * i + 1] ?? 0;
    const b = pixels[3 * i + 2] ?? 0;
    sketch[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
    const coarse = Math.floor(i / sketchSide / ratio) * chromaSide + Math.floor((i % sketchSide) / ratio);
    blue[coarse] = (blue[coarse] ?? 0) - 0.168736 * r - 0.331264 * g + 0.5 * b;
    red[coarse] = (red[coarse] ?? 0) + 0.5 * r - 0.418688 * g - 0.081312 * b;
  }
  for (let i = 0; i < chromaSide ** 2; i++) {
    sketch[sketchSide ** 2 + i] = clampByte(128 + (blue[i] ?? 0) / ratio ** 2);
    sketch[sketchSide ** 2 + chromaSide ** 2 + i] = clampByte(128 + (red[i] ?? 0) / ratio ** 2);
  }
  return sketch;
}

/** Large images by averages of whole squares of pixels first: a good resizing of all of it would take longer than its decoding. */
function shrinkByWhole(image: Image): Image {
  const { channels, pixels } = image;
  const factorX = Math.max(1, Math.floor(image.width / leastSide));
  const factorY = Math.max(1, Math.floor(image.height / leastSide));
  if (factorX === 1 && factorY === 1) return image;
  const width = Math.floor(image.width / factorX);
  const height = Math.floor(image.height / factorY);
  const out = new Uint8Array(width * height * channels);
  const sums = new Uint32Array(width * channels);
  const area = factorX * factorY;
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let row = y * factorY; row < (y + 1) * factorY; row++) {
      let at = row * image.width * channels;
      for (let to = 0; to < width * channels; to += channels) {
        for (let column = 0; column < factorX; column++) {
          for (let channel = 0; channel < channels; channel++) {
            sums[to + channel] = (sums[to + channel] ?? 0) + (pixels[at++] ?? 0);
          }
        }
      }
    }
    for (let i = 0; i < sums.length; i++) out[y * sums.length + i] = Math.round((sums[i] ?? 0) / area);
  }
  return { width, height, channels, pixels: out };
}

/** More than the sketch has, so that what is cut off at the edge by whole squares is little. */
const leastSide = 4 * sketchSide;

function clampByte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
