import type { Image } from '../../image';

/**
 * Turns the hue by `factor` of the circle, in [−½, ½]: torchvision's `adjust_hue` of PIL images, by way of Pillow's HSV with a byte
 * for each of hue, saturation and value, and with its float32 roundings. Grey images stay as they are.
 */
export function adjustHue(image: Image, factor: number): Image {
  if (image.channels === 1) return image;
  const shift = Math.trunc(factor * 255);
  const { pixels } = image;
  const out = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at += 3) {
    const red = pixels[at] ?? 0;
    const green = pixels[at + 1] ?? 0;
    const blue = pixels[at + 2] ?? 0;
    const value = red > green ? (red > blue ? red : blue) : green > blue ? green : blue;
    const least = red < green ? (red < blue ? red : blue) : green < blue ? green : blue;
    const range = value - least;
    const saturation = range === 0 ? 0 : (fround(range / value) * 255) | 0;
    if (saturation === 0) {
      out[at] = out[at + 1] = out[at + 2] = value;
      continue;
    }
    const hue = (hueOf(red, green, blue, value, range) + shift) & 255;
    const rest = rests[hue] ?? 0;
    const share = shares[saturation] ?? 0;
    const low = Math.round(value * (1 - share));
    const falling = Math.round(value * (1 - fround(share * rest)));
    const rising = Math.round(value * (1 - share * (1 - rest)));
    switch (sixths[hue]) {
      case 0:
        put(out, at, value, rising, low);
        break;
      case 1:
        put(out, at, falling, value, low);
        break;
      case 2:
        put(out, at, low, value, rising);
        break;
      case 3:
        put(out, at, low, falling, value);
        break;
      case 4:
        put(out, at, rising, low, value);
        break;
      default:
        put(out, at, value, low, falling);
    }
  }
  return { ...image, pixels: out };
}

const { fround } = Math;

/** By hue: which sixth of the circle it is in, and how far. */
const sixths = new Uint8Array(256);
const rests = new Float32Array(256);
/** By saturation: of 255. */
const shares = new Float32Array(256);
for (let byte = 0; byte < 256; byte++) {
  const place = (byte * 6) / 255;
  sixths[byte] = Math.floor(place) % 6;
  rests[byte] = place - Math.floor(place);
  shares[byte] = byte / 255;
}

/** Of a colour with `range` = greatest − least > 0: a byte. Source: A. R. Smith, Color Gamut Transform Pairs (1978). */
function hueOf(red: number, green: number, blue: number, value: number, range: number): number {
  const along =
    red === value
      ? fround(fround((value - blue) / range) - fround((value - green) / range))
      : green === value
        ? fround(2 + fround((value - red) / range) - fround((value - blue) / range))
        : fround(4 + fround((value - green) / range) - fround((value - red) / range));
  // From −1 to 5: once around at most.
  const turns = along / 6 + 1;
  return (fround(turns >= 1 ? turns - 1 : turns) * 255) | 0;
}

function put(out: Uint8Array, at: number, red: number, green: number, blue: number): void {
  out[at] = red;
  out[at + 1] = green;
  out[at + 2] = blue;
}
