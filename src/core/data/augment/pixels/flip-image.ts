import type { Image } from '../../image';

/** Left to right. */
export function flipHorizontally({ width, height, channels, pixels }: Image): Image {
  const out = new Uint8Array(pixels.length);
  const row = width * channels;
  for (let start = 0; start < pixels.length; start += row) {
    if (channels === 1) {
      for (let x = 0; x < width; x++) out[start + x] = pixels[start + width - 1 - x] ?? 0;
      continue;
    }
    for (let to = start, from = start + row - 3; to < start + row; to += 3, from -= 3) {
      out[to] = pixels[from] ?? 0;
      out[to + 1] = pixels[from + 1] ?? 0;
      out[to + 2] = pixels[from + 2] ?? 0;
    }
  }
  return { width, height, channels, pixels: out };
}

/** Upside down. */
export function flipVertically({ width, height, channels, pixels }: Image): Image {
  const out = new Uint8Array(pixels.length);
  const row = width * channels;
  for (let y = 0; y < height; y++) out.set(pixels.subarray(y * row, (y + 1) * row), (height - 1 - y) * row);
  return { width, height, channels, pixels: out };
}
