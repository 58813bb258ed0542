import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../../core/errors';
import { Resampler } from './resampler';
import { augmentImages, type AugmentedBatch, type AugmentedImages } from './augment-images';

/** What a thread is started with. Images and batches lie in memory that all threads share. */
export interface AugmentThreadData {
  readonly images: AugmentedImages;
  /** One behind the other, those that are worked on. */
  readonly batches: Uint8Array;
  /** Folder of the built files. */
  readonly assets: string;
}

export interface AugmentJob extends AugmentedBatch {
  readonly id: number;
  /** Where in `batches` the first image goes. */
  readonly offset: number;
}

/** `failure`: absent where it is done. */
export interface AugmentJobDone {
  readonly id: number;
  readonly failure?: { readonly message: string; readonly remedy: string | undefined; readonly isUserError: boolean };
}

const port = parentPort;
// Absent where this is not a thread: then there is nothing to do.
if (port) {
  const { images, batches, assets } = workerData as AugmentThreadData;
  const resampler = new Resampler(assets);
  port.on('message', (job: AugmentJob) => {
    let done: AugmentJobDone = { id: job.id };
    try {
      augmentImages(images, job, resampler, batches.subarray(job.offset));
    } catch (error) {
      const isUserError = error instanceof UserError;
      const message = error instanceof Error ? error.message : String(error);
      done = { ...done, failure: { message, remedy: isUserError ? error.remedy : undefined, isUserError } };
    }
    port.postMessage(done);
  });
}
