import { addDims, formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { Initializer, NodeId } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpError, type ModuleBlueprint, type OpDefinition } from '../op';
import {
  dimAt,
  f32,
  imageShape,
  inputAt,
  requireWindowFits,
  windowOutputSize,
  type Padding4,
  type Pair,
} from '../shapes';

// A type, not an interface: only types have the index signature that Attributes asks for.
export type Conv2dAttributes = {
  readonly stride: Pair;
  readonly padding: Padding4;
  readonly dilation: Pair;
  readonly groups: number;
};

/**
 * 2-D cross-correlation. x `[N, C, H, W]`, weight `[O, C/groups, kH, kW]`, bias `[O]` (optional) → `[N, O, OH, OW]`,
 * OH = ⌊(H + top + bottom − dilation·(kH − 1) − 1) / stride⌋ + 1. Source: PyTorch, Conv2d.
 */
export const conv2d: OpDefinition<Conv2dAttributes> = {
  name: 'conv2d',
  title: 'Conv2d',
  inferType(inputs, attrs) {
    const [n, channels, height, width] = imageShape('Conv2d', inputs[0]);
    const weight = inputAt(inputs, 1).shape;
    const [outChannels, groupChannels, kernelHeight, kernelWidth] = imageShape('The weight of Conv2d', inputs[1]);
    const expected = multiplyDims(groupChannels, attrs.groups);
    if (channels !== expected) {
      throw new OpError(
        `Conv2d expects ${expected} input channels, its input of shape ${formatShape(inputAt(inputs, 0).shape)} has ${channels}.`,
      );
    }
    if (typeof kernelHeight !== 'number' || typeof kernelWidth !== 'number') {
      throw new OpError(`Conv2d: the kernel size of the weight ${formatShape(weight)} is not known.`);
    }
    const [top, left, bottom, right] = attrs.padding;
    const [strideY, strideX] = attrs.stride;
    const [dilationY, dilationX] = attrs.dilation;
    const output = [
      windowOutputSize(height, kernelHeight, strideY, top + bottom, dilationY),
      windowOutputSize(width, kernelWidth, strideX, left + right, dilationX),
    ];
    requireWindowFits('Conv2d', inputAt(inputs, 0).shape, output, [kernelHeight, kernelWidth]);
    return f32([n, outChannels, ...output]);
  },
  flops(inputs, output) {
    const perOutput = productOfDims(inputAt(inputs, 1).shape.slice(1));
    const bias = inputs.length > 2 ? 1 : 0;
    return multiplyDims(productOfDims(output.shape), addDims(multiplyDims(2, perOutput), bias));
  },
  receptiveField(inputs, { stride, padding, dilation }) {
    const kernel = kernelOf(inputAt(inputs, 1).shape);
    return { kind: 'window', kernel, stride, padding: [padding[0], padding[1]], dilation };
  },
  gradient({ add, typeOf, node, attrs, outputGradient, needs }) {
    const [x, weight] = node.inputs as [NodeId, NodeId];
    return [
      needs[0]
        ? add('conv2d_grad_input', { ...attrs, inputShape: typeOf(x).shape }, [outputGradient, weight])
        : undefined,
      needs[1]
        ? add('conv2d_grad_weight', { ...attrs, weightShape: typeOf(weight).shape }, [x, outputGradient])
        : undefined,
      needs[2] ? add('channel_sum', {}, [outputGradient]) : undefined,
    ];
  },
  pytorch: {
    modules: [
      {
        name: 'Conv2d',
        signature:
          "in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode='zeros', device=None, dtype=None",
        build: buildConv2d,
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.conv2d', 'torch.conv2d'],
        signature: 'input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1',
        build(args) {
          const weight = args.tensor('weight');
          const bias = args.optionalTensor('bias');
          const [, , kernelHeight, kernelWidth] = weight.type.shape;
          if (typeof kernelHeight !== 'number' || typeof kernelWidth !== 'number') {
            throw new OpError('conv2d: the weight must have the shape (out, in / groups, height, width).');
          }
          return {
            op: 'conv2d',
            attrs: windowAttributes(args, [kernelHeight, kernelWidth]),
            inputs: [args.tensor('input').id, weight.id, ...(bias ? [bias.id] : [])],
          };
        },
      },
    ],
  },
  onnx: 'Conv',
  keras: 'Conv2D',
};

/** dL/dx of a convolution: dy `[N, O, OH, OW]`, weight → `inputShape`. */
export const conv2dGradInput: OpDefinition<Conv2dAttributes & { readonly inputShape: readonly Dim[] }> = {
  name: 'conv2d_grad_input',
  title: 'Conv2d, gradient of the input',
  inferType: (_inputs, attrs) => f32(attrs.inputShape),
  flops: (inputs) => gradientFlops(inputAt(inputs, 0).shape, inputAt(inputs, 1).shape),
  symbolicAttributes: ['inputShape'],
};

/** dL/dweight of a convolution: x, dy → `weightShape`. */
export const conv2dGradWeight: OpDefinition<Conv2dAttributes & { readonly weightShape: readonly Dim[] }> = {
  name: 'conv2d_grad_weight',
  title: 'Conv2d, gradient of the weight',
  inferType: (_inputs, attrs) => f32(attrs.weightShape),
  flops: (inputs, output) => gradientFlops(inputAt(inputs, 1).shape, output.shape),
  symbolicAttributes: ['weightShape'],
};

/** One multiply-add for every output gradient and every weight that made it. */
function gradientFlops(outputGradient: readonly Dim[], weight: readonly Dim[]): Dim {
  return multiplyDims(2, multiplyDims(productOfDims(outputGradient), productOfDims(weight.slice(1))));
}

function buildConv2d(args: Arguments): ModuleBlueprint {
  const inChannels = args.positiveInteger('in_channels');
  const outChannels = args.positiveInteger('out_channels');
  const kernel = args.pair('kernel_size');
  const attrs = windowAttributes(args, kernel);
  if (args.string('padding_mode') !== 'zeros') args.requireDefault('padding_mode', 'zeros');
  for (const [name, value] of [
    ['in_channels', inChannels],
    ['out_channels', outChannels],
  ] as const) {
    if (value % attrs.groups !== 0)
      throw new OpError(`Conv2d: ${name}=${value} is not divisible by groups=${attrs.groups}.`);
  }
  const weightShape = [outChannels, inChannels / attrs.groups, ...kernel];
  const init = fanInUniform((inChannels / attrs.groups) * kernel[0] * kernel[1]);
  return {
    op: 'conv2d',
    attrs,
    tensors: [
      { name: 'weight', kind: 'parameter', type: f32(weightShape), init, input: true },
      ...(args.boolean('bias')
        ? [{ name: 'bias', kind: 'parameter', type: f32([outChannels]), init, input: true } as const]
        : []),
    ],
  };
}

/**
 * PyTorch's default for Linear and Conv layers, weight and bias alike: U(−1/√fanIn, 1/√fanIn)
 * (kaiming_uniform with a = √5 comes to the same bound). Source: torch.nn.modules.conv, `reset_parameters`.
 */
export function fanInUniform(fanIn: number): Initializer {
  return { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) };
}

function windowAttributes(args: Arguments, kernel: Pair): Conv2dAttributes {
  const stride = args.pair('stride');
  const dilation = args.pair('dilation');
  const groups = args.positiveInteger('groups');
  for (const [name, [height, width]] of [
    ['kernel_size', kernel],
    ['stride', stride],
    ['dilation', dilation],
  ] as const) {
    if (height < 1 || width < 1) throw new OpError(`Conv2d: ${name} must be positive, got (${height}, ${width}).`);
  }
  return { stride, dilation, groups, padding: readPadding(args, kernel, stride, dilation) };
}

/** `padding=1`, `(1, 2)`, `'valid'` or `'same'`; 'same' puts the odd pixel at the end, as PyTorch does. */
function readPadding(args: Arguments, kernel: Pair, stride: Pair, dilation: Pair): Padding4 {
  if (!args.isString('padding')) {
    const [vertical, horizontal] = args.pair('padding');
    if (vertical < 0 || horizontal < 0)
      throw new OpError(`Conv2d: padding must not be negative, got (${vertical}, ${horizontal}).`);
    return [vertical, horizontal, vertical, horizontal];
  }
  const name = args.string('padding');
  if (name === 'valid') return [0, 0, 0, 0];
  if (name !== 'same') throw new OpError(`Conv2d: padding must be a number, 'valid' or 'same', got '${name}'.`);
  if (stride[0] !== 1 || stride[1] !== 1) throw new OpError("Conv2d: padding='same' needs stride 1.");
  const vertical = dilation[0] * (kernel[0] - 1);
  const horizontal = dilation[1] * (kernel[1] - 1);
  const top = Math.floor(vertical / 2);
  const left = Math.floor(horizontal / 2);
  return [top, left, vertical - top, horizontal - left];
}

/** The kernel's height and width stand in the weight, not in the attributes. */
function kernelOf(weight: readonly Dim[]): Pair {
  const [height, width] = [dimAt(weight, 2), dimAt(weight, 3)];
  if (typeof height !== 'number' || typeof width !== 'number') throw new Error('Kernel sizes are known');
  return [height, width];
}
