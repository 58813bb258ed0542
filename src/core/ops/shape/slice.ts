import { multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import type { NodeAdder, OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';

export type SliceAttributes = { readonly dim: number; readonly start: Dim; readonly length: Dim };

/** Elements start … start + length − 1 of dimension `dim` (not negative). */
export const slice: OpDefinition<SliceAttributes> = {
  name: 'slice',
  halfStorage: true,
  title: 'slice',
  inferType(inputs, { dim, length }) {
    const { shape, dtype } = inputAt(inputs, 0);
    return { shape: shape.map((size, index) => (index === dim ? length : size)), dtype };
  },
  receptiveField: (_inputs, { dim, start }) =>
    typeof start === 'number' ? { kind: 'slice', dim, start, step: 1 } : { kind: 'mixes', dims: [dim] },
  /** What is whole in every dimension behind stands together where there is only one of each before. */
  viewOffset(inputs, { dim, start }) {
    const { shape } = inputAt(inputs, 0);
    if (shape.slice(0, dim).some((size) => size !== 1)) return undefined;
    return multiplyDims(start, productOfDims(shape.slice(dim + 1)));
  },
  gradient: ({ add, typeOf, node, attrs, outputGradient }) => [
    sliceGradient(add, attrs, typeOf(node.inputs[0] ?? 0).shape, outputGradient),
  ],
  symbolicAttributes: ['start', 'length'],
};

export type SliceGradAttributes = {
  readonly dim: number;
  readonly start: Dim;
  /** Between the elements of the slice. */
  readonly step: number;
  /** Of the tensor that was sliced. */
  readonly size: Dim;
};

/** dL/dx from dL/dy of a slice: elements start, start + step, … of dimension `dim`, which has `size`; zeros elsewhere. */
export const sliceGrad: OpDefinition<SliceGradAttributes> = {
  name: 'slice_grad',
  halfStorage: true,
  title: 'slice, gradient',
  inferType(inputs, { dim, size }) {
    const { shape, dtype } = inputAt(inputs, 0);
    return { shape: shape.map((length, index) => (index === dim ? size : length)), dtype };
  },
  symbolicAttributes: ['start', 'size'],
};

export function sliceGradient(
  add: NodeAdder['add'],
  { dim, start, step = 1 }: { readonly dim: number; readonly start: Dim; readonly step?: number },
  shape: Shape,
  outputGradient: NodeId,
): NodeId {
  return add('slice_grad', { dim, start, step, size: dimAt(shape, dim) }, [outputGradient]);
}
