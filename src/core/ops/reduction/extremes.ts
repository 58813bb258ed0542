import { productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { GradientContext, LoweringContext, OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { withNeighbours, type ReduceAttributes } from './reduce-dims';
import { withDims } from './sums';

export type ExtremeAttributes = ReduceAttributes & {
  /** Whose gradient it is where the extreme value stands more than once: of the first one alone (`max` along a dimension); absent: of all of them evenly. */
  readonly ties?: 'first';
};

/** The largest or smallest value. */
export const extremeRules = {
  lower: (context: LoweringContext<ReduceAttributes>): NodeId => withNeighbours(context),
  gradient(context: GradientContext<ReduceAttributes>): readonly NodeId[] {
    const { add, attrs, node, outputGradient, typeOf } = context;
    const [x] = node.inputs as [NodeId];
    const { shape } = typeOf(x);
    const [dy, y] = [outputGradient, node.id].map((id) => withDims(context, id, shape, attrs)) as [NodeId, NodeId];
    return [add('extreme_grad', { ...attrs }, [dy, x, y])];
  },
};

/** dy `[…, 1, …]`, x, extreme values y `[…, 1, …]` → dy where x is y. */
export const extremeGrad: OpDefinition<ExtremeAttributes> = {
  name: 'extreme_grad',
  title: 'largest value, gradient',
  inferType: (inputs) => inputAt(inputs, 1),
  flops: (_inputs, output) => productOfDims(output.shape),
};

/** Where the largest or smallest value stands: no gradient. */
export const placeRules = {
  lower: (context: LoweringContext<ReduceAttributes>): NodeId => withNeighbours(context),
};
