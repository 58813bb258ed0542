import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

/** The same memory, which no gradient passes. Source: PyTorch, Tensor.detach. */
export const detach: OpDefinition = {
  name: 'detach',
  title: 'detach',
  inferType: (inputs) => inputAt(inputs, 0),
  viewOffset: () => 0,
  gradient: () => [],
};
