import { PhiloxStream, streams } from '../rng/philox';
import type { ImageSplit } from './dataset';
import { shuffle } from './splits';

/** The order in which an epoch (0-based) goes through `count` images: drawn by seed and epoch alone, the same everywhere. */
export function epochOrder(count: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  shuffle(order, new PhiloxStream(seed, streams.shuffle, epoch));
  return order;
}

/** The labels of the chosen images. What stands in `out` beyond the batch is left alone. */
export function fillLabels(split: ImageSplit, indices: Int32Array, out: Int32Array): void {
  for (let i = 0; i < indices.length; i++) {
    const label = split.labels[indices[i] ?? -1];
    if (label === undefined) throw new RangeError(`Image ${indices[i]} of ${split.count}`);
    out[i] = label;
  }
}

/**
 * [channels, 256]: the normalised value of every byte, `(byte / 255 - mean) / std` for each channel (torchvision's ToTensor
 * and Normalize). `mean` and `std` have one number for each channel.
 */
export function normalizationTable(mean: readonly number[], std: readonly number[]): Float32Array {
  const table = new Float32Array(mean.length * 256);
  mean.forEach((center, channel) => {
    const deviation = std[channel] ?? 1;
    for (let value = 0; value < 256; value++) table[channel * 256 + value] = (value / 255 - center) / deviation;
  });
  return table;
}
