import type { PlanTensor } from '../plan';
import { sizeOf } from './tensors';

export type LossReduction = 'none' | 'mean' | 'sum' | 'batchmean';

export function reductionOf(value: unknown): LossReduction {
  return value === 'none' || value === 'sum' || value === 'batchmean' ? value : 'mean';
}

/** What the sum of the losses is multiplied by. `like`: the tensor whose values or images a mean is taken of. */
export function reductionFactor(reduction: LossReduction, like: PlanTensor): number {
  if (reduction === 'mean') return 1 / sizeOf(like);
  return reduction === 'batchmean' ? 1 / (like.shape[0] ?? 1) : 1;
}
