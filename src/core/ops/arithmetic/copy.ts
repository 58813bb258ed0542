import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

/** The same values in memory of their own: where a view must be stored. */
export const copy: OpDefinition = {
  name: 'copy',
  halfStorage: true,
  title: 'copy',
  inferType: (inputs) => inputAt(inputs, 0),
};
