import type { Dim } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type SliceAttributes = { readonly dim: number; readonly start: Dim; readonly length: Dim };

/** Elements start … start + length − 1 of dimension `dim` (not negative). */
export const slice: OpDefinition<SliceAttributes> = {
  name: 'slice',
  title: 'slice',
  inferType(inputs, { dim, length }) {
    const { shape, dtype } = inputAt(inputs, 0);
    return { shape: shape.map((size, index) => (index === dim ? length : size)), dtype };
  },
  receptiveField: (_inputs, { dim, start }) =>
    typeof start === 'number' ? { kind: 'slice', dim, start, step: 1 } : { kind: 'mixes', dims: [dim] },
  symbolicAttributes: ['start', 'length'],
};
