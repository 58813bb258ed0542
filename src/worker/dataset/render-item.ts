import sharp from 'sharp';
import { decodeBmp, isBmp } from '../../core/data/bmp';
import type { Image } from '../../core/data/image';
import { checkFormat, explainFailure, sharpOptions } from '../data/decode-image';
import { ImageError } from '../data/image-error';
import type { ItemContents } from '../../node/data/item-listing';

/** An image as it is shown: [height, width, 4] RGBA, upright, alpha dropped as for training. */
export interface RenderedItem {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly original: { readonly width: number; readonly height: number; readonly channels: number };
}

/** Made smaller where a side is longer than `mostSide`; never larger. @throws ImageError with the reason. */
export async function renderItem(contents: ItemContents, mostSide: number): Promise<RenderedItem> {
  if (contents.kind === 'pixels') return renderPixels(contents.image, mostSide);
  const { bytes } = contents;
  if (bytes.length === 0) throw new ImageError('the file is empty', true);
  if (isBmp(bytes)) return renderPixels(await explainFailure(() => decodeBmp(bytes)), mostSide);
  return explainFailure(async () => {
    const { format, channels, autoOrient } = await sharp(bytes, sharpOptions).metadata();
    checkFormat(format);
    const { data, info } = await sharp(bytes, sharpOptions)
      .resize({ width: mostSide, height: mostSide, fit: 'inside', withoutEnlargement: true })
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return {
      width,
      height,
      pixels: toRgba(data, info.channels, width * height),
      original: { width: autoOrient.width, height: autoOrient.height, channels },
    };
  });
}

async function renderPixels(image: Image, mostSide: number): Promise<RenderedItem> {
  const { width, height, channels } = image;
  const original = { width, height, channels };
  if (Math.max(width, height) <= mostSide) {
    return { width, height, pixels: toRgba(image.pixels, channels, width * height), original };
  }
  const { data, info } = await sharp(image.pixels, { raw: { width, height, channels } })
    .resize({ width: mostSide, height: mostSide, fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = toRgba(data, info.channels, info.width * info.height);
  return { width: info.width, height: info.height, pixels, original };
}

/**
 * [side, side, 4]: the image in the middle, transparent around it. One that is less than half as large is enlarged by a whole
 * number without blending, so that each of its pixels is a crisp square.
 */
export function fitIntoSquare({ width, height, pixels }: RenderedItem, side: number): Uint8Array {
  const factor = Math.max(1, Math.floor(side / Math.max(width, height)));
  const left = Math.floor((side - width * factor) / 2);
  const top = Math.floor((side - height * factor) / 2);
  const square = new Uint32Array(side * side);
  const from = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
  for (let y = 0; y < height * factor; y++) {
    const row = Math.floor(y / factor) * width;
    const to = (top + y) * side + left;
    if (factor === 1) {
      square.set(from.subarray(row, row + width), to);
      continue;
    }
    for (let x = 0; x < width * factor; x++) square[to + x] = from[row + Math.floor(x / factor)] ?? 0;
  }
  return new Uint8Array(square.buffer);
}

function toRgba(data: Uint8Array, channels: number, count: number): Uint8Array {
  const pixels = new Uint8Array(4 * count).fill(255);
  const [red, green, blue] = channels >= 3 ? [0, 1, 2] : [0, 0, 0];
  for (let i = 0, at = 0, to = 0; i < count; i++, at += channels, to += 4) {
    pixels[to] = data[at + red] ?? 0;
    pixels[to + 1] = data[at + green] ?? 0;
    pixels[to + 2] = data[at + blue] ?? 0;
  }
  return pixels;
}
