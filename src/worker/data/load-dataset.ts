import type { Dataset } from '../../core/data/dataset';
import { recognizeDataset } from '../../node/data/recognize-dataset';
import type { ImageSize } from './decode-image';
import { loadIdx } from './load-idx';
import { loadImageFolder } from './load-image-folder';

/**
 * Reads a data set into memory: a folder of IDX files (or one of them, where the folder holds several sets), or a
 * folder of images: `root/<class>/*` or `root/{train,val,test}/<class>/*`.
 * @throws UserError where the path is no data set or a damaged one; the signal's reason where it is aborted.
 */
export async function loadDataset(location: string, options: LoadOptions = {}): Promise<Dataset> {
  const source = await recognizeDataset(location, options.signal);
  switch (source.format) {
    case 'idx':
      return loadIdx(source, options.size, options.signal);
    case 'image-folder':
      return loadImageFolder(source, { ...options, onProgress: throttled(options.onProgress) });
    case 'none':
      throw source.problem;
  }
}

export interface LoadOptions {
  /** What every image is resized and converted to; if not given, the size that most images have. */
  readonly size?: ImageSize | undefined;
  /** Where decoded images are kept for the next time; if not given, nowhere. */
  readonly cacheFolder?: string | undefined;
  /** Files decoded of all; not called where they come from the cache. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  /** What the user should know but does not end the loading. Skipped images are told by the data set instead. */
  readonly onWarning?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A call for each of many small files would cost more than the files: ten a second, and the last one. */
function throttled(report: LoadOptions['onProgress']): LoadOptions['onProgress'] {
  if (!report) return undefined;
  let reportedAt = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (progress.done < progress.total && now - reportedAt < reportIntervalMs) return;
    reportedAt = now;
    report(progress);
  };
}

const reportIntervalMs = 100;
