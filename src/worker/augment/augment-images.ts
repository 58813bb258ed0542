import { augmentImage } from '../../core/data/augment/run-pipeline';
import type { TransformConfig } from '../../core/data/augment/transform-config';
import { readPlanes, writePlanes, type ImageSize } from '../../core/data/image';

/** A split's images and how they are changed. Plain data: what threads are started with. */
export interface AugmentedImages {
  /** [count, channels, height, width], bytes as they are stored. */
  readonly images: Uint8Array;
  readonly stored: ImageSize;
  /** Of what comes out. */
  readonly size: ImageSize;
  readonly transforms: readonly TransformConfig[];
  /** Number of the first of `transforms` that is still to be applied. */
  readonly from: number;
  readonly seed: number;
}

/** Which images of an epoch (0-based): their numbers in the split, and those that they draw by. */
export interface AugmentedBatch {
  readonly epoch: number;
  readonly images: Int32Array;
  readonly draws: Uint32Array;
}

/** Writes the batch's changed images, [images.length, channels, height, width], into `out` from its beginning on. */
export function augmentImages(
  { images, stored, size, transforms, from, seed }: AugmentedImages,
  { epoch, images: chosen, draws }: AugmentedBatch,
  out: Uint8Array,
): void {
  const storedBytes = stored.channels * stored.height * stored.width;
  const imageBytes = size.channels * size.height * size.width;
  chosen.forEach((image, index) => {
    const place = { seed, epoch, image: draws[index] ?? 0 };
    const changed = augmentImage(readPlanes(stored, images, image * storedBytes), transforms, place, from);
    if (changed.pixels.length !== imageBytes) {
      throw new RangeError(`An image came out as ${changed.height} × ${changed.width} pixels`);
    }
    writePlanes(changed, out, index * imageBytes);
  });
}
