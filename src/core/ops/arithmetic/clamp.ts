import { productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { inputAt } from '../shapes';

/** null: no bound on that side. */
export type ClampAttributes = { readonly min: number | null; readonly max: number | null };

/** Values below `min` become `min`, values above `max` become `max`. Source: PyTorch, clamp. */
export const clamp: OpDefinition<ClampAttributes> = {
  name: 'clamp',
  title: 'clamp',
  inferType(inputs) {
    const input = inputAt(inputs, 0);
    if (input.dtype === 'bool') throw new OpError('clamp does not take a tensor of bool.');
    return input;
  },
  flops: (_inputs, output) => productOfDims(output.shape),
  // Values on a bound let gradients through, so that the output alone does not say where they go.
  gradient({ add, node, attrs, outputGradient }) {
    const [x] = node.inputs as [NodeId];
    return [add('clamp_grad', attrs, [outputGradient, x])];
  },
  elementwise: () => true,
};
