import type { Tensor64 } from './tensor64';

/** A gradient op computed in doubles: inputs as the op has them, the shape of its output. */
export type GradientReference = (
  inputs: readonly Tensor64[],
  attrs: never,
  shape: readonly number[],
) => Float64Array<ArrayBufferLike>;

type Pair = readonly [number, number];

interface ConvAttributes {
  readonly stride: Pair;
  readonly padding: readonly [number, number, number, number];
  readonly dilation: Pair;
  readonly groups: number;
}

/** Gradients written as loops over the forward definition: whoever gave to an output gets its share back. */
export const gradients: Readonly<Record<string, GradientReference>> = {
  conv2d_grad_input: ([dy, weight], attrs: ConvAttributes, shape) => {
    const dx = new Float64Array(count(shape));
    eachProduct(attrs, shape, shapeOf(weight), shapeOf(dy), (x, w, y) => {
      dx[x] = at(dx, x) + at(data(dy), y) * at(data(weight), w);
    });
    return dx;
  },
  conv2d_grad_weight: ([x, dy], attrs: ConvAttributes, shape) => {
    const dweight = new Float64Array(count(shape));
    eachProduct(attrs, shapeOf(x), shape, shapeOf(dy), (ix, w, y) => {
      dweight[w] = at(dweight, w) + at(data(dy), y) * at(data(x), ix);
    });
    return dweight;
  },
  linear_grad_input: ([dy, weight], _attrs, shape) => {
    const [outs = 0, ins = 0] = shapeOf(weight);
    return Float64Array.from({ length: count(shape) }, (_, index) => {
      const [row, i] = [Math.floor(index / ins), index % ins];
      return sum(outs, (o) => at(data(dy), row * outs + o) * at(data(weight), o * ins + i));
    });
  },
  linear_grad_weight: ([x, dy], _attrs, shape) => {
    const [outs = 0, ins = 0] = shape;
    const rows = data(x).length / ins;
    return Float64Array.from({ length: outs * ins }, (_, index) => {
      const [o, i] = [Math.floor(index / ins), index % ins];
      return sum(rows, (row) => at(data(dy), row * outs + o) * at(data(x), row * ins + i));
    });
  },
  channel_sum: ([x]) => {
    const [images = 1, channels = 1, ...rest] = shapeOf(x);
    const places = count(rest);
    return Float64Array.from({ length: channels }, (_, c) =>
      sum(images, (n) => sum(places, (i) => at(data(x), (n * channels + c) * places + i))),
    );
  },
  batch_norm_grad_stats: ([dy, x, stats], { eps }: { eps: number }) => {
    const channels = shapeOf(x)[1] ?? 1;
    const result = new Float64Array(2 * channels);
    data(dy).forEach((gradient, i) => {
      const c = channelOf(x, i);
      result[c] = at(result, c) + gradient;
      const deviation = Math.sqrt(at(data(stats), channels + c) + eps);
      const normalized = (at(data(x), i) - at(data(stats), c)) / deviation;
      result[channels + c] = at(result, channels + c) + gradient * normalized;
    });
    return result;
  },
  batch_norm_grad_input: ([dy, x, stats, sums, weight], { eps }: { eps: number }) => {
    const channels = shapeOf(x)[1] ?? 1;
    const m = data(x).length / channels;
    return data(dy).map((gradient, i) => {
      const c = channelOf(x, i);
      const deviation = Math.sqrt(at(data(stats), channels + c) + eps);
      const normalized = (at(data(x), i) - at(data(stats), c)) / deviation;
      const rest = gradient - at(data(sums), c) / m - (normalized * at(data(sums), channels + c)) / m;
      return ((weight ? at(weight.data, c) : 1) / deviation) * rest;
    });
  },
  batch_norm_inference_grad_input: ([dy, variance, weight], { eps }: { eps: number }) =>
    data(dy).map((gradient, i) => {
      const c = channelOf(dy, i);
      return (gradient * (weight ? at(weight.data, c) : 1)) / Math.sqrt(at(data(variance), c) + eps);
    }),
  relu_grad: ([dy, y]) => data(dy).map((gradient, i) => (at(data(y), i) > 0 ? gradient : 0)),
  softmax_grad: ([dy, y], { dim }: { dim: number }) =>
    alongLines(y, dim, (line) => {
      const mean = sum(line.length, (i) => at(data(dy), at(line, i)) * at(data(y), at(line, i)));
      return line.map((index) => at(data(y), index) * (at(data(dy), index) - mean));
    }),
  log_softmax_grad: ([dy, y], { dim }: { dim: number }) =>
    alongLines(y, dim, (line) => {
      const total = sum(line.length, (i) => at(data(dy), at(line, i)));
      return line.map((index) => at(data(dy), index) - Math.exp(at(data(y), index)) * total);
    }),
  cross_entropy_grad: ([dloss, logits, targets]) => {
    const [rows = 1, classes = 1] = shapeOf(logits);
    return alongLines(logits, 1, (line) => {
      const values = line.map((index) => at(data(logits), index));
      const most = Math.max(...values);
      const total = values.reduce((result, value) => result + Math.exp(value - most), 0);
      const target = at(data(targets), Math.floor(at(line, 0) / classes));
      return values.map(
        (value, k) => ((Math.exp(value - most) / total - (k === target ? 1 : 0)) * at(data(dloss), 0)) / rows,
      );
    });
  },
  slice: ([x], { dim, start }: { dim: number; start: number }, shape) => {
    const source = shapeOf(x);
    const inner = count(source.slice(dim + 1));
    const [from, to] = [(source[dim] ?? 1) * inner, (shape[dim] ?? 1) * inner];
    return Float64Array.from({ length: count(shape) }, (_, i) =>
      at(data(x), Math.floor(i / to) * from + start * inner + (i % to)),
    );
  },
  copy: ([x]) => data(x).slice(),
};

/** The adjoint of a linear op: what each input element gives to the outputs, weighted with dy. For small shapes. */
export function adjoint(
  forward: (x: Float64Array) => Float64Array,
  inputLength: number,
  dy: Float64Array,
): Float64Array {
  return Float64Array.from({ length: inputLength }, (_, i) => {
    const unit = new Float64Array(inputLength);
    unit[i] = 1;
    const y = forward(unit);
    return sum(dy.length, (j) => at(y, j) * at(dy, j));
  });
}

/** All (x, weight, y) index triples whose product a convolution sums. */
function eachProduct(
  { stride, padding, dilation, groups }: ConvAttributes,
  [images = 1, channels = 1, height = 1, width = 1]: readonly number[],
  [outputs = 1, groupChannels = 1, kernelHeight = 1, kernelWidth = 1]: readonly number[],
  [, , outputHeight = 1, outputWidth = 1]: readonly number[],
  visit: (x: number, weight: number, y: number) => void,
): void {
  for (let n = 0; n < images; n++) {
    for (let o = 0; o < outputs; o++) {
      const first = Math.floor(o / (outputs / groups)) * groupChannels;
      for (let c = 0; c < groupChannels; c++) {
        for (let ky = 0; ky < kernelHeight; ky++) {
          for (let kx = 0; kx < kernelWidth; kx++) {
            const w = ((o * groupChannels + c) * kernelHeight + ky) * kernelWidth + kx;
            for (let oy = 0; oy < outputHeight; oy++) {
              const y = oy * stride[0] - padding[0] + ky * dilation[0];
              if (y < 0 || y >= height) continue;
              for (let ox = 0; ox < outputWidth; ox++) {
                const column = ox * stride[1] - padding[1] + kx * dilation[1];
                if (column < 0 || column >= width) continue;
                const output = ((n * outputs + o) * outputHeight + oy) * outputWidth + ox;
                visit(((n * channels + first + c) * height + y) * width + column, w, output);
              }
            }
          }
        }
      }
    }
  }
}

/** Applies a function to the element indices of each line along a dimension. */
function alongLines(
  x: Tensor64 | undefined,
  dim: number,
  compute: (line: readonly number[]) => readonly number[],
): Float64Array {
  const shape = shapeOf(x);
  const [size, inner] = [shape[dim] ?? 1, count(shape.slice(dim + 1))];
  const result = new Float64Array(count(shape));
  for (let l = 0; l < result.length / size; l++) {
    const first = Math.floor(l / inner) * size * inner + (l % inner);
    const line = Array.from({ length: size }, (_, k) => first + k * inner);
    compute(line).forEach((value, k) => {
      result[line[k] ?? 0] = value;
    });
  }
  return result;
}

function channelOf(x: Tensor64 | undefined, index: number): number {
  const shape = shapeOf(x);
  return Math.floor(index / count(shape.slice(2))) % (shape[1] ?? 1);
}

function sum(length: number, term: (i: number) => number): number {
  let result = 0;
  for (let i = 0; i < length; i++) result += term(i);
  return result;
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function shapeOf(tensor: Tensor64 | undefined): readonly number[] {
  return tensor?.shape ?? [];
}

function data(tensor: Tensor64 | undefined): Float64Array {
  if (!tensor) throw new Error('An op misses an input');
  return tensor.data;
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? NaN;
}
