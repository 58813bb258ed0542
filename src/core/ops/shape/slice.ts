import type { Dim } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { f32, inputAt } from '../shapes';

export type SliceAttributes = { readonly dim: number; readonly start: Dim; readonly length: Dim };

/** Elements start … start + length − 1 of dimension `dim` (not negative). */
export const slice: OpDefinition<SliceAttributes> = {
  name: 'slice',
  title: 'slice',
  inferType: (inputs, { dim, length }) => f32(inputAt(inputs, 0).shape.map((size, i) => (i === dim ? length : size))),
  symbolicAttributes: ['start', 'length'],
};
