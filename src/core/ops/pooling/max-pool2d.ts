import { multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { maxPool, type MaxPoolAttributes } from './max-pool';

/** Largest value of each window; padding counts as −∞. `[N, C, H, W]` → `[N, C, OH, OW]`. Source: PyTorch, MaxPool2d. */
export const maxPool2d: OpDefinition<MaxPoolAttributes> = {
  ...maxPool(2),
  gradient({ add, node, attrs, outputGradient }) {
    const [x] = node.inputs as [NodeId];
    return [add('max_pool2d_grad', attrs, [outputGradient, x])];
  },
};

/** dy `[N, C, OH, OW]`, x `[N, C, H, W]` → dx: each window's gradient goes to its first maximum in row-major order, as PyTorch's does. */
export const maxPool2dGrad: OpDefinition<MaxPoolAttributes> = {
  name: 'max_pool2d_grad',
  title: 'MaxPool2d, gradient',
  inferType: (inputs) => inputAt(inputs, 1),
  flops: (inputs, _output, { kernel }) =>
    multiplyDims(
      productOfDims(inputAt(inputs, 0).shape),
      kernel.reduce((a, b) => a * b, 1),
    ),
};
