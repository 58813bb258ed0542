import { readFile } from 'node:fs/promises';
import sharp, { type SharpOptions } from 'sharp';
import { decodeBmp, isBmp, readBmpHeader } from '../../core/data/bmp';
import { convertChannels, type Image, type ImageSize } from '../../core/data/image';
import { imageFormatNames } from '../../core/data/image-file-name';
import { resizeBilinear } from '../../core/data/resize';
import { ImageError, readFailure } from './image-error';

// Images are decoded side by side, one thread each; nothing is decoded twice, so a cache would only take memory.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes an image file to the given size and channels, by what is in it, not by its name: upright by its EXIF
 * orientation, the first frame or page only, alpha dropped, 16 bits cut to 8, colour profiles left aside (as Pillow's
 * `convert`), resized without cropping where its size is another.
 * @throws ImageError with the reason.
 */
export async function decodeImage(file: string, size: ImageSize): Promise<Image> {
  return fitImage(await decodeFile(file), size);
}

/** As `decodeImage`, in the size and channels that the image has. @throws ImageError */
export async function decodeFile(file: string): Promise<Image> {
  return decodeBytes(await readBytes(file));
}

/** As `decodeImage`, of an image that is in memory already. */
export function fitImage(image: Image, size: ImageSize): Image {
  return resizeBilinear(convertChannels(image, size.channels), size.width, size.height);
}

/** Decodes the bytes of an image file, in the size and channels that it has. @throws ImageError */
export async function decodeBytes(bytes: Uint8Array): Promise<Image> {
  if (bytes.length === 0) throw new ImageError('the file is empty', true);
  if (isBmp(bytes)) return explainFailure(() => decodeBmp(bytes));
  return explainFailure(async () => {
    const pipeline = sharp(bytes, sharpOptions);
    // Opening a file twice costs a tenth of decoding it: the usual ones are known by their first bytes.
    if (!isJpegOrPng(bytes)) checkFormat((await pipeline.metadata()).format);
    const { data, info } = await pipeline
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 1 && info.channels !== 3) throw new Error(`it has ${info.channels} channels`);
    return { width: info.width, height: info.height, channels: info.channels, pixels: data };
  });
}

function isJpegOrPng(bytes: Uint8Array): boolean {
  const starts = (...first: number[]) => first.every((byte, index) => bytes[index] === byte);
  return starts(0xff, 0xd8, 0xff) || starts(0x89, 0x50, 0x4e, 0x47);
}

/** Size of an image as it will be decoded, from its header; one channel where it is stored grey. @throws ImageError */
export async function readImageSize(file: string): Promise<ImageSize> {
  try {
    const metadata = await sharp(file, sharpOptions).metadata();
    checkFormat(metadata.format);
    const { width, height } = metadata.autoOrient;
    return { width, height, channels: metadata.channels <= 2 ? 1 : 3 };
  } catch {
    // Bitmaps are not sharp's; and for the rest, the reading says better why not.
    return sizeOfBytes(await readBytes(file));
  }
}

/** `failOn: 'error'`: what lacks data fails, what only breaks a rule is read, as by Pillow. */
export const sharpOptions: SharpOptions = {
  failOn: 'error',
  ignoreIcc: true,
  autoOrient: true,
  // A few bytes may claim any size: no more than 300 MB are made of them.
  limitInputPixels: 10_000 * 10_000,
};
const readFormats: ReadonlySet<string> = new Set(['png', 'jpeg', 'webp', 'gif', 'tiff']);

/** As `readImageSize`, of the bytes of an image file. @throws ImageError */
export async function sizeOfBytes(bytes: Uint8Array): Promise<ImageSize> {
  if (bytes.length === 0) throw new ImageError('the file is empty', true);
  if (isBmp(bytes)) return explainFailure(() => readBmpHeader(bytes));
  return explainFailure(async () => {
    const metadata = await sharp(bytes, sharpOptions).metadata();
    checkFormat(metadata.format);
    const { width, height } = metadata.autoOrient;
    return { width, height, channels: metadata.channels <= 2 ? 1 : 3 };
  });
}

async function readBytes(file: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw readFailure(cause);
  }
  return bytes;
}

/** @throws Error where sharp reads it, but CNN Lab does not. */
export function checkFormat(format: string): void {
  if (!readFormats.has(format)) throw new Error(`it is ${format}, not ${imageFormatNames}`);
}

/** What `decode` gives. @throws ImageError with the reason where it throws. */
export async function explainFailure<T>(decode: () => T | Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const firstLine = message.split('\n')[0]?.trim() ?? '';
    const reason = /unsupported image format/i.test(message)
      ? `it is not ${imageFormatNames}`
      : `it can't be decoded: ${firstLine}`;
    throw new ImageError(reason, true, { cause });
  }
}
