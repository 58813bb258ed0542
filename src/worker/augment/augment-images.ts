import { applySteps, drawPipeline } from '../../core/data/augment/run-pipeline';
import type { TransformConfig } from '../../core/data/augment/transform-config';
import { sizeAfter } from '../../core/data/augment/transform-table';
import type { Box } from '../../core/data/augment/transforms/random-resized-crop';
import { changing } from '../../core/data/augmentation';
import { readPlanes, writePlanes, type ImageSize } from '../../core/data/image';
import type { Resampler, Resampling } from './resampler';

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
  augmented: AugmentedImages,
  { epoch, images: chosen, draws }: AugmentedBatch,
  resampler: Resampler,
  out: Uint8Array,
): void {
  const { images, stored, size, transforms, from, seed } = augmented;
  const storedBytes = stored.channels * stored.height * stored.width;
  const imageBytes = size.channels * size.height * size.width;
  chosen.forEach((image, index) => {
    const drawn = drawPipeline(transforms, stored, { seed, epoch, image: draws[index] ?? 0 }, from);
    const [offset, to] = [image * storedBytes, index * imageBytes];
    const first = firstResampling(augmented, drawn, offset);
    if (first && changing(transforms.slice(first.next)).length === 0) {
      resampler.resample(first.resampling, out, to);
      return;
    }
    const [start, next] = (first && resampled(first, resampler, stored)) ?? [readPlanes(stored, images, offset), from];
    const changed = applySteps(start, transforms, drawn, next).at(-1) ?? start;
    if (changed.pixels.length !== imageBytes) {
      throw new RangeError(`An image came out as ${changed.height} × ${changed.width} pixels`);
    }
    writePlanes(changed, out, to);
  });
}

interface FirstResampling {
  readonly resampling: Resampling;
  /** Number of the transform after those that it does. */
  readonly next: number;
}

/** What the pipeline begins with, where that is a resizing, and mirroring after it; undefined: something else. */
function firstResampling(
  { images, stored, transforms, from }: AugmentedImages,
  drawn: readonly unknown[],
  offset: number,
): FirstResampling | undefined {
  const [transform, second] = transforms.slice(from);
  if (transform?.name !== 'RandomResizedCrop' && transform?.name !== 'Resize') return undefined;
  const { interpolation } = transform;
  const size = sizeAfter([transform], stored);
  if (interpolation === 'nearest' || !size) return undefined;
  const whole = { top: 0, left: 0, height: stored.height, width: stored.width };
  // What RandomResizedCrop draws is a box.
  const box = transform.name === 'Resize' ? whole : (drawn[from] as Box);
  const mirrored = second?.name === 'RandomHorizontalFlip' && drawn[from + 1] === true;
  const next = from + (second?.name === 'RandomHorizontalFlip' ? 2 : 1);
  return { resampling: { planes: images, offset, stored, box, size, interpolation, mirrored }, next };
}

function resampled({ resampling, next }: FirstResampling, resampler: Resampler, { channels }: ImageSize) {
  const size = { ...resampling.size, channels };
  const planes = new Uint8Array(channels * size.height * size.width);
  resampler.resample(resampling, planes, 0);
  return [readPlanes(size, planes, 0), next] as const;
}
