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
    const value = Math.max(red, green, blue);
    const least = Math.min(red, green, blue);
    if (value === least) {
      out[at] = out[at + 1] = out[at + 2] = value;
      continue;
    }
    const hue = (hueOf(red, green, blue, value, value - least) + shift) & 255;
    const saturation = Math.trunc(fround((value - least) / value) * 255);
    writeRgb(out, at, hue, saturation, value);
  }
  return { ...image, pixels: out };
}

const { fround } = Math;

/** Of a colour with `range` = greatest − least > 0: a byte. Source: A. R. Smith, Color Gamut Transform Pairs (1978). */
function hueOf(red: number, green: number, blue: number, value: number, range: number): number {
  const fromRed = fround((value - red) / range);
  const fromGreen = fround((value - green) / range);
  const fromBlue = fround((value - blue) / range);
  const sixths =
    red === value
      ? fround(fromBlue - fromGreen)
      : green === value
        ? fround(2 + fromRed - fromBlue)
        : fround(4 + fromGreen - fromRed);
  return Math.trunc(fround((sixths / 6 + 1) % 1) * 255);
}

function writeRgb(out: Uint8Array, at: number, hue: number, saturation: number, value: number): void {
  if (saturation === 0) {
    out[at] = out[at + 1] = out[at + 2] = value;
    return;
  }
  const place = (hue * 6) / 255;
  const sixth = Math.floor(place);
  const rest = fround(place - sixth);
  const share = fround(saturation / 255);
  const low = Math.round(value * (1 - share));
  const falling = Math.round(value * (1 - fround(share * rest)));
  const rising = Math.round(value * (1 - share * (1 - rest)));
  const [red, green, blue] = colorOf(sixth % 6, value, low, falling, rising);
  out[at] = red;
  out[at + 1] = green;
  out[at + 2] = blue;
}

function colorOf(
  sixth: number,
  value: number,
  low: number,
  falling: number,
  rising: number,
): readonly [number, number, number] {
  switch (sixth) {
    case 0:
      return [value, rising, low];
    case 1:
      return [falling, value, low];
    case 2:
      return [low, value, rising];
    case 3:
      return [low, falling, value];
    case 4:
      return [rising, low, value];
    default:
      return [value, low, falling];
  }
}
