import { channelOf, sizeAt, data, at, type Forward, type Tensor64 } from '../tensor64';

export const normalizationForwards: Readonly<Record<string, Forward>> = {
  batch_norm_stats: batchNormStats,
  batch_norm_normalize: ([x, stats, weight, bias], { eps }: { eps: number }) => {
    const channels = sizeAt(x, 1);
    const at = (row: number) => ({ shape: [channels], data: data(stats).slice(row * channels, (row + 1) * channels) });
    return normalize(x, at(0), at(1), weight, bias, eps);
  },
  batch_norm_inference: ([x, mean, variance, weight, bias], { eps }: { eps: number }) =>
    normalize(x, mean, variance, weight, bias, eps),
  batch_norm_running: ([running, stats], attrs: { row: number; momentum: number; count: number }) => {
    const unbias = attrs.row === 1 ? attrs.count / (attrs.count - 1) : 1;
    return data(running).map((value, c) => {
      const newest = at(data(stats), attrs.row * data(running).length + c) * unbias;
      return (1 - attrs.momentum) * value + attrs.momentum * newest;
    });
  },
};

function batchNormStats([x]: readonly Tensor64[]): Float64Array {
  const channels = sizeAt(x, 1);
  const stats = new Float64Array(2 * channels);
  for (let c = 0; c < channels; c++) {
    const values = data(x).filter((_, i) => channelOf(x, i) === c);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    stats[c] = mean;
    stats[channels + c] = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  }
  return stats;
}

function normalize(
  x: Tensor64 | undefined,
  mean: Tensor64 | undefined,
  variance: Tensor64 | undefined,
  weight: Tensor64 | undefined,
  bias: Tensor64 | undefined,
  eps: number,
): Float64Array {
  return data(x).map((value, i) => {
    const c = channelOf(x, i);
    const normalized = (value - at(data(mean), c)) / Math.sqrt(at(data(variance), c) + eps);
    return normalized * (weight ? at(weight.data, c) : 1) + (bias ? at(bias.data, c) : 0);
  });
}
