import type { Image, ImageSize } from '../../core/data/image';
import { Resampler } from '../augment/resampler';
import type { JobService } from '../threads/serve-jobs';
import { FileBytes } from './file-bytes';
import { ImageError } from './image-error';
import { JpegDecoder, type JpegLibrary } from './jpeg-decoder';
import { mapParallel } from './map-parallel';
import { writeFitted } from './write-fitted';

/** What threads begin with. */
export interface DecodingData {
  /** In memory that all threads share: image `slot` is written to slot · the bytes of an image. */
  readonly out: Uint8Array;
  /** What every image is resized and converted to. */
  readonly size: ImageSize;
  readonly jpegLibrary: JpegLibrary;
  /** Folder of the built files. */
  readonly assets: string;
}

/** An image's file, or the bytes of one. */
export interface EncodedItem {
  readonly slot: number;
  readonly file?: string;
  readonly bytes?: Uint8Array;
}

/** Why the image of a slot is none. */
export interface DecodeProblem {
  readonly slot: number;
  readonly message: string;
  readonly lasting: boolean;
}

/** Of those that sharp decodes, on threads of its own. */
const decodesAtOnce = 4;

export const decoding: JobService<DecodingData, readonly EncodedItem[], readonly DecodeProblem[]> = ({
  out,
  size,
  assets,
  jpegLibrary,
}) => {
  const resampler = new Resampler(assets);
  const jpegs = JpegDecoder.create(jpegLibrary);
  const files = new FileBytes();
  const imageLength = size.channels * size.height * size.width;

  const decode = async ({ slot, file, bytes: given }: EncodedItem): Promise<void> => {
    const decoder = await jpegs;
    const bytes = given ?? files.read(file ?? '');
    const write = (image: Image): void => writeFitted(image, size, out, slot * imageLength, resampler);
    const jpeg = decoder.decode(bytes);
    // Its pixels stay only until the next is decoded, as a file's bytes do until the next is read.
    if (jpeg) write(jpeg);
    // Many data sets need nothing of sharp, which takes a while to load.
    else write(await decodeBySharp(given ?? bytes.slice()));
  };

  return async (items) => {
    const problems: DecodeProblem[] = [];
    await mapParallel(items.length, decodesAtOnce, async (index) => {
      const item = items[index];
      if (!item) return;
      try {
        await decode(item);
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
        problems.push({ slot: item.slot, message: error.message, lasting: error.lasting });
      }
    });
    return problems;
  };
};

async function decodeBySharp(bytes: Uint8Array): Promise<Image> {
  const { decodeBytes } = await import('./decode-image');
  return decodeBytes(bytes);
}
