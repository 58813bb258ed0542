import type { JobService } from '../threads/serve-jobs';
import { augmentImages, type AugmentedBatch, type AugmentedImages } from './augment-images';
import { Resampler } from './resampler';

/** What threads begin with. Images and batches lie in memory that all threads share. */
export interface AugmentationData {
  readonly images: AugmentedImages;
  /** One behind the other, those that are worked on. */
  readonly batches: Uint8Array;
  /** Folder of the built files. */
  readonly assets: string;
}

export interface AugmentJob extends AugmentedBatch {
  /** Where in `batches` the first image goes. */
  readonly offset: number;
}

export const augmentation: JobService<AugmentationData, AugmentJob, void> = ({ images, batches, assets }) => {
  const resampler = new Resampler(assets);
  return (job) => augmentImages(images, job, resampler, batches.subarray(job.offset));
};
