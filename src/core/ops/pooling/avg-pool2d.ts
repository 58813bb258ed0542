import { multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { f32, inputAt } from '../shapes';
import { avgPool, type AvgPoolAttributes } from './avg-pool';

/** Mean of each window. `[N, C, H, W]` → `[N, C, OH, OW]`. Source: PyTorch, AvgPool2d. */
export const avgPool2d: OpDefinition<AvgPoolAttributes> = {
  ...avgPool(2),
  gradient({ add, typeOf, node, attrs, outputGradient }) {
    const [x] = node.inputs as [NodeId];
    return [add('avg_pool2d_grad', { ...attrs, inputShape: typeOf(x).shape }, [outputGradient])];
  },
};

/** dy `[N, C, OH, OW]` → `inputShape`. */
export const avgPool2dGrad: OpDefinition<AvgPoolAttributes & { readonly inputShape: readonly Dim[] }> = {
  name: 'avg_pool2d_grad',
  title: 'AvgPool2d, gradient',
  inferType: (_inputs, attrs) => f32(attrs.inputShape),
  flops: (inputs, _output, { kernel }) =>
    multiplyDims(productOfDims(inputAt(inputs, 0).shape), kernel.reduce((a, b) => a * b, 1) + 1),
  symbolicAttributes: ['inputShape'],
};
