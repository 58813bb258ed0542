import { count, data, type Forward, type Tensor64 } from '../tensor64';
import { philox4x32 } from '../../../../src/core/rng/philox';

export const dropoutForwards: Readonly<Record<string, Forward>> = {
  dropout_apply: dropoutApply,
  draw: ([random], { distribution, key }: { distribution: Distribution; key: number }, shape) =>
    Float64Array.from({ length: count(shape) }, (_, i) =>
      distributions[distribution]((k) => uniform(random, key, k), i),
    ),
  rrelu_apply: ([x, random], { lower, upper, key }: { lower: number; upper: number; key: number }) =>
    data(x).map((value, i) => (value > 0 ? value : (lower + (upper - lower) * uniform(random, key, i)) * value)),
};

type Distribution = 'uniform' | 'normal' | 'gumbel';

/** Element i of each, given the uniform numbers. */
const distributions: Readonly<Record<Distribution, (uniform: (k: number) => number, i: number) => number>> = {
  uniform: (u, i) => u(i),
  gumbel: (u, i) => -Math.log(-Math.log(u(i))),
  normal: (u, i) => {
    const first = i - (i % 2);
    const angle = 2 * Math.PI * u(first + 1);
    return Math.sqrt(-2 * Math.log(u(first))) * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  },
};

/** Word i of a layer as a number in (0, 1). */
function uniform(random: Tensor64 | undefined, key: number, i: number): number {
  return ((word(random, key, i) >>> 9) + 0.5) / 2 ** 23;
}

function word(random: Tensor64 | undefined, key: number, i: number): number {
  const [seedLow = 0, seedHigh = 0, stepLow = 0] = data(random);
  return philox4x32([i >>> 2, 0, key, stepLow], [seedLow, seedHigh])[i & 3] ?? 0;
}

function dropoutApply(
  [x, random]: readonly Tensor64[],
  { p, key, perChannel }: { p: number; key: number; perChannel: boolean },
): Float64Array {
  const plane = perChannel ? count((x?.shape ?? []).slice(2)) : 1;
  return data(x).map((value, i) => {
    return word(random, key, Math.floor(i / plane)) >= Math.min(Math.round(p * 2 ** 32), 2 ** 32 - 1) && p < 1
      ? value / (1 - p)
      : 0;
  });
}
