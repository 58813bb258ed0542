import { multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { readPoolWindow } from './max-pool2d';
import { OpError, type OpDefinition } from '../op';
import { f32, imageShape, inputAt, poolOutputSize, requireWindowFits, type Pair } from '../shapes';

export type AvgPool2dAttributes = {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly ceilMode: boolean;
  /** Whether zeros of the padding count in the mean. */
  readonly countIncludePad: boolean;
  /** Divides the sums instead of the window's size. */
  readonly divisorOverride: number | null;
};

/** Mean of each window. `[N, C, H, W]` → `[N, C, OH, OW]`. Source: PyTorch, AvgPool2d. */
export const avgPool2d: OpDefinition<AvgPool2dAttributes> = {
  name: 'avg_pool2d',
  title: 'AvgPool2d',
  inferType(inputs, { kernel, stride, padding, ceilMode }) {
    const [n, channels, ...size] = imageShape('AvgPool2d', inputs[0]);
    const output = ([0, 1] as const).map((axis) =>
      poolOutputSize('AvgPool2d', size[axis], {
        kernel: kernel[axis],
        stride: stride[axis],
        padding: padding[axis],
        dilation: 1,
        ceilMode,
      }),
    );
    requireWindowFits('AvgPool2d', inputAt(inputs, 0).shape, output, kernel);
    return f32([n, channels, ...output]);
  },
  flops: (_inputs, output, { kernel }) => multiplyDims(productOfDims(output.shape), kernel[0] * kernel[1] + 1),
  receptiveField: (_inputs, { kernel, stride, padding }) => ({
    kind: 'window',
    kernel,
    stride,
    padding,
    dilation: [1, 1],
  }),
  gradient({ add, typeOf, node, attrs, outputGradient }) {
    const [x] = node.inputs as [NodeId];
    return [add('avg_pool2d_grad', { ...attrs, inputShape: typeOf(x).shape }, [outputGradient])];
  },
  pytorch: {
    modules: [
      {
        name: 'AvgPool2d',
        signature:
          'kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None',
        build: (args) => ({ op: 'avg_pool2d', attrs: readAttributes(args), tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.avg_pool2d'],
        signature:
          'input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None',
        build: (args) => ({ op: 'avg_pool2d', attrs: readAttributes(args), inputs: [args.tensor('input').id] }),
      },
    ],
  },
  onnx: 'AveragePool',
  keras: 'AveragePooling2D',
};

/** dy `[N, C, OH, OW]` → `inputShape`. */
export const avgPool2dGrad: OpDefinition<AvgPool2dAttributes & { readonly inputShape: readonly Dim[] }> = {
  name: 'avg_pool2d_grad',
  title: 'AvgPool2d, gradient',
  inferType: (_inputs, attrs) => f32(attrs.inputShape),
  flops: (inputs, _output, { kernel }) =>
    multiplyDims(productOfDims(inputAt(inputs, 0).shape), kernel[0] * kernel[1] + 1),
  symbolicAttributes: ['inputShape'],
};

function readAttributes(args: Arguments): AvgPool2dAttributes {
  const divisorOverride = args.isNone('divisor_override') ? null : args.integer('divisor_override');
  if (divisorOverride === 0) throw new OpError('AvgPool2d: divisor_override must not be 0.');
  return {
    ...readPoolWindow('AvgPool2d', args),
    ceilMode: args.boolean('ceil_mode'),
    countIncludePad: args.boolean('count_include_pad'),
    divisorOverride,
  };
}
