import { constants } from 'node:buffer';
import { totalmem } from 'node:os';
import type { ImageSplit, SplitName } from '../../core/data/dataset';
import { UserError } from '../../core/errors';
import type { ImageSize } from '../../core/data/image';

/**
 * One block of memory for a whole data set, as it also lies in the cache file: the images of all splits, then,
 * at a multiple of four bytes, their labels as int32 of this machine's (and every supported machine's) little-endian
 * order. The splits are views of it. Threads that decode and augment see the same.
 * @throws UserError where it would not fit into memory.
 */
export function allocateDatasetBuffer(counts: readonly SplitCount[], size: ImageSize): Uint8Array<SharedArrayBuffer> {
  const length = datasetBufferLength(counts, size);
  if (length > Math.min(constants.MAX_LENGTH, memoryShare * totalmem())) {
    const gigabytes = (length / 2 ** 30).toFixed(1);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    throw new UserError(
      `${total} images of ${size.width} × ${size.height} pixels need ${gigabytes} GB of memory: too much for this machine.`,
      'Make the images smaller, or use fewer of them.',
    );
  }
  return new Uint8Array(new SharedArrayBuffer(length));
}

export interface SplitCount {
  readonly name: SplitName;
  readonly count: number;
}

export function datasetBufferLength(counts: readonly SplitCount[], size: ImageSize): number {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  return labelsOffset(total, size) + 4 * total;
}

/** The splits that lie in a block, in the order of `counts`. */
export function viewSplits(
  buffer: Uint8Array,
  counts: readonly SplitCount[],
  size: ImageSize,
): Map<SplitName, ImageSplit> {
  const imageLength = size.channels * size.height * size.width;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const labels = new Int32Array(buffer.buffer, buffer.byteOffset + labelsOffset(total, size), total);
  const splits = new Map<SplitName, ImageSplit>();
  let start = 0;
  for (const { name, count } of counts) {
    splits.set(name, {
      count,
      images: buffer.subarray(start * imageLength, (start + count) * imageLength),
      labels: labels.subarray(start, start + count),
    });
    start += count;
  }
  return splits;
}

const memoryShare = 0.7;

function labelsOffset(count: number, { channels, height, width }: ImageSize): number {
  return Math.ceil((count * channels * height * width) / 4) * 4;
}
