import type { Image } from '../../image';

/** The piece of `height` × `width` whose first pixel is (top, left) of the image; beyond the image it is 0, as Pillow's `crop`. */
export function cropImage(image: Image, top: number, left: number, height: number, width: number): Image {
  if (top === 0 && left === 0 && height === image.height && width === image.width) return image;
  const { channels, pixels } = image;
  const out = new Uint8Array(width * height * channels);
  const from = Math.max(0, left);
  const length = (Math.min(image.width, left + width) - from) * channels;
  if (length > 0) {
    for (let y = Math.max(0, -top); y < Math.min(height, image.height - top); y++) {
      const start = ((top + y) * image.width + from) * channels;
      out.set(pixels.subarray(start, start + length), (y * width + from - left) * channels);
    }
  }
  return { width, height, channels, pixels: out };
}
