import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Dataset, SkippedFile, SplitName } from '../../core/data/dataset';
import { writePlanes } from '../../core/data/image';
import { imageFormatNames } from '../../core/data/image-file-name';
import { UserError } from '../../core/errors';
import { compareText, walkImages } from '../../node/data/image-files';
import type { ImageFolderSource } from '../../node/data/recognize-dataset';
import { allocateDatasetBuffer, datasetBufferLength, type SplitCount, viewSplits } from './dataset-buffer';
import { type CachedDataset, readCachedDataset, writeCachedDataset } from './dataset-cache';
import { decodeImage, ImageError, type ImageSize, readImageSize } from './decode-image';
import type { LoadOptions } from './load-dataset';
import { mapParallel } from './map-parallel';

/**
 * Decodes a folder of images, or takes it from the cache. Files are taken in the order of their paths.
 * Without a `size`, all get the size that most have, and are grey where all are; images that can't be decoded are
 * skipped and listed.
 * @throws UserError where fewer than two classes have a training image that can be decoded.
 */
export async function loadImageFolder(source: ImageFolderSource, options: LoadOptions): Promise<Dataset> {
  const { cacheFolder, size } = options;
  const files = await listFiles(source, options.signal);
  const key = { fingerprint: fingerprintOf(source, files), size };
  const cached = cacheFolder === undefined ? undefined : await readCachedDataset(cacheFolder, key);
  if (cached) return assemble(source, key.fingerprint, cached);
  const { decoded, lasting } = await decodeFiles(source, files, options);
  const dataset = assemble(source, key.fingerprint, decoded);
  // What failed for want of a file handle or a permission may be there the next time.
  if (cacheFolder !== undefined && lasting) {
    try {
      await writeCachedDataset(cacheFolder, key, source.path, decoded);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      options.onWarning?.(`The decoded images could not be kept in ${cacheFolder}: ${reason}`);
    }
  }
  return dataset;
}

interface ImageFile {
  readonly split: SplitName;
  readonly label: number;
  /** From the data set's folder, with '/'. */
  readonly relativePath: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

async function listFiles(source: ImageFolderSource, signal: AbortSignal | undefined): Promise<ImageFile[]> {
  const found: { split: SplitName; label: number; relativePath: string }[] = [];
  for (const split of source.splits) {
    const ofSplit: typeof found = [];
    for (const { path: folder, label } of split.classFolders) {
      const prefix = path.relative(source.path, folder).split(path.sep).join('/');
      for await (const { relativePath } of walkImages(folder, signal)) {
        ofSplit.push({ split: split.name, label, relativePath: `${prefix}/${relativePath}` });
      }
    }
    found.push(...ofSplit.sort((a, b) => compareText(a.relativePath, b.relativePath)));
  }
  const files = new Array<ImageFile>(found.length);
  const status = async (index: number): Promise<void> => {
    const file = found[index];
    if (!file) return;
    // A broken link has no size: reading it will say so.
    const stats = await stat(path.join(source.path, file.relativePath)).catch(() => undefined);
    files[index] = { ...file, sizeBytes: stats?.size ?? -1, modifiedMs: stats?.mtimeMs ?? -1 };
  };
  await mapParallel(found.length, statsAtOnce, status, signal);
  return files;
}

function fingerprintOf(source: ImageFolderSource, files: readonly ImageFile[]): string {
  const hash = createHash('sha256').update(JSON.stringify(source.classes));
  for (const { split, label, relativePath, sizeBytes, modifiedMs } of files) {
    hash.update(JSON.stringify([split, label, relativePath, sizeBytes, modifiedMs]));
  }
  return hash.digest('hex');
}

async function decodeFiles(
  source: ImageFolderSource,
  files: readonly ImageFile[],
  { size: wantedSize, onProgress, signal }: LoadOptions,
): Promise<{ decoded: CachedDataset; lasting: boolean }> {
  onProgress?.({ done: 0, total: files.length });
  const problems = new Map<number, ImageError>();
  const attempt = async (index: number, work: (file: string) => Promise<void>): Promise<void> => {
    const file = files[index];
    if (!file) return;
    try {
      await work(path.join(source.path, file.relativePath));
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      problems.set(index, error);
    }
  };

  const sizes = new Map<number, ImageSize>();
  if (!wantedSize) {
    const readSize = (index: number): Promise<void> =>
      attempt(index, async (file) => void sizes.set(index, await readImageSize(file)));
    await mapParallel(files.length, decodesAtOnce, readSize, signal);
    if (sizes.size === 0) throw nothingDecoded(source, files, problems);
  }
  const size = wantedSize ?? commonSize([...sizes].sort(([a], [b]) => a - b).map(([, each]) => each));

  const candidates = [...files.keys()].filter((index) => !problems.has(index));
  const buffer = allocateDatasetBuffer(countSplits(candidates, files), size);
  const imageLength = size.channels * size.height * size.width;
  let done = files.length - candidates.length;
  const decode = async (slot: number): Promise<void> => {
    await attempt(candidates[slot] ?? -1, async (file) => {
      writePlanes(await decodeImage(file, size), buffer, slot * imageLength);
    });
    onProgress?.({ done: ++done, total: files.length });
  };
  await mapParallel(candidates.length, decodesAtOnce, decode, signal);

  // Images whose header was sound but the rest was not leave gaps: what stands behind them moves up.
  const kept: number[] = [];
  candidates.forEach((index, slot) => {
    if (problems.has(index)) return;
    const to = kept.push(index) - 1;
    if (to !== slot) buffer.copyWithin(to * imageLength, slot * imageLength, (slot + 1) * imageLength);
  });
  if (kept.length === 0) throw nothingDecoded(source, files, problems);
  const counts = countSplits(kept, files);
  const compacted = buffer.subarray(0, datasetBufferLength(counts, size));
  let next = 0;
  for (const { labels } of viewSplits(compacted, counts, size).values()) {
    for (let i = 0; i < labels.length; i++) labels[i] = files[kept[next++] ?? -1]?.label ?? 0;
  }
  const skipped = [...problems]
    .sort(([a], [b]) => a - b)
    .map(([index, { message }]) => ({ path: files[index]?.relativePath ?? '', reason: message }));
  return {
    decoded: { buffer: compacted, size, splits: counts, skipped },
    lasting: [...problems.values()].every((problem) => problem.lasting),
  };
}

/** The most common height and width, of several the largest, then the widest; grey where all images are. */
function commonSize(sizes: readonly ImageSize[]): ImageSize {
  const tally = new Map<string, { height: number; width: number; count: number }>();
  for (const { height, width } of sizes) {
    const key = `${height}x${width}`;
    tally.set(key, { height, width, count: (tally.get(key)?.count ?? 0) + 1 });
  }
  const [common] = [...tally.values()].sort(
    (a, b) => b.count - a.count || b.height * b.width - a.height * a.width || b.width - a.width,
  );
  if (!common) throw new Error('No sizes');
  return { height: common.height, width: common.width, channels: sizes.every((size) => size.channels === 1) ? 1 : 3 };
}

/** Files are in the order of their splits; a split that has none left is not there. */
function countSplits(indices: readonly number[], files: readonly ImageFile[]): SplitCount[] {
  const counts = new Map<SplitName, number>();
  for (const index of indices) {
    const name = files[index]?.split;
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({ name, count }));
}

function assemble(source: ImageFolderSource, fingerprint: string, cached: CachedDataset): Dataset {
  const splits = viewSplits(cached.buffer, cached.splits, cached.size);
  const train = splits.get('train');
  const trainClasses = new Set(train?.labels);
  if (!train || trainClasses.size < 2) {
    const lost = source.classes.filter((_, label) => !trainClasses.has(label));
    throw new UserError(
      `${source.path} has no training images that can be decoded for ${lost.join(', ')}: there is nothing to tell apart. ${describeSkipped(cached.skipped)}`,
      'Replace the damaged files.',
    );
  }
  const val = splits.get('val');
  const test = splits.get('test');
  const damaged = cached.skipped.map((file) => ({ ...file, path: path.join(source.path, file.path) }));
  return {
    name: source.name,
    classes: source.classes,
    ...cached.size,
    train,
    ...(val && { val }),
    ...(test && { test }),
    fingerprint,
    skipped: [...source.skipped, ...damaged],
  };
}

function nothingDecoded(
  source: ImageFolderSource,
  files: readonly ImageFile[],
  problems: ReadonlyMap<number, ImageError>,
): UserError {
  const skipped = [...problems].map(([index, { message }]) => ({
    path: files[index]?.relativePath ?? '',
    reason: message,
  }));
  return new UserError(
    `None of the ${files.length} images of ${source.path} can be decoded. ${describeSkipped(skipped)}`,
    `Check that the files are ${imageFormatNames} images.`,
  );
}

function describeSkipped(skipped: readonly SkippedFile[]): string {
  return skipped
    .slice(0, 3)
    .map((file) => `${file.path}: ${file.reason}.`)
    .join(' ');
}

/** Images decode on the threads of libuv; a few more lie ready, so that reading and decoding overlap. */
const decodesAtOnce = 2 * Math.max(2, Math.min(8, availableParallelism()));
const statsAtOnce = 32;
