import { channelOf, count, sizeAt, data, at, type Forward, type Tensor64 } from '../tensor64';

export const normalizationForwards: Readonly<Record<string, Forward>> = {
  batch_norm_stats: batchNormStats,
  batch_norm_normalize: ([x, stats, weight, bias], { eps }: { eps: number }) => {
    const channels = sizeAt(x, 1);
    const at = (row: number) => ({ shape: [channels], data: data(stats).slice(row * channels, (row + 1) * channels) });
    return normalize(x, at(0), at(1), weight, bias, eps);
  },
  batch_norm_inference: ([x, mean, variance, weight, bias], { eps }: { eps: number }) =>
    normalize(x, mean, variance, weight, bias, eps),
  layer_norm: ([x, ...affine], attrs: { normalizedShape: readonly number[]; eps: number; weight: boolean }) => {
    const [weight, bias] = attrs.weight ? affine : [undefined, affine[0]];
    const normal = normalizedRuns(data(x), count(attrs.normalizedShape), attrs.eps, true);
    return normal.map((value, i) => value * elementOf(weight, i, 1) + elementOf(bias, i, 0));
  },
  rms_norm: ([x, weight], { normalizedShape, eps }: { normalizedShape: readonly number[]; eps: number | null }) =>
    normalizedRuns(data(x), count(normalizedShape), eps ?? 2 ** -23, false).map(
      (value, i) => value * elementOf(weight, i, 1),
    ),
  group_norm: ([x, ...affine], { groups, eps, weight }: { groups: number; eps: number; weight: boolean }) => {
    const [scale, shift] = weight ? affine : [undefined, affine[0]];
    const length = data(x).length / (sizeAt(x, 0) * groups);
    return normalizedRuns(data(x), length, eps, true).map((value, i) => {
      const channel = channelOf(x, i);
      return value * elementOf(scale, channel, 1) + elementOf(shift, channel, 0);
    });
  },
  local_response_norm: localResponseNorm,
  batch_norm_count: ([batches]) => data(batches).map((count) => count + 1),
  batch_norm_running: ([running, stats, batches], attrs: { row: number; momentum: number | null; count: number }) => {
    const momentum = attrs.momentum ?? 1 / at(data(batches), 0);
    const unbias = attrs.row === 1 ? attrs.count / (attrs.count - 1) : 1;
    return data(running).map((value, c) => {
      const newest = at(data(stats), attrs.row * data(running).length + c) * unbias;
      return (1 - momentum) * value + momentum * newest;
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

/** Runs of `length` elements, each less its mean (if `centred`) and divided by the root of the mean of squares + eps. */
function normalizedRuns(values: Float64Array, length: number, eps: number, centred: boolean): Float64Array {
  const result = new Float64Array(values.length);
  for (let first = 0; first < values.length; first += length) {
    const run = values.subarray(first, first + length);
    const mean = centred ? run.reduce((sum, value) => sum + value, 0) / length : 0;
    const variance = run.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
    run.forEach((value, i) => {
      result[first + i] = (value - mean) / Math.sqrt(variance + eps);
    });
  }
  return result;
}

/** An element of a tensor that is repeated for ever; `otherwise` where there is none. */
function elementOf(tensor: Tensor64 | undefined, index: number, otherwise: number): number {
  return tensor ? at(tensor.data, index % tensor.data.length) : otherwise;
}

function localResponseNorm(
  [x]: readonly Tensor64[],
  { size, alpha, beta, k }: { size: number; alpha: number; beta: number; k: number },
): Float64Array {
  const places = count((x?.shape ?? []).slice(2));
  const channels = sizeAt(x, 1);
  return data(x).map((value, i) => {
    const channel = channelOf(x, i);
    let sum = 0;
    for (let offset = -Math.floor(size / 2); offset < size - Math.floor(size / 2); offset++) {
      const other = channel + offset;
      if (other >= 0 && other < channels) sum += at(data(x), i + offset * places) ** 2;
    }
    return value / (k + (alpha * sum) / size) ** beta;
  });
}
