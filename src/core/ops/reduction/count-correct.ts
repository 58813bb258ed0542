import { productOfDims } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { f32, inputAt } from '../shapes';

/** How many rows of logits `[N, K]` have their (first) maximum at the target i32 `[N]` → scalar. */
export const countCorrect: OpDefinition = {
  name: 'count_correct',
  title: 'Count of right predictions',
  inferType: () => f32([]),
  flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
};
