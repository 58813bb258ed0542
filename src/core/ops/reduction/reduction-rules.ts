import type { OpDefinition } from '../op';
import type { ReduceAttributes } from './reduce-dims';
import { meanRules, sumRules } from './sums';

/** How reductions are computed, and differentiated. */
export const reductionRules: Readonly<
  Record<string, Pick<OpDefinition<ReduceAttributes>, 'lower' | 'gradient'> | undefined>
> = {
  sum: sumRules,
  mean: meanRules,
};
