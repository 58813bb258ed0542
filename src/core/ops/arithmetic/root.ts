import { productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { withNumber } from './lower-binary';

export type RootAttributes = { readonly p: number };

/** The p-th root of sums that are not negative: norms, deviations. Its gradient is 0 where it is, as PyTorch has it of those. */
export const root: OpDefinition<RootAttributes> = {
  name: 'root',
  title: 'root',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient(context) {
    const { add, attrs, node, outputGradient } = context;
    const { p } = attrs;
    const slope = p === 2 ? outputGradient : add('multiply', {}, [outputGradient, powerOf(node.id, 2 - p)]);
    return [add('scale', { factor: 1 / p }, [add('divide_or_zero', {}, [slope, node.id])])];

    function powerOf(id: NodeId, exponent: number): NodeId {
      return withNumber(context, 'power', id, exponent);
    }
  },
  elementwise: () => true,
};
