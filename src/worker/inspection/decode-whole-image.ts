import { writePlanes } from '../../core/data/image';
import { UserError, describeError } from '../../core/errors';
import type { DecodedImage, DecodeRequest } from '../../protocol/inspection';
import { decodeImage, readImageSize } from '../data/decode-image';
import { withImageFile } from './network-image';

/** An image with its own shape, made smaller where it is larger than asked for. Throws a UserError where it can't be read. */
export function decodeWholeImage({ image: reference, mostSide }: DecodeRequest): Promise<DecodedImage> {
  return withImageFile(reference, async (file, name) => {
    try {
      const { width, height, channels } = await readImageSize(file);
      const scale = Math.min(1, mostSide / Math.max(width, height));
      const side = (length: number) => Math.max(1, Math.round(length * scale));
      const image = await decodeImage(file, { width: side(width), height: side(height), channels });
      const pixels = new Uint8Array(image.pixels.length);
      writePlanes(image, pixels, 0);
      return { name, shape: [channels, image.height, image.width], pixels };
    } catch (error) {
      throw new UserError(`The image ${name} can't be read: ${describeError(error)}.`, undefined, { cause: error });
    }
  });
}
