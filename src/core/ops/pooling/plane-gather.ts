import { productOfDims, type Dim } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type PlaneGatherAttributes = {
  /** Number of last dimensions that make a plane. */
  readonly rank: number;
};

/** x `[…, …size]` and indices (whole numbers) `[…, …places]` into the flattened planes → x there, of the indices' shape. */
export const planeGather: OpDefinition<PlaneGatherAttributes> = {
  name: 'plane_gather',
  title: 'gather from planes',
  inferType: (inputs) => ({ shape: inputAt(inputs, 1).shape, dtype: inputAt(inputs, 0).dtype }),
  gradient({ node, attrs, add, typeOf, outputGradient }) {
    const [x, indices] = node.inputs as [NodeId, NodeId];
    const scattered = { ...attrs, shape: typeOf(x).shape, sums: true };
    return [add('plane_scatter', scattered, [outputGradient, indices]), undefined];
  },
};

export type PlaneScatterAttributes = PlaneGatherAttributes & {
  /** Of the output: the input's, with other last dimensions. */
  readonly shape: readonly Dim[];
  /** Values that meet are summed; false: the last one stays. */
  readonly sums: boolean;
};

/** The other way round: x `[…, …places]` goes to its indices in planes of zeros. An index beyond the plane goes nowhere. */
export const planeScatter: OpDefinition<PlaneScatterAttributes> = {
  name: 'plane_scatter',
  title: 'scatter into planes',
  inferType: (inputs, { shape }) => ({ shape, dtype: inputAt(inputs, 0).dtype }),
  flops: (inputs, _output, { sums }) => (sums ? productOfDims(inputAt(inputs, 0).shape) : 0),
  gradient({ node, attrs, add, outputGradient }) {
    const [, indices] = node.inputs as [NodeId, NodeId];
    return [add('plane_gather', { rank: attrs.rank }, [outputGradient, indices]), undefined];
  },
  symbolicAttributes: ['shape'],
};
