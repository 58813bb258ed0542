import { count, sizeAt, data, at, type Forward, type Tensor64 } from '../tensor64';

export const matrixForwards: Readonly<Record<string, Forward>> = {
  linear,
};

function linear([x, weight, bias]: readonly Tensor64[], _attrs: object, shape: readonly number[]): Float64Array {
  const [outs, ins] = [sizeAt(weight, 0), sizeAt(weight, 1)];
  return Float64Array.from({ length: count(shape) }, (_, index) => {
    const [row, out] = [Math.floor(index / outs), index % outs];
    let sum = bias ? at(bias.data, out) : 0;
    for (let i = 0; i < ins; i++) sum += at(data(x), row * ins + i) * at(data(weight), out * ins + i);
    return sum;
  });
}
