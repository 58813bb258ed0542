import { serveJobs } from '../threads/serve-jobs';
import { augmentImages, type AugmentedBatch, type AugmentedImages } from './augment-images';
import { Resampler } from './resampler';

/** What a thread is started with. Images and batches lie in memory that all threads share. */
export interface AugmentThreadData {
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

serveJobs(({ images, batches, assets }: AugmentThreadData) => {
  const resampler = new Resampler(assets);
  return (job: AugmentJob) => augmentImages(images, job, resampler, batches.subarray(job.offset));
});
