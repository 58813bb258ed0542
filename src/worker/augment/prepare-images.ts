import { availableParallelism } from 'node:os';
import { evaluationNames, evaluationTransforms, networkSize } from '../../core/data/augment/evaluation-transforms';
import { augmentImage, normalizationOf } from '../../core/data/augment/run-pipeline';
import type { TransformConfig } from '../../core/data/augment/transform-config';
import { sizeAfter } from '../../core/data/augment/transform-table';
import { changing, deviceChange, type AugmentationConfig, type DeviceChange } from '../../core/data/augmentation';
import type { ImageSplit } from '../../core/data/dataset';
import type { Image, ImageSize } from '../../core/data/image';
import { computeNormalization, type Normalization } from '../../core/data/normalization';
import type { DatasetSplits } from '../../core/data/splits';
import type { JobContext } from '../job';
import { AugmentPool } from './augment-pool';

/** A run's images as it works with them. */
export interface PreparedImages {
  /** `train` as training takes it, changed by `training` each time; the others as the network gets them. */
  readonly splits: DatasetSplits;
  /** Of `splits.train`. */
  readonly stored: ImageSize;
  readonly training: TrainingChange;
}

/** What is done to training images each time they are taken: by the device, or by threads ahead of it. */
export type TrainingChange =
  | { readonly kind: 'device'; readonly change: DeviceChange }
  /** All of `transforms` from number `from` on: those before draw nothing, and have been applied. */
  | { readonly kind: 'threads'; readonly transforms: readonly TransformConfig[]; readonly from: number };

/**
 * The images as training takes them, of images that are stored in `size`. What draws nothing is done once: all that evaluation's images
 * are changed by, and what training begins with, unless it makes images larger.
 */
export async function prepareImages(
  splits: DatasetSplits,
  size: ImageSize,
  augment: AugmentationConfig,
  context: Pick<JobContext, 'signal' | 'assets'>,
): Promise<PreparedImages> {
  const { train: transforms } = augment;
  const from = steadyCount(transforms, size);
  const steady = transforms.slice(0, from);
  const train = await transformSplit(splits.train, size, steady, context);
  const stored = sizeAfter(steady, size) ?? size;
  const { val, test } = await evaluationSplits({ val: splits.val, test: splits.test }, size, augment, context);
  const change = deviceChange(transforms, stored, from);
  return {
    splits: { train, val, test },
    stored,
    training: change ? { kind: 'device', change } : { kind: 'threads', transforms, from },
  };
}

/**
 * What images are normalised with: what the transforms say, what the data set asks for, or the mean and deviation of the training
 * images.
 */
export function normalizationFor(
  { splits, stored }: PreparedImages,
  { train }: AugmentationConfig,
  asked: Normalization | undefined,
): Normalization {
  return normalizationOf(train, stored.channels) ?? asked ?? computeNormalization(splits.train, stored.channels);
}

/** Splits of images that are stored in `size`, as the network gets them when it is not trained on them. */
export async function evaluationSplits<Splits extends Readonly<Record<string, ImageSplit | undefined>>>(
  splits: Splits,
  size: ImageSize,
  augment: AugmentationConfig,
  context: Pick<JobContext, 'signal' | 'assets'>,
): Promise<Splits> {
  networkSize(augment, size);
  const transforms = evaluationTransforms(augment);
  const changed: Record<string, ImageSplit | undefined> = {};
  for (const [name, split] of Object.entries(splits)) {
    changed[name] = split && (await transformSplit(split, size, transforms, context));
  }
  // Every name has been gone through, and what was there still is.
  return changed as Splits;
}

/** An image as the network gets it when it is not trained on it. */
export function evaluationImage(image: Image, augment: AugmentationConfig): Image {
  return augmentImage(image, evaluationTransforms(augment), { seed: 0, epoch: 0, image: 0 });
}

/** How many of the first transforms draw nothing, and leave images no larger than they are stored. */
function steadyCount(transforms: readonly TransformConfig[], size: ImageSize): number {
  let steady = 0;
  for (let count = 1; count <= transforms.length; count++) {
    const last = transforms[count - 1];
    if (!last || !evaluationNames.includes(last.name)) break;
    const after = sizeAfter(transforms.slice(0, count), size);
    if (after && after.height * after.width <= size.height * size.width) steady = count;
  }
  return steady;
}

/** A split with all its images changed by transforms that draw nothing. */
async function transformSplit(
  split: ImageSplit,
  stored: ImageSize,
  transforms: readonly TransformConfig[],
  { signal, assets }: Pick<JobContext, 'signal' | 'assets'>,
): Promise<ImageSplit> {
  const size = sizeAfter(transforms, stored);
  if (!size || changing(transforms).length === 0 || split.count === 0) return split;
  const images = new Uint8Array(split.count * size.channels * size.height * size.width);
  const order = Int32Array.from({ length: split.count }, (_, index) => index);
  // A few images need no threads.
  const threads = split.count < fewImages ? 0 : availableParallelism();
  const pool = new AugmentPool({
    images: { images: split.images, stored, size, transforms, from: 0, seed: 0 },
    batchSize: fewImages,
    threads,
    assets,
  });
  try {
    const batches = pool.epoch(0, order, new Uint32Array(split.count));
    for (let start = 0, batch = 0; start < split.count; start += fewImages, batch++) {
      signal.throwIfAborted();
      images.set(await batches.batch(batch), (start * images.length) / split.count);
    }
  } finally {
    await pool.dispose();
  }
  return { ...split, images };
}

const fewImages = 32;
