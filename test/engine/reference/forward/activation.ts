import { count, data, at, type Forward, type Tensor64 } from '../tensor64';
import { softmaxDimension } from '../../../../src/core/ops/activation/softmax';

export const activationForwards: Readonly<Record<string, Forward>> = {
  normalize: ([x], { dims, eps }: { dims: readonly number[]; eps: number }) => {
    const shape = x?.shape ?? [];
    const along = dims.map((dim) => (dim < 0 ? dim + shape.length : dim));
    const lineOf = (index: number): string =>
      shape
        .map((size, dim) => (along.includes(dim) ? 0 : Math.floor(index / count(shape.slice(dim + 1))) % size))
        .join();
    const squares = new Map<string, number>();
    data(x).forEach((value, i) => squares.set(lineOf(i), (squares.get(lineOf(i)) ?? 0) + value ** 2));
    return data(x).map((value, i) => value / Math.max(Math.sqrt(squares.get(lineOf(i)) ?? NaN), eps));
  },
  relu: ([x]) => data(x).map((value) => Math.max(value, 0)),
  softmax: ([x], { dim }: { dim: number | null }) => logSoftmaxAlong(x, dim).map(Math.exp),
  hard_choice: ([x], { dim }: { dim: number }) => {
    const [size, stride] = axisOf(x, dim);
    return data(x).map((_, i) => {
      const first = i - (Math.floor(i / stride) % size) * stride;
      const line = Array.from({ length: size }, (_, k) => at(data(x), first + k * stride));
      return (i - first) / stride === line.indexOf(Math.max(...line)) ? 1 : 0;
    });
  },
  log_softmax: ([x], { dim }: { dim: number | null }) => logSoftmaxAlong(x, dim),
};

export function logSoftmaxAlong(x: Tensor64 | undefined, dim: number | null): Float64Array {
  const [size, stride] = axisOf(x, dim);
  return data(x).map((value, i) => {
    const first = i - (Math.floor(i / stride) % size) * stride;
    const others = Array.from({ length: size }, (_, k) => at(data(x), first + k * stride));
    const most = Math.max(...others);
    return value - most - Math.log(others.reduce((sum, other) => sum + Math.exp(other - most), 0));
  });
}

/** Length of a line, and how far apart its elements are. */
function axisOf(x: Tensor64 | undefined, dim: number | null): readonly [size: number, stride: number] {
  const shape = x?.shape ?? [];
  const axis = softmaxDimension('softmax', shape.length, dim);
  return [shape[axis] ?? 1, count(shape.slice(axis + 1))];
}
