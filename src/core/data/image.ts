/** A decoded image: `pixels` is [height, width, channels], bytes, as image files have them. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

/** What images are made to be. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** Grey to RGB repeats the value; RGB to grey is `(299 R + 587 G + 114 B) / 1000`, ITU-R 601-2 as Pillow's `convert('L')`. */
export function convertChannels(image: Image, channels: 1 | 3): Image {
  if (image.channels === channels) return image;
  const { width, height, pixels } = image;
  const count = width * height;
  const converted = new Uint8Array(count * channels);
  if (channels === 3) {
    for (let i = 0, to = 0; i < count; i++) {
      const level = pixels[i] ?? 0;
      converted[to++] = level;
      converted[to++] = level;
      converted[to++] = level;
    }
  } else {
    for (let i = 0; i < count; i++) {
      // Pillow's weights in 16-bit fixed point, so that the bytes are Pillow's.
      const weighted =
        19595 * (pixels[3 * i] ?? 0) + 38470 * (pixels[3 * i + 1] ?? 0) + 7471 * (pixels[3 * i + 2] ?? 0);
      converted[i] = (weighted + 0x8000) >> 16;
    }
  }
  return { width, height, channels, pixels: converted };
}

/** Writes [height, width, channels] as [channels, height, width] into `out` from `offset` on. */
export function writePlanes(image: Image, out: Uint8Array, offset: number): void {
  const { channels, pixels } = image;
  if (channels === 1) {
    out.set(pixels, offset);
    return;
  }
  const planeLength = image.width * image.height;
  for (let i = 0, from = 0; i < planeLength; i++) {
    out[offset + i] = pixels[from++] ?? 0;
    out[offset + planeLength + i] = pixels[from++] ?? 0;
    out[offset + 2 * planeLength + i] = pixels[from++] ?? 0;
  }
}

/** Reads [channels, height, width] from `offset` on: what `writePlanes` has written. */
export function readPlanes(
  { width, height, channels }: Omit<Image, 'pixels'>,
  planes: Uint8Array,
  offset: number,
): Image {
  const planeLength = width * height;
  if (channels === 1) return { width, height, channels, pixels: planes.slice(offset, offset + planeLength) };
  const pixels = new Uint8Array(3 * planeLength);
  for (let i = 0, to = 0, from = offset; i < planeLength; i++, from++) {
    pixels[to++] = planes[from] ?? 0;
    pixels[to++] = planes[from + planeLength] ?? 0;
    pixels[to++] = planes[from + 2 * planeLength] ?? 0;
  }
  return { width, height, channels, pixels };
}
