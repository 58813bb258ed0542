import { convertChannels, type Image, type ImageSize, writePlanes } from '../../core/data/image';
import { resizeBilinear } from '../../core/data/resize';
import type { Resampler } from '../augment/resampler';

/**
 * Writes an image in the size and with the channels that are asked for, as `fitImage` makes it, into `out` from `offset` on: [channels, height,
 * width]. With a `resampler` several times faster, to the same bytes.
 */
export function writeFitted(
  decoded: Image,
  size: ImageSize,
  out: Uint8Array,
  offset: number,
  resampler: Resampler | undefined,
): void {
  const image = convertChannels(decoded, size.channels);
  const fits = image.width === size.width && image.height === size.height;
  if (!resampler) writePlanes(resizeBilinear(image, size.width, size.height), out, offset);
  else if (fits) resampler.splitPlanes(image, out, offset);
  else resampler.resampleImage(image, size, out, offset);
}
