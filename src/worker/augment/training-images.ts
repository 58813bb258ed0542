import { availableParallelism } from 'node:os';
import { networkSize } from '../../core/data/augment/evaluation-transforms';
import { drawChange, drawNumbers, type DeviceChange } from '../../core/data/augmentation';
import type { ImageSplit } from '../../core/data/dataset';
import type { TrainConfig } from '../../core/train/config';
import type { DeviceImages, ImagePass } from '../device-images';
import { AugmentPool } from './augment-pool';
import type { PreparedImages } from './prepare-images';

/** What training takes its images from, changed as the configuration says. */
export interface TrainingImages {
  /** Begins to go through an epoch (0-based) in this order of the training images. */
  pass(order: Int32Array, epoch: number): ImagePass;
  dispose(): Promise<void>;
}

export interface TrainingImagesOptions {
  readonly threads: number;
  /** Folder of the built files. */
  readonly assets: string;
}

/** `images`: opened with what `prepared` needs of it. */
export function openTrainingImages(
  images: DeviceImages,
  { splits, stored, training }: PreparedImages,
  { seed, batchSize }: TrainConfig,
  { threads, assets }: TrainingImagesOptions,
): TrainingImages {
  const { train } = splits;
  if (training.kind === 'device') return deviceTrainingImages(images, train, training.change, seed);
  const { transforms, from } = training;
  const size = networkSize({ train: transforms.slice(from), evaluation: null }, stored);
  const augmented = { images: train.images, stored, size, transforms, from, seed };
  const pool = new AugmentPool({ images: augmented, batchSize, threads, assets });
  return {
    pass: (order, epoch) => images.stream(order.length, pool.epoch(epoch, order, drawNumbers(order, train.count))),
    dispose: () => pool.dispose(),
  };
}

/** Where the device takes the images as they are, shifted and mirrored at most. */
export function deviceTrainingImages(
  images: DeviceImages,
  split: ImageSplit,
  change: DeviceChange,
  seed: number,
): TrainingImages {
  return {
    pass(order, epoch) {
      const pass = images.pass(split, order);
      const draws = drawNumbers(order, split.count);
      return {
        ready: (from, to) => pass.ready(from, to),
        slotOf: (position) => pass.slotOf(position),
        passed: (to) => pass.passed(to),
        changeOf: (position) => drawChange(change, seed, epoch, draws[position] ?? 0),
      };
    },
    dispose: () => Promise.resolve(),
  };
}

/** What an engine leaves of the cores, at least one; where it only waits for a GPU, all of them but one. */
export function augmentThreadCount(engineKind: string, engineThreads: number): number {
  const cores = availableParallelism();
  return Math.max(1, Math.min(mostThreads, engineKind === 'wasm' ? cores - engineThreads : cores - 1));
}

const mostThreads = 8;
