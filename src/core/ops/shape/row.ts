import type { OpDefinition } from '../op';
import { multiplyDims } from '../../graph/dim';
import { dimAt, f32, inputAt } from '../shapes';

export type RowAttributes = { readonly index: number };

/** Row `index` of a matrix: `[R, C]` → `[C]`; a view. */
export const row: OpDefinition<RowAttributes> = {
  name: 'row',
  title: 'row',
  inferType: (inputs) => f32([dimAt(inputAt(inputs, 0).shape, 1)]),
  viewOffset: (inputs, { index }) => multiplyDims(index, dimAt(inputAt(inputs, 0).shape, 1)),
};
