import { multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpError, type OpDefinition } from '../op';
import { f32, imageShape, inputAt, poolOutputSize, requireWindowFits, type Pair } from '../shapes';

export type MaxPool2dAttributes = {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly ceilMode: boolean;
};

/** Largest value of each window; padding counts as −∞. `[N, C, H, W]` → `[N, C, OH, OW]`. Source: PyTorch, MaxPool2d. */
export const maxPool2d: OpDefinition<MaxPool2dAttributes> = {
  name: 'max_pool2d',
  title: 'MaxPool2d',
  inferType(inputs, { kernel, stride, padding, dilation, ceilMode }) {
    const [n, channels, ...size] = imageShape('MaxPool2d', inputs[0]);
    const output = ([0, 1] as const).map((axis) =>
      poolOutputSize('MaxPool2d', size[axis], {
        kernel: kernel[axis],
        stride: stride[axis],
        padding: padding[axis],
        dilation: dilation[axis],
        ceilMode,
      }),
    );
    requireWindowFits('MaxPool2d', inputAt(inputs, 0).shape, output, kernel);
    return f32([n, channels, ...output]);
  },
  flops: (_inputs, output, { kernel }) => multiplyDims(productOfDims(output.shape), kernel[0] * kernel[1]),
  receptiveField: (_inputs, { kernel, stride, padding, dilation }) => ({
    kind: 'window',
    kernel,
    stride,
    padding,
    dilation,
  }),
  gradient({ add, node, attrs, outputGradient }) {
    const [x] = node.inputs as [NodeId];
    return [add('max_pool2d_grad', attrs, [outputGradient, x])];
  },
  pytorch: {
    modules: [
      {
        name: 'MaxPool2d',
        signature: 'kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False',
        build: (args) => ({ op: 'max_pool2d', attrs: readAttributes(args), tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.max_pool2d', 'torch.max_pool2d'],
        signature: 'input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False',
        build: (args) => ({ op: 'max_pool2d', attrs: readAttributes(args), inputs: [args.tensor('input').id] }),
      },
    ],
  },
  onnx: 'MaxPool',
  keras: 'MaxPooling2D',
};

/** dy `[N, C, OH, OW]`, x `[N, C, H, W]` → dx: each window's gradient goes to its first maximum in row-major order, as PyTorch's does. */
export const maxPool2dGrad: OpDefinition<MaxPool2dAttributes> = {
  name: 'max_pool2d_grad',
  title: 'MaxPool2d, gradient',
  inferType: (inputs) => inputAt(inputs, 1),
  flops: (inputs, _output, { kernel }) => multiplyDims(productOfDims(inputAt(inputs, 0).shape), kernel[0] * kernel[1]),
};

function readAttributes(args: Arguments): MaxPool2dAttributes {
  args.requireDefault('return_indices', false);
  const { kernel, stride, padding } = readPoolWindow('MaxPool2d', args);
  const dilation = args.pair('dilation');
  if (dilation[0] < 1 || dilation[1] < 1) throw new OpError(`MaxPool2d: dilation must be positive.`);
  return { kernel, stride, padding, dilation, ceilMode: args.boolean('ceil_mode') };
}

/** kernel_size, stride (kernel_size where None) and padding (at most half of the kernel) of a pooling layer. */
export function readPoolWindow(title: string, args: Arguments): { kernel: Pair; stride: Pair; padding: Pair } {
  const kernel = args.pair('kernel_size');
  const stride = args.isNone('stride') ? kernel : args.pair('stride');
  const padding = args.pair('padding');
  if (Math.min(...kernel, ...stride) < 1) throw new OpError(`${title}: kernel_size and stride must be positive.`);
  for (const axis of [0, 1] as const) {
    if (padding[axis] < 0 || padding[axis] * 2 > kernel[axis]) {
      throw new OpError(
        `${title}: padding must be between 0 and half of the kernel size, got ${padding[axis]} for a kernel of ${kernel[axis]}.`,
      );
    }
  }
  return { kernel, stride, padding };
}
