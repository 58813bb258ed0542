import { count, data, at, type Forward } from '../tensor64';

export const arithmeticForwards: Readonly<Record<string, Forward>> = {
  add: ([a, b]) => data(a).map((value, i) => value + at(data(b), i)),
  multiply: ([a, b]) => data(a).map((value, i) => value * at(data(b), i)),
  scale: ([x], { factor }: { factor: number }) => data(x).map((value) => factor * value),
  constant: (_inputs, { value }: { value: number }, shape) => new Float64Array(count(shape)).fill(value),
};
