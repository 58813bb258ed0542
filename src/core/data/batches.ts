import { PhiloxStream, streams } from '../rng/philox';
import type { ImageSplit } from './dataset';
import { shuffle } from './shuffle';

/** The order in which an epoch (0-based) goes through `count` images: drawn by seed and epoch alone, the same everywhere. */
export function epochOrder(count: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  shuffle(order, new PhiloxStream(seed, streams.shuffle, epoch));
  return order;
}

/**
 * Writes the chosen images, normalised, into `out` as [indices.length, channels, height, width]:
 * `(byte / 255 - mean) / std` for each channel (torchvision's ToTensor and Normalize). `mean` and `std` have one number
 * for each channel. What stands in `out` beyond the batch is left alone.
 */
export function fillBatch(
  split: ImageSplit,
  indices: Int32Array,
  mean: readonly number[],
  std: readonly number[],
  out: Float32Array,
): void {
  const channels = mean.length;
  const imageLength = split.count === 0 ? 0 : split.images.length / split.count;
  const planeLength = imageLength / channels;
  if (out.length < indices.length * imageLength) {
    throw new RangeError(`${indices.length} images of ${imageLength} values do not fit into ${out.length}`);
  }
  const table = normalizationTable(mean, std);
  const { images } = split;
  let to = 0;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? -1;
    if (index < 0 || index >= split.count) throw new RangeError(`Image ${index} of ${split.count}`);
    let from = index * imageLength;
    for (let channel = 0; channel < channels; channel++) {
      const row = channel * 256;
      for (const end = from + planeLength; from < end; from++) out[to++] = table[row + (images[from] ?? 0)] ?? 0;
    }
  }
}

/** The labels of the chosen images. What stands in `out` beyond the batch is left alone. */
export function fillLabels(split: ImageSplit, indices: Int32Array, out: Int32Array): void {
  for (let i = 0; i < indices.length; i++) {
    const label = split.labels[indices[i] ?? -1];
    if (label === undefined) throw new RangeError(`Image ${indices[i]} of ${split.count}`);
    out[i] = label;
  }
}

/** [channels, 256]: the normalised value of every byte. */
export function normalizationTable(mean: readonly number[], std: readonly number[]): Float32Array {
  const table = new Float32Array(mean.length * 256);
  mean.forEach((center, channel) => {
    const deviation = std[channel] ?? 1;
    for (let value = 0; value < 256; value++) table[channel * 256 + value] = (value / 255 - center) / deviation;
  });
  return table;
}
