import type { Dim } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { sliceGradient } from './slice';

export type StridedSliceAttributes = {
  readonly dim: number;
  readonly start: Dim;
  readonly length: Dim;
  /** 2 or more; every element is a `slice`. */
  readonly step: number;
};

/** `length` elements of dimension `dim` (not negative): start, start + step, … */
export const stridedSlice: OpDefinition<StridedSliceAttributes> = {
  name: 'strided_slice',
  title: 'slice',
  inferType(inputs, { dim, length }) {
    const { shape, dtype } = inputAt(inputs, 0);
    return { shape: shape.map((size, index) => (index === dim ? length : size)), dtype };
  },
  receptiveField: (_inputs, { dim, start, step }) =>
    typeof start === 'number' ? { kind: 'slice', dim, start, step } : { kind: 'mixes', dims: [dim] },
  gradient: ({ add, typeOf, node, attrs, outputGradient }) => [
    sliceGradient(add, attrs, typeOf(node.inputs[0] ?? 0).shape, outputGradient),
  ],
  symbolicAttributes: ['start', 'length'],
};
