import type { Image } from '../image';

/** What is counted of one image. */
export interface ImageMeasures {
  /** [3] of pixel values in [0, 1]; grey images have the same three times. */
  readonly means: readonly [number, number, number];
  readonly deviations: readonly [number, number, number];
  /** [3, 256] how often each byte value occurs. */
  readonly histogram: Uint32Array;
}

export function measureImage({ channels, pixels }: Image): ImageMeasures {
  const histogram = new Uint32Array(3 * 256);
  for (let i = 0; i < pixels.length; i += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const cell = channel * 256 + (pixels[i + channel] ?? 0);
      histogram[cell] = (histogram[cell] ?? 0) + 1;
    }
  }
  if (channels === 1) {
    histogram.copyWithin(256, 0, 256);
    histogram.copyWithin(512, 0, 256);
  }
  const count = Math.max(1, pixels.length / channels);
  const moments = [0, 1, 2].map((channel) => {
    const own = histogram.subarray(channel * 256, (channel + 1) * 256);
    const mean = own.reduce((sum, times, value) => sum + times * value, 0) / count;
    const variance = own.reduce((sum, times, value) => sum + times * (value - mean) ** 2, 0) / count;
    return { mean: mean / 255, deviation: Math.sqrt(variance) / 255 };
  });
  const [red, green, blue] = moments as [Moments, Moments, Moments];
  return {
    means: [red.mean, green.mean, blue.mean],
    deviations: [red.deviation, green.deviation, blue.deviation],
    histogram,
  };
}

interface Moments {
  readonly mean: number;
  readonly deviation: number;
}
