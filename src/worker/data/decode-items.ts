import { availableParallelism } from 'node:os';
import type { SplitName } from '../../core/data/dataset';
import type { Image, ImageSize } from '../../core/data/image';
import { imageFormatNames } from '../../core/data/image-file-name';
import { splitOrder } from '../../core/data/split-names';
import { UserError } from '../../core/errors';
import { allocateDatasetBuffer, datasetBufferLength, type SplitCount, viewSplits } from './dataset-buffer';
import type { CachedDataset } from './dataset-cache';
import { Resampler } from '../augment/resampler';
import { decodeBytes, decodeFile, fitImage, readImageSize, sizeOfBytes } from './decode-image';
import { decodeByThreads } from './decode-by-threads';
import { ImageError } from './image-error';
import { mapParallel } from './map-parallel';
import type { ItemSource } from './open-items';
import { readItem } from './read-item';
import { writeFitted } from './write-fitted';

export interface DecodeOptions {
  /** What every image is resized and converted to; of what is not given, what most images have. */
  readonly size: Partial<ImageSize>;
  /** Folder of the built files, for resizing by SIMD; if not given, it is done the plain way, to the same bytes. */
  readonly assets?: string | undefined;
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decodes every image of a data set, in its order. Without a size, all get the size that most have, and are grey where all
 * are; images that can't be decoded are skipped and listed by their keys. `lasting`: trying again would give the same.
 * @throws UserError where none can be decoded.
 */
export async function decodeItems(
  source: ItemSource,
  { size: wanted, assets, onProgress, signal }: DecodeOptions,
): Promise<{ decoded: CachedDataset; lasting: boolean }> {
  const { count } = source.items;
  onProgress?.({ done: 0, total: count });
  const problems = new Map<number, ImageError>();
  const attempt = async (index: number, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      problems.set(index, error);
    }
  };

  const size = isWhole(wanted) ? wanted : await usualSize(source, wanted, attempt, problems, signal);
  const candidates = Int32Array.from({ length: count - problems.size });
  for (let index = 0, end = 0; index < count; index++) if (!problems.has(index)) candidates[end++] = index;

  const buffer = allocateDatasetBuffer(countSplits(candidates, source), size);
  const imageLength = size.channels * size.height * size.width;
  let done = problems.size;
  const onDone = (more: number): void => onProgress?.({ done: (done += more), total: count });
  if (assets !== undefined && source.contents === 'encoded' && candidates.length >= leastForThreads) {
    for (const [index, problem] of await decodeByThreads(source, candidates, {
      out: buffer,
      size,
      assets,
      onDone,
      signal,
    })) {
      problems.set(index, problem);
    }
  } else {
    const resampler = assets === undefined ? undefined : new Resampler(assets);
    const decode = async (slot: number): Promise<void> => {
      const index = candidates[slot] ?? 0;
      await attempt(index, async () => {
        writeFitted(await decodeWhole(source, index), size, buffer, slot * imageLength, resampler);
      });
      onDone(1);
    };
    await mapParallel(candidates.length, source.contents === 'encoded' ? decodesAtOnce : 1, decode, signal);
  }

  // Images whose header was sound but the rest was not leave gaps: what stands behind them moves up.
  const kept = candidates.filter((index) => !problems.has(index));
  if (kept.length < candidates.length) {
    let to = 0;
    candidates.forEach((index, slot) => {
      if (problems.has(index)) return;
      if (to !== slot) buffer.copyWithin(to * imageLength, slot * imageLength, (slot + 1) * imageLength);
      to++;
    });
  }
  if (kept.length === 0) throw nothingDecoded(source, problems);
  const counts = countSplits(kept, source);
  const compacted = buffer.subarray(0, datasetBufferLength(counts, size));
  let next = 0;
  for (const { labels } of viewSplits(compacted, counts, size).values()) {
    for (let i = 0; i < labels.length; i++) labels[i] = source.items.labels[kept[next++] ?? -1] ?? 0;
  }
  const skipped = [...problems]
    .sort(([a], [b]) => a - b)
    .map(([index, { message }]) => ({ path: source.items.key(index), reason: message }));
  return {
    decoded: { buffer: compacted, size, splits: counts, skipped },
    lasting: [...problems.values()].every((problem) => problem.lasting),
  };
}

/** One image of a data set, in the size that is asked for. @throws ImageError */
export async function decodeItem(source: ItemSource, index: number, size: ImageSize): Promise<Image> {
  return fitImage(await decodeWhole(source, index), size);
}

/** In the size that it has. */
async function decodeWhole(source: ItemSource, index: number): Promise<Image> {
  const file = source.file(index);
  if (file !== null) return decodeFile(file);
  const contents = await readItem(source, index);
  return contents.kind === 'pixels' ? contents.image : decodeBytes(contents.bytes);
}

/** Threads take a while to start: until then, so many are decoded without them. */
const leastForThreads = 100;

/** Images decode on the threads of libuv; more lie ready, so that those never wait for this one, which reads and resizes. */
const decodesAtOnce = 8 * Math.max(2, Math.min(8, availableParallelism()));

function isWhole(size: Partial<ImageSize>): size is ImageSize {
  return size.height !== undefined && size.width !== undefined && size.channels !== undefined;
}

async function usualSize(
  source: ItemSource,
  wanted: Partial<ImageSize>,
  attempt: (index: number, work: () => Promise<void>) => Promise<void>,
  problems: ReadonlyMap<number, ImageError>,
  signal: AbortSignal | undefined,
): Promise<ImageSize> {
  const { count } = source.items;
  const heights = new Int32Array(count);
  const widths = new Int32Array(count);
  const channels = new Uint8Array(count);
  const readSize = (index: number): Promise<void> =>
    attempt(index, async () => {
      const size = await sizeOfItem(source, index);
      heights[index] = size.height;
      widths[index] = size.width;
      channels[index] = size.channels;
    });
  // All arrays of a data set have one size.
  const measured = source.contents === 'encoded' ? count : Math.min(1, count);
  await mapParallel(measured, decodesAtOnce, readSize, signal);
  if (problems.size === count) throw nothingDecoded(source, problems);
  const tally = new Map<string, { height: number; width: number; count: number }>();
  for (let index = 0; index < measured; index++) {
    const [height = 0, width = 0] = [heights[index], widths[index]];
    if (height === 0) continue;
    const key = `${height}x${width}`;
    tally.set(key, { height, width, count: (tally.get(key)?.count ?? 0) + 1 });
  }
  // The most common height and width, of several the largest, then the widest; grey where all images are.
  const [common] = [...tally.values()].sort(
    (a, b) => b.count - a.count || b.height * b.width - a.height * a.width || b.width - a.width,
  );
  if (!common) throw new Error('No sizes');
  return {
    height: wanted.height ?? common.height,
    width: wanted.width ?? common.width,
    channels: wanted.channels ?? (channels.includes(3) ? 3 : 1),
  };
}

async function sizeOfItem(source: ItemSource, index: number): Promise<ImageSize> {
  const file = source.file(index);
  if (file !== null) return readImageSize(file);
  const contents = await readItem(source, index);
  return contents.kind === 'pixels' ? contents.image : sizeOfBytes(contents.bytes);
}

/** Images are in the order of their splits; a split that has none left is not there. */
function countSplits(indices: Int32Array, { items }: ItemSource): SplitCount[] {
  const counts = new Map<SplitName, number>();
  for (const index of indices) {
    const name = splitOrder[items.splits[index] ?? 0];
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({ name, count }));
}

function nothingDecoded(source: ItemSource, problems: ReadonlyMap<number, ImageError>): UserError {
  const named = [...problems]
    .slice(0, 3)
    .map(([index, { message }]) => `${source.items.key(index)}: ${message}.`)
    .join(' ');
  return new UserError(
    `None of the ${source.items.count} images of ${source.path} can be decoded. ${named}`,
    `Check that the files are ${imageFormatNames} images.`,
  );
}
