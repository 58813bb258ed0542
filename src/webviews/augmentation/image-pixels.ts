import type { Image } from '../../core/data/image';
import { blankPicture, type Picture } from '../../core/inspect/picture';
import type { ItemImage } from '../../protocol/dataset-inspection';
import type { DecodedImage } from '../../protocol/inspection';

/** An image of a data set, as transforms take it: grey where it is kept so. */
export function imageOfItem({ width, height, pixels, original }: ItemImage): Image {
  const channels = original.channels <= 2 ? 1 : 3;
  const taken = new Uint8Array(width * height * channels);
  for (let at = 0; at < width * height; at++) {
    for (let channel = 0; channel < channels; channel++) taken[channels * at + channel] = pixels[4 * at + channel] ?? 0;
  }
  return { width, height, channels, pixels: taken };
}

/** A file's image, [C, H, W] of bytes. */
export function imageOfDecoded({ shape: [depth = 1, height = 1, width = 1], pixels }: DecodedImage): Image {
  const channels = depth >= 3 ? 3 : 1;
  const plane = width * height;
  const taken = new Uint8Array(plane * channels);
  for (let at = 0; at < plane; at++) {
    for (let channel = 0; channel < channels; channel++)
      taken[channels * at + channel] = pixels[channel * plane + at] ?? 0;
  }
  return { width, height, channels, pixels: taken };
}

/** Each pixel as a square of so many. */
export function enlargeImage({ width, height, channels, pixels }: Image, factor: number): Image {
  const [across, down] = [width * factor, height * factor];
  const taken = new Uint8Array(across * down * channels);
  for (let y = 0, to = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const from = channels * (Math.floor(y / factor) * width + Math.floor(x / factor));
      for (let channel = 0; channel < channels; channel++) taken[to++] = pixels[from + channel] ?? 0;
    }
  }
  return { width: across, height: down, channels, pixels: taken };
}

/** To be drawn, in the middle of a picture of that size. */
export function pictureOf(image: Image, size: Pick<Image, 'width' | 'height'> = image): Picture {
  const { width, height, channels, pixels } = image;
  const picture = blankPicture(size.width, size.height);
  const whole = new Uint32Array(picture.pixels.buffer);
  const [left, top] = [(size.width - width) >> 1, (size.height - height) >> 1];
  for (let y = 0; y < height; y++) {
    let to = (top + y) * size.width + left;
    let from = channels * y * width;
    const end = to + width;
    for (; to < end; to++, from += channels) {
      const red = pixels[from] ?? 0;
      const green = channels === 3 ? (pixels[from + 1] ?? 0) : red;
      const blue = channels === 3 ? (pixels[from + 2] ?? 0) : red;
      // Browsers run on machines with the lowest byte first.
      whole[to] = 0xff000000 | (blue << 16) | (green << 8) | red;
    }
  }
  return picture;
}
