import { normalizeDimension } from '../../../src/core/ops/shapes';
import { softmaxDimension } from '../../../src/core/ops/activation/softmax';
import { philox4x32 } from '../../../src/core/rng/philox';

/** Numbers in doubles, row-major; attributes are those of the op, without symbols. */
export type Forward = (inputs: readonly Tensor64[], attrs: never, shape: readonly number[]) => Float64Array;

export interface Tensor64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

type Pair = readonly [number, number];

/** Forward computations written as their definitions, without a thought of speed: what is under test is elsewhere. */
export const forwards: Readonly<Record<string, Forward>> = {
  conv2d,
  linear,
  max_pool2d: maxPool2d,
  avg_pool2d: avgPool2d,
  adaptive_avg_pool2d: adaptiveAvgPool2d,
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
  relu: ([x]) => data(x).map((value) => Math.max(value, 0)),
  dropout_apply: dropoutApply,
  add: ([a, b]) => data(a).map((value, i) => value + at(data(b), i)),
  multiply: ([a, b]) => data(a).map((value, i) => value * at(data(b), i)),
  scale: ([x], { factor }: { factor: number }) => data(x).map((value) => factor * value),
  concat,
  softmax: ([x], { dim }: { dim: number | null }) => logSoftmaxAlong(x, dim).map(Math.exp),
  log_softmax: ([x], { dim }: { dim: number | null }) => logSoftmaxAlong(x, dim),
  cross_entropy: ([logits, targets]) => {
    const classes = sizeAt(logits, 1);
    const logProbabilities = logSoftmaxAlong(logits, 1);
    const losses = [...data(targets)].map((target, n) => -at(logProbabilities, n * classes + target));
    return Float64Array.of(losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
  },
  count_correct: ([logits, targets]) => {
    const classes = sizeAt(logits, 1);
    const right = [...data(targets)].filter((target, n) => {
      const row = data(logits).slice(n * classes, (n + 1) * classes);
      return row.indexOf(Math.max(...row)) === target;
    });
    return Float64Array.of(right.length);
  },
  constant: (_inputs, { value }: { value: number }, shape) => new Float64Array(count(shape)).fill(value),
  reshape: ([x]) => data(x),
  flatten: ([x]) => data(x),
};

function conv2d(
  [x, weight, bias]: readonly Tensor64[],
  attrs: { stride: Pair; padding: readonly [number, number, number, number]; dilation: Pair; groups: number },
  shape: readonly number[],
): Float64Array {
  const [, groupChannels = 0, kernelHeight = 0, kernelWidth = 0] = weight?.shape ?? [];
  const outputsPerGroup = sizeAt(weight, 0) / attrs.groups;
  return fill(shape, (n, o, oy, ox) => {
    let sum = bias ? at(bias.data, o) : 0;
    const firstChannel = Math.floor(o / outputsPerGroup) * groupChannels;
    for (let c = 0; c < groupChannels; c++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        for (let kx = 0; kx < kernelWidth; kx++) {
          const y = oy * attrs.stride[0] - attrs.padding[0] + ky * attrs.dilation[0];
          const column = ox * attrs.stride[1] - attrs.padding[1] + kx * attrs.dilation[1];
          sum += pixel(x, n, firstChannel + c, y, column, 0) * pixel(weight, o, c, ky, kx, 0);
        }
      }
    }
    return sum;
  });
}

function linear([x, weight, bias]: readonly Tensor64[], _attrs: object, shape: readonly number[]): Float64Array {
  const [outs, ins] = [sizeAt(weight, 0), sizeAt(weight, 1)];
  return Float64Array.from({ length: count(shape) }, (_, index) => {
    const [row, out] = [Math.floor(index / outs), index % outs];
    let sum = bias ? at(bias.data, out) : 0;
    for (let i = 0; i < ins; i++) sum += at(data(x), row * ins + i) * at(data(weight), out * ins + i);
    return sum;
  });
}

function maxPool2d(
  [x]: readonly Tensor64[],
  { kernel, stride, padding, dilation }: { kernel: Pair; stride: Pair; padding: Pair; dilation: Pair },
  shape: readonly number[],
): Float64Array {
  return fill(shape, (n, c, oy, ox) => {
    let most = -Infinity;
    for (let ky = 0; ky < kernel[0]; ky++) {
      for (let kx = 0; kx < kernel[1]; kx++) {
        const y = oy * stride[0] - padding[0] + ky * dilation[0];
        most = Math.max(most, pixel(x, n, c, y, ox * stride[1] - padding[1] + kx * dilation[1], -Infinity));
      }
    }
    return most;
  });
}

/** PyTorch's rule for the divisor: the part of the window within the padded image, or within the image. */
function avgPool2d(
  [x]: readonly Tensor64[],
  attrs: { kernel: Pair; stride: Pair; padding: Pair; countIncludePad: boolean; divisorOverride: number | null },
  shape: readonly number[],
): Float64Array {
  const { kernel, stride, padding } = attrs;
  const [height, width] = [sizeAt(x, 2), sizeAt(x, 3)];
  return fill(shape, (n, c, oy, ox) => {
    let [sum, inside, insidePadded] = [0, 0, 0];
    for (let y = oy * stride[0] - padding[0], ky = 0; ky < kernel[0]; ky++, y++) {
      for (let column = ox * stride[1] - padding[1], kx = 0; kx < kernel[1]; kx++, column++) {
        if (y >= 0 && y < height && column >= 0 && column < width) inside++;
        if (y < height + padding[0] && column < width + padding[1]) insidePadded++;
        sum += pixel(x, n, c, y, column, 0);
      }
    }
    return sum / (attrs.divisorOverride ?? (attrs.countIncludePad ? insidePadded : inside));
  });
}

function adaptiveAvgPool2d([x]: readonly Tensor64[], _attrs: object, shape: readonly number[]): Float64Array {
  const [, , outHeight = 0, outWidth = 0] = shape;
  const bin = (i: number, size: number, bins: number): Pair => [
    Math.floor((i * size) / bins),
    Math.ceil(((i + 1) * size) / bins),
  ];
  return fill(shape, (n, c, oy, ox) => {
    const [top, bottom] = bin(oy, sizeAt(x, 2), outHeight);
    const [left, right] = bin(ox, sizeAt(x, 3), outWidth);
    let sum = 0;
    for (let y = top; y < bottom; y++)
      for (let column = left; column < right; column++) sum += pixel(x, n, c, y, column, 0);
    return sum / ((bottom - top) * (right - left));
  });
}

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

function dropoutApply(
  [x, random]: readonly Tensor64[],
  { p, key, perChannel }: { p: number; key: number; perChannel: boolean },
): Float64Array {
  const [seedLow = 0, seedHigh = 0, stepLow = 0] = data(random);
  const plane = perChannel ? count((x?.shape ?? []).slice(2)) : 1;
  return data(x).map((value, i) => {
    const draw = Math.floor(i / plane);
    const word = philox4x32([draw >>> 2, 0, key, stepLow], [seedLow, seedHigh])[draw & 3] ?? 0;
    return word >= Math.min(Math.round(p * 2 ** 32), 2 ** 32 - 1) && p < 1 ? value / (1 - p) : 0;
  });
}

function concat(inputs: readonly Tensor64[], attrs: { dim: number }, shape: readonly number[]): Float64Array {
  const dim = normalizeDimension('concat', attrs.dim, shape.length);
  const rows = count(shape.slice(0, dim));
  const parts: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (const input of inputs) {
      const length = input.data.length / rows;
      parts.push(...input.data.subarray(row * length, (row + 1) * length));
    }
  }
  return Float64Array.from(parts);
}

function logSoftmaxAlong(x: Tensor64 | undefined, dim: number | null): Float64Array {
  const shape = x?.shape ?? [];
  const axis = softmaxDimension('softmax', shape.length, dim);
  const size = shape[axis] ?? 1;
  const stride = count(shape.slice(axis + 1));
  return data(x).map((value, i) => {
    const first = i - (Math.floor(i / stride) % size) * stride;
    const others = Array.from({ length: size }, (_, k) => at(data(x), first + k * stride));
    const most = Math.max(...others);
    return value - most - Math.log(others.reduce((sum, other) => sum + Math.exp(other - most), 0));
  });
}

/** An image batch, element by element. */
function fill(shape: readonly number[], element: (n: number, c: number, y: number, x: number) => number): Float64Array {
  const [, channels = 1, height = 1, width = 1] = shape;
  return Float64Array.from({ length: count(shape) }, (_, index) =>
    element(
      Math.floor(index / (width * height * channels)),
      Math.floor(index / (width * height)) % channels,
      Math.floor(index / width) % height,
      index % width,
    ),
  );
}

function pixel(image: Tensor64 | undefined, n: number, c: number, y: number, x: number, outside: number): number {
  const [channels, height, width] = [sizeAt(image, 1), sizeAt(image, 2), sizeAt(image, 3)];
  if (y < 0 || y >= height || x < 0 || x >= width) return outside;
  return at(data(image), ((n * channels + c) * height + y) * width + x);
}

function channelOf(x: Tensor64 | undefined, index: number): number {
  return Math.floor(index / count((x?.shape ?? []).slice(2))) % sizeAt(x, 1);
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function sizeAt(tensor: Tensor64 | undefined, dim: number): number {
  const size = tensor?.shape[dim];
  if (size === undefined) throw new Error(`A tensor misses dimension ${dim}`);
  return size;
}

function data(tensor: Tensor64 | undefined): Float64Array {
  if (!tensor) throw new Error('An op misses an input');
  return tensor.data;
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? NaN;
}
