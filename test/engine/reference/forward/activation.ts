import { count, data, at, type Forward, type Tensor64 } from '../tensor64';
import { softmaxDimension } from '../../../../src/core/ops/activation/softmax';

export const activationForwards: Readonly<Record<string, Forward>> = {
  relu: ([x]) => data(x).map((value) => Math.max(value, 0)),
  softmax: ([x], { dim }: { dim: number | null }) => logSoftmaxAlong(x, dim).map(Math.exp),
  log_softmax: ([x], { dim }: { dim: number | null }) => logSoftmaxAlong(x, dim),
};

export function logSoftmaxAlong(x: Tensor64 | undefined, dim: number | null): Float64Array {
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
