import { addDims, formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { Initializer, Shape, TensorType } from '../../graph/graph';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { paddedShape } from '../padding/pad';
import {
  dimAt,
  inputAt,
  requireEqual,
  requireTypeOfWeight,
  requireWindowFits,
  spatialShape,
  windowOutputSize,
} from '../shapes';
import { spatialFormulas, weightsFormula, windowFormula } from '../size-formulas';
import { lowerConvolution } from './lower-convolution';

// A type, not an interface: only types have the index signature that Attributes asks for.
export type ConvolutionAttributes = {
  readonly stride: readonly number[];
  /** Before each dimension, then after each, as ONNX orders them: [top, left, bottom, right]. */
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  /** What the padding holds; absent: zeros. */
  readonly paddingMode?: PaddingMode;
};

export type PaddingMode = 'reflect' | 'replicate' | 'circular';

/**
 * What convolutions of all ranks share (the number of spatial dimensions, 1 to 3): x `[N, C, …size]` or `[C, …size]`,
 * weight `[O, C/groups, …kernel]`, bias `[O]` (optional) → `[N, O, …]`,
 * each size ⌊(size + padding before and after − dilation·(kernel − 1) − 1) / stride⌋ + 1. Source: PyTorch, Conv2d.
 */
export function convolution(rank: number): OpDefinition<ConvolutionAttributes> {
  const title = `Conv${rank}d`;
  return {
    name: `conv${rank}d`,
    halfStorage: true,
    title,
    inferType(inputs, attrs) {
      const input = inputAt(inputs, 0);
      const weight = inputAt(inputs, 1);
      const { batch, channels, size } = spatialShape(title, input, rank);
      const kernel = kernelOf(title, weight, rank);
      const outChannels = dimAt(weight.shape, 0);
      requireChannels(title, input.shape, channels, multiplyDims(dimAt(weight.shape, 1), attrs.groups), attrs.groups);
      requireOutputs(title, outChannels, attrs.groups);
      requireBias(title, inputs[2], outChannels);
      requireTypeOfWeight(title, input, weight);
      requirePaddingFits(title, input.shape, attrs);
      const output = size.map((length, axis) => windowSize(length, at(kernel, axis), attrs, axis));
      requireWindowFits(title, input.shape, output, kernel);
      return { shape: [...batch, outChannels, ...output], dtype: input.dtype };
    },
    flops(inputs, output) {
      const perOutput = productOfDims(inputAt(inputs, 1).shape.slice(1));
      const bias = inputs.length > 2 ? 1 : 0;
      return multiplyDims(productOfDims(output.shape), addDims(multiplyDims(2, perOutput), bias));
    },
    receptiveField: (inputs, { stride, padding, dilation }) => ({
      kind: 'window',
      kernel: kernelOf(title, inputAt(inputs, 1), rank),
      stride,
      padding: padding.slice(0, rank),
      dilation,
    }),
    formulas(inputs, output, attrs) {
      const kernel = kernelOf(title, inputAt(inputs, 1), rank);
      const { size } = spatialShape(title, inputAt(inputs, 0), rank);
      return spatialFormulas(rank, (axis) =>
        windowFormula(dimAt(size, axis), dimAt(output.shape, axis - rank), {
          kernel: at(kernel, axis),
          stride: at(attrs.stride, axis),
          padding: [at(attrs.padding, axis), at(attrs.padding, axis + rank)],
          dilation: at(attrs.dilation, axis),
        }),
      );
    },
    parameterFormula(inputs) {
      const [outChannels = 0, groupChannels = 0, ...kernel] = inputAt(inputs, 1).shape;
      return weightsFormula(outChannels, [groupChannels], kernel, inputs.length > 2);
    },
    lower: lowerConvolution,
  };
}

function windowSize(length: Dim, kernel: number, attrs: ConvolutionAttributes, axis: number): Dim {
  const { stride, padding, dilation } = attrs;
  const both = at(padding, axis) + at(padding, axis + stride.length);
  return windowOutputSize(length, kernel, at(stride, axis), both, at(dilation, axis));
}

/** Mirrored and repeated padding is bounded by the input's size. */
function requirePaddingFits(
  title: string,
  input: Shape,
  { stride, padding, paddingMode }: ConvolutionAttributes,
): void {
  if (!paddingMode) return;
  const rank = stride.length;
  paddedShape(
    `${title} with padding_mode='${paddingMode}'`,
    paddingMode,
    input,
    padding.slice(0, rank),
    padding.slice(rank),
  );
}

/** The kernel's sizes stand in the weight, not in the attributes. */
export function kernelOf(title: string, weight: TensorType, rank: number): readonly number[] {
  const sizes = weight.shape.slice(2);
  if (weight.shape.length !== rank + 2) {
    throw new OpError(`${title} expects a weight of ${rank + 2} dimensions, got shape ${formatShape(weight.shape)}.`);
  }
  return sizes.map((size) => {
    if (typeof size === 'number') return size;
    throw new OpUnsupported(`${title}: the kernel size of the weight ${formatShape(weight.shape)} is not known.`);
  });
}

/** `in_channels` would mend it where the groups divide the input's channels. */
export function requireChannels(title: string, input: Shape, channels: Dim, expected: Dim, groups: number): void {
  const mends = typeof channels === 'number' && channels > 0 && channels % groups === 0;
  requireEqual(
    channels,
    expected,
    `${title} expects ${expected} input channels, its input of shape ${formatShape(input)} has ${channels}.`,
    mends ? { argument: 'in_channels', value: channels } : undefined,
  );
}

export function requireOutputs(title: string, outputs: Dim, groups: number): void {
  if (typeof outputs === 'number' && (outputs < 1 || outputs % groups !== 0)) {
    throw new OpError(
      outputs < 1
        ? `${title}: the weight has no output channels.`
        : `${title}: the ${outputs} outputs of the weight are not divisible by groups=${groups}.`,
    );
  }
}

export function requireBias(title: string, bias: TensorType | undefined, outputs: Dim): void {
  if (!bias) return;
  const message = `${title}: the bias must have the shape (${outputs},), got ${formatShape(bias.shape)}.`;
  if (bias.shape.length !== 1) throw new OpError(message);
  requireEqual(bias.shape[0], outputs, message);
}

/**
 * PyTorch's default for Linear and Conv layers, weight and bias alike: U(−1/√fanIn, 1/√fanIn)
 * (kaiming_uniform with a = √5 comes to the same bound). Source: torch.nn.modules.conv, `reset_parameters`.
 */
export function fanInUniform(fanIn: number): Initializer {
  return { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) };
}

/** The attribute of one dimension; attributes have one for each. */
export function at(sizes: readonly number[], axis: number): number {
  const size = sizes[axis];
  if (size === undefined) throw new Error(`No size for dimension ${axis}`);
  return size;
}
