import { count, data, type Forward, type Tensor64 } from '../tensor64';
import { philox4x32 } from '../../../../src/core/rng/philox';

export const dropoutForwards: Readonly<Record<string, Forward>> = {
  dropout_apply: dropoutApply,
};

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
