import { count, data, type Forward } from '../tensor64';

export const arithmeticForwards: Readonly<Record<string, Forward>> = {
  scale: ([x], { factor }: { factor: number }) => data(x).map((value) => factor * value),
  constant: (_inputs, { value }: { value: number }, shape) => new Float64Array(count(shape)).fill(value),
};
