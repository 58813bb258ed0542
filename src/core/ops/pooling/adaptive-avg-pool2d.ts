import { productOfDims, type Dim } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpError, type OpDefinition } from '../op';
import { f32, imageShape, inputAt } from '../shapes';

export type AdaptiveAvgPool2dAttributes = {
  /** [height, width]; null keeps the input's size. */
  readonly outputSize: readonly [number | null, number | null];
};

/**
 * Mean over bins that divide the input into a fixed number of parts: bin i covers ⌊i·H/OH⌋ … ⌈(i+1)·H/OH⌉.
 * `[N, C, H, W]` → `[N, C, OH, OW]`. Source: PyTorch, AdaptiveAvgPool2d.
 */
export const adaptiveAvgPool2d: OpDefinition<AdaptiveAvgPool2dAttributes> = {
  name: 'adaptive_avg_pool2d',
  title: 'AdaptiveAvgPool2d',
  inferType(inputs, { outputSize }) {
    const [n, channels, height, width] = imageShape('AdaptiveAvgPool2d', inputs[0]);
    return f32([n, channels, outputSize[0] ?? height, outputSize[1] ?? width]);
  },
  flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
  receptiveField: () => ({ kind: 'global' }),
  gradient({ add, typeOf, node, outputGradient }) {
    const [x] = node.inputs as [NodeId];
    return [add('adaptive_avg_pool2d_grad', { inputShape: typeOf(x).shape }, [outputGradient])];
  },
  pytorch: {
    modules: [
      {
        name: 'AdaptiveAvgPool2d',
        signature: 'output_size',
        build: (args) => ({ op: 'adaptive_avg_pool2d', attrs: { outputSize: readOutputSize(args) }, tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.adaptive_avg_pool2d'],
        signature: 'input, output_size',
        build: (args) => ({
          op: 'adaptive_avg_pool2d',
          attrs: { outputSize: readOutputSize(args) },
          inputs: [args.tensor('input').id],
        }),
      },
    ],
  },
  keras: 'GlobalAveragePooling2D',
};

/** dy `[N, C, OH, OW]` → `inputShape`. */
export const adaptiveAvgPool2dGrad: OpDefinition<{ readonly inputShape: readonly Dim[] }> = {
  name: 'adaptive_avg_pool2d_grad',
  title: 'AdaptiveAvgPool2d, gradient',
  inferType: (_inputs, attrs) => f32(attrs.inputShape),
  flops: (_inputs, output) => productOfDims(output.shape),
  symbolicAttributes: ['inputShape'],
};

function readOutputSize(args: Arguments): readonly [number | null, number | null] {
  const value = args.value('output_size');
  const items = value.kind === 'sequence' ? value.items : [value, value];
  const sizes = items.map((item) => {
    if (item.kind === 'none') return null;
    if (item.kind === 'integer' && typeof item.value === 'number' && item.value >= 1) return item.value;
    throw new OpError('AdaptiveAvgPool2d: output_size must be positive whole numbers or None.');
  });
  const [height, width = height, ...more] = sizes;
  if (height === undefined || width === undefined || more.length > 0) {
    throw new OpError('AdaptiveAvgPool2d: output_size must be one size or (height, width).');
  }
  return [height, width];
}
