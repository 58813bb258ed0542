import { multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { f32, inputAt } from '../shapes';
import type { AdaptivePoolAttributes } from './adaptive-pool';
import type { AvgPoolAttributes } from './avg-pool';

/** dy `[N, C, …]` → `inputShape`. */
export const avgPoolGrad: OpDefinition<AvgPoolAttributes & { readonly inputShape: readonly Dim[] }> = {
  name: 'avg_pool_grad',
  halfStorage: true,
  title: 'AvgPool, gradient',
  inferType: (_inputs, attrs) => f32(attrs.inputShape),
  flops: (inputs, _output, { kernel }) =>
    multiplyDims(productOfDims(inputAt(inputs, 0).shape), kernel.reduce((a, b) => a * b, 1) + 1),
  symbolicAttributes: ['inputShape'],
};

/** dy `[N, C, …outputSize]` → `inputShape`. */
export const adaptiveAvgPoolGrad: OpDefinition<AdaptivePoolAttributes & { readonly inputShape: readonly Dim[] }> = {
  name: 'adaptive_avg_pool_grad',
  halfStorage: true,
  title: 'AdaptiveAvgPool, gradient',
  inferType: (_inputs, attrs) => f32(attrs.inputShape),
  flops: (_inputs, output) => productOfDims(output.shape),
  symbolicAttributes: ['inputShape'],
};
