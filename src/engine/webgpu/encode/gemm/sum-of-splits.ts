import type { PlanTensor } from '../../../plan';
import { sizeOf } from '../../../steps/tensors';
import type { WorkTensor } from '../../kernel-call';
import type { ProgramBuilder } from '../../program-builder';
import type { Bias } from './target';

/** Adds up partial results, always in the same order. */
export function encodeSumOfSplits(
  program: ProgramBuilder,
  sums: PlanTensor | WorkTensor,
  target: PlanTensor,
  splits: number,
  bias: Bias | undefined,
): void {
  const size = sizeOf(target);
  program.forEach({
    name: 'sum of partial products',
    tensors: { sums, y: target, ...(bias ? { bias: bias.tensor } : {}) },
    sizes: { splits, ...(bias ? { inner: bias.inner, length: bias.length } : {}) },
    size,
    body: `  var sum = load_sums(i);
  for (var split = 1u; split < p.splits; split++) { sum += load_sums(split * p.for_each_size + i); }
  store_y(i, sum${bias ? ' + load_bias(i / p.inner % p.length)' : ''});`,
  });
}
