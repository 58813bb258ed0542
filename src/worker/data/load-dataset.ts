import path from 'node:path';
import type { Dataset, ImageSplit, SplitName } from '../../core/data/dataset';
import type { ImageSize } from '../../core/data/image';
import type { Normalization } from '../../core/data/normalization';
import { splitOrder } from '../../core/data/split-names';
import { UserError } from '../../core/errors';
import { viewSplits } from './dataset-buffer';
import { type CachedDataset, readCachedDataset, writeCachedDataset } from './dataset-cache';
import { decodeItems } from './decode-items';
import { type ItemSource, openItems } from './open-items';

/**
 * Reads a data set into memory, whatever it is kept as: see `openListing`. What is decoded is kept in the cache, and taken from
 * there as long as the files are the same.
 * @throws UserError where the path is no data set or a damaged one, or fewer than two classes have a training image that can be
 *   decoded; the signal's reason where it is aborted.
 */
export async function loadDataset(location: string, options: LoadOptions = {}): Promise<Dataset> {
  const source = await openItems(location, { signal: options.signal });
  try {
    return await loadSource(source, options);
  } finally {
    await source.close();
  }
}

export interface LoadOptions {
  /** What every image is resized and converted to; if not given, what the data set asks for or the size that most images have. */
  readonly size?: ImageSize | undefined;
  /** Where decoded images are kept for the next time; if not given, nowhere. */
  readonly cacheFolder?: string | undefined;
  /** Folder of the built files, for what is faster with them. */
  readonly assets?: string | undefined;
  /** Images decoded of all; not called where they come from the cache. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  /** What the user should know but does not end the loading. Skipped images are told by the data set instead. */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Takes what is under way to keep the decoded images, which must not change until then; if not given, that is waited for. Never rejects. */
  readonly onKeeping?: ((kept: Promise<void>) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

async function loadSource(source: ItemSource, options: LoadOptions): Promise<Dataset> {
  const { signal } = options;
  if (!source.items.splits.includes(splitOrder.indexOf('train'))) {
    throw new UserError(`${source.path} has no training images.`, 'Choose a data set with images in it.');
  }
  const size: Partial<ImageSize> = options.size ?? source.inputSize ?? {};
  // Arrays are read faster than they could be taken from a cache.
  const cacheFolder = source.contents === 'encoded' ? options.cacheFolder : undefined;
  const key = { fingerprint: source.fingerprint, size };
  const cached = cacheFolder === undefined ? undefined : await readCachedDataset(cacheFolder, key);
  if (cached) return assemble(source, cached);
  const { assets } = options;
  const { decoded, lasting } = await decodeItems(source, {
    size,
    assets,
    onProgress: throttled(options.onProgress),
    signal,
  });
  const dataset = assemble(source, decoded);
  // What failed for want of a file handle or a permission may be there the next time.
  if (cacheFolder !== undefined && lasting) {
    const kept = writeCachedDataset(cacheFolder, key, source.path, decoded).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      options.onWarning?.(`The decoded images could not be kept in ${cacheFolder}: ${reason}`);
    });
    if (options.onKeeping) options.onKeeping(kept);
    else await kept;
  }
  return dataset;
}

function assemble(source: ItemSource, cached: CachedDataset): Dataset {
  const splits = viewSplits(cached.buffer, cached.splits, cached.size);
  const reasons = new Map(cached.skipped.map((file) => [file.path, file.reason]));
  const damaged: { path: string; reason: string }[] = [];
  const kept: Record<SplitName, number[]> = { train: [], val: [], test: [] };
  const { items } = source;
  for (let index = 0; index < items.count; index++) {
    const name = splitOrder[items.splits[index] ?? 0];
    const reason = reasons.size === 0 ? undefined : reasons.get(items.key(index));
    if (reason === undefined) {
      if (name) kept[name].push(index);
    } else {
      damaged.push({ path: source.file(index) ?? path.join(source.path, items.key(index)), reason });
    }
  }
  const split = (name: SplitName): ImageSplit | undefined => {
    const images = splits.get(name);
    return images && describeImages(images, source, kept[name]);
  };
  const [train, val, test] = [split('train'), split('val'), split('test')];
  if (!train) throw tooFewClasses(source, [], cached);
  if (source.task === 'multi-class') {
    const trained = new Set(train.labels);
    if (trained.size < 2) throw tooFewClasses(source, [...trained], cached);
  }
  const normalization =
    source.normalization && fitNormalization(source.normalization, cached.size.channels, source.path);
  return {
    name: source.name,
    classes: source.classes,
    ...(source.task !== 'multi-class' && { task: source.task }),
    ...cached.size,
    train,
    ...(val && { val }),
    ...(test && { test }),
    fingerprint: source.fingerprint,
    skipped: [...source.skipped, ...damaged],
    ...(normalization && { normalization }),
  };
}

/** What a listing says of the images of a split, beside their pixels. */
function describeImages(split: ImageSplit, { items, classes }: ItemSource, indices: readonly number[]): ImageSplit {
  const { labelSets, groups } = items;
  const sets = labelSets && new Uint8Array(indices.length * classes.length);
  if (sets) {
    indices.forEach((index, at) => {
      sets.set(labelSets.subarray(index * classes.length, (index + 1) * classes.length), at * classes.length);
    });
  }
  return {
    ...split,
    keys: indices.map((index) => items.key(index)),
    ...(sets && { labelSets: sets }),
    ...(groups && { groups: Int32Array.from(indices, (index) => groups[index] ?? 0) }),
  };
}

/** One value for each channel; of one value for all, as many. @throws UserError */
function fitNormalization({ mean, std }: Normalization, channels: number, place: string): Normalization {
  if (mean.length === channels) return { mean, std };
  const [onlyMean, onlyStd] = [mean[0], std[0]];
  if (mean.length === 1 && onlyMean !== undefined && onlyStd !== undefined) {
    return {
      mean: Array.from({ length: channels }, () => onlyMean),
      std: Array.from({ length: channels }, () => onlyStd),
    };
  }
  throw new UserError(
    `${place} asks for a normalisation of ${mean.length} channels, but its images have ${channels}.`,
    'Set channels in the inputSize of its dataset.json, or give as many values.',
  );
}

function tooFewClasses(source: ItemSource, trained: readonly number[], { skipped }: CachedDataset): UserError {
  if (skipped.length === 0) {
    return new UserError(
      `${source.path} has one class only: there is nothing to tell apart.`,
      'Use two classes at least.',
    );
  }
  const lost = source.classes.filter((_, label) => !trained.includes(label));
  const named = skipped.slice(0, 3).map((file) => `${file.path}: ${file.reason}.`);
  return new UserError(
    `${source.path} has no training images that can be decoded for ${lost.join(', ')}: there is nothing to tell apart. ${named.join(' ')}`,
    'Replace the damaged files.',
  );
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
