import { count, data, type Forward, type Tensor64 } from '../tensor64';
import { normalizeDimension } from '../../../../src/core/ops/shapes';

export const shapeForwards: Readonly<Record<string, Forward>> = {
  concat,
  reshape: ([x]) => data(x),
  flatten: ([x]) => data(x),
};

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
