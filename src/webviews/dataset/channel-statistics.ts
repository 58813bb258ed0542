/** Of the bytes of all images together, as values from 0 to 1. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  /** Standard deviation over all pixels, as in torch.std with correction 0. */
  readonly deviation: readonly number[];
}

/** From counts of byte values [3, 256]; null: there are no pixels. `isGrey`: one channel tells all. */
export function channelStatistics(histogram: Float64Array, isGrey: boolean): ChannelStatistics | null {
  const channels = isGrey ? [0] : [0, 1, 2];
  const sums = channels.map((channel) => {
    let [count, sum, squares] = [0, 0, 0];
    for (let value = 0; value < 256; value++) {
      const times = histogram[256 * channel + value] ?? 0;
      count += times;
      sum += times * (value / 255);
      squares += times * (value / 255) ** 2;
    }
    return { count, mean: sum / count, deviation: Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) };
  });
  if (sums.some(({ count }) => count === 0)) return null;
  return { mean: sums.map(({ mean }) => mean), deviation: sums.map(({ deviation }) => deviation) };
}

/** As it stands in PyTorch code. */
export function normalizeCode({ mean, deviation }: ChannelStatistics): string {
  const list = (values: readonly number[]) => `[${values.map((value) => value.toFixed(4)).join(', ')}]`;
  return `transforms.Normalize(mean=${list(mean)}, std=${list(deviation)})`;
}
