import type { ImageSplit } from './dataset';

/**
 * Mean and population standard deviation of each channel over all pixels of the split, pixel values in [0, 1].
 * Counted in whole numbers first, so that the result does not depend on the order of the images.
 * A channel that never changes gets a deviation of 1: it is centred, not blown up.
 */
export function computeNormalization(split: ImageSplit, channels: number): Normalization {
  const histograms = channelHistograms(split, channels);
  const mean: number[] = [];
  const std: number[] = [];
  for (const histogram of histograms) {
    let count = 0;
    let sum = 0;
    histogram.forEach((times, value) => {
      count += times;
      sum += times * value;
    });
    const center = count === 0 ? 0 : sum / count;
    let squares = 0;
    histogram.forEach((times, value) => {
      squares += times * (value - center) ** 2;
    });
    const deviation = count === 0 ? 0 : Math.sqrt(squares / count);
    mean.push(center / 255);
    std.push(deviation === 0 ? 1 : deviation / 255);
  }
  return { mean, std };
}

/** One number for each channel, of pixel values in [0, 1]. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** How often each byte value occurs, for each channel: 256 counts. */
export function channelHistograms(split: ImageSplit, channels: number): Float64Array[] {
  const histograms = Array.from({ length: channels }, () => new Float64Array(256));
  const planeLength = split.count === 0 ? 0 : split.images.length / split.count / channels;
  const { images } = split;
  let position = 0;
  for (let image = 0; image < split.count; image++) {
    for (const histogram of histograms) {
      for (const end = position + planeLength; position < end; position++) {
        const value = images[position] ?? 0;
        histogram[value] = (histogram[value] ?? 0) + 1;
      }
    }
  }
  return histograms;
}
