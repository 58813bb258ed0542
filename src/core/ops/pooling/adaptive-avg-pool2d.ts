import { productOfDims, type Dim } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { f32 } from '../shapes';
import { adaptivePool, type AdaptivePoolAttributes } from './adaptive-pool';

/** Mean over a fixed number of bins. `[N, C, H, W]` → `[N, C, OH, OW]`. Source: PyTorch, AdaptiveAvgPool2d. */
export const adaptiveAvgPool2d: OpDefinition<AdaptivePoolAttributes> = {
  ...adaptivePool('avg', 2),
  gradient({ add, typeOf, node, outputGradient }) {
    const [x] = node.inputs as [NodeId];
    return [add('adaptive_avg_pool2d_grad', { inputShape: typeOf(x).shape }, [outputGradient])];
  },
};

/** dy `[N, C, OH, OW]` → `inputShape`. */
export const adaptiveAvgPool2dGrad: OpDefinition<{ readonly inputShape: readonly Dim[] }> = {
  name: 'adaptive_avg_pool2d_grad',
  title: 'AdaptiveAvgPool2d, gradient',
  inferType: (_inputs, attrs) => f32(attrs.inputShape),
  flops: (_inputs, output) => productOfDims(output.shape),
  symbolicAttributes: ['inputShape'],
};
