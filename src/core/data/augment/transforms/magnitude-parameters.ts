import type { NumbersParameter } from '../parameter';

/** A whole number that is counted or numbered. */
export function countParameter(
  value: number,
  meaning: string,
  { min, max }: { readonly min: number; readonly max: number },
): NumbersParameter {
  const slider = { from: min, to: max, step: 1 };
  return { kind: 'numbers', lengths: [1], whole: true, min, max: 1000, default: value, meaning, slider };
}

export const binsParameter = countParameter(31, 'How many magnitudes there are, from none to the greatest.', {
  min: 2,
  max: 31,
});
