import type { Dim } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type AssignSliceAttributes = {
  readonly dim: number;
  readonly start: Dim;
  readonly length: Dim;
  readonly step: number;
};

/** The first input, with the second in place of the elements start, start + step, … of dimension `dim`: `x[:, 0] = y`. */
export const assignSlice: OpDefinition<AssignSliceAttributes> = {
  name: 'assign_slice',
  title: 'assign',
  inferType: (inputs) => inputAt(inputs, 0),
  receptiveField: (_inputs, { dim }) => ({ kind: 'mixes', dims: [dim] }),
  symbolicAttributes: ['start', 'length'],
};

/**
 * The first input, with the second in places that the further ones say: `x[index] = y`, `x[mask] = y`, scatter. One of
 * the results of `index` or `gather` turned around.
 */
export const assignIndex: OpDefinition = {
  name: 'assign_index',
  title: 'assign',
  inferType: (inputs) => inputAt(inputs, 0),
  receptiveField: () => ({ kind: 'global' }),
};
