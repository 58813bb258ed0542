import { literalNumber } from '../../../../src/core/ops/arithmetic/literal';
import { count, data, type Forward } from '../tensor64';

export const arithmeticForwards: Readonly<Record<string, Forward>> = {
  scale: ([x], { factor }: { factor: number }) => data(x).map((value) => factor * value),
  literal: (_inputs, { values }: { values: readonly (number | string)[] }, shape) =>
    Float64Array.from({ length: count(shape) }, (_, i) => literalNumber(values[values.length === 1 ? 0 : i])),
  constant: (_inputs, { value }: { value: number }, shape) => new Float64Array(count(shape)).fill(value),
};
