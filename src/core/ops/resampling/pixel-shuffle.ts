import { divideExactly, floorDivideDims, formatShape, multiplyDims, type Dim } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { readSize } from '../read-sizes';
import { dimAt, inputAt } from '../shapes';
import { bracketed, formatSize } from '../size-formulas';

export type PixelShuffleAttributes = { readonly factor: number };

/**
 * Makes larger images of channels: `[…, C·r², H, W]` → `[…, C, H·r, W·r]`.
 * Source: Shi et al., 'Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel CNN', 2016; PyTorch, PixelShuffle.
 */
export const pixelShuffle: OpDefinition<PixelShuffleAttributes> = {
  name: 'pixel_shuffle',
  title: 'PixelShuffle',
  inferType(inputs, { factor }) {
    const input = inputAt(inputs, 0);
    requireImage('PixelShuffle', input.shape);
    const [channels, height, width] = [dimAt(input.shape, -3), dimAt(input.shape, -2), dimAt(input.shape, -1)];
    const size = [multiplyDims(height, factor), multiplyDims(width, factor)];
    const outChannels = divide('PixelShuffle', 'channels', channels, factor ** 2, input.shape);
    return { shape: [...input.shape.slice(0, -3), outChannels, ...size], dtype: input.dtype };
  },
  receptiveField: (_inputs, { factor }) => ({ kind: 'resample', scale: [factor, factor], taps: [1, 1] }),
  formulas(inputs, output, { factor }) {
    if (factor === 1) return [];
    return ['C', 'H', 'W'].map((name, index) => {
      const [from, to] = [dimAt(inputAt(inputs, 0).shape, index - 3), dimAt(output.shape, index - 3)];
      return { name, text: `${bracketed(from)}${index === 0 ? `/${factor}²` : `·${factor}`} = ${formatSize(to)}` };
    });
  },
  gradient: ({ add, attrs, outputGradient }) => [add('pixel_unshuffle', attrs, [outputGradient])],
  pytorch: {
    modules: [
      {
        name: 'PixelShuffle',
        signature: 'upscale_factor',
        build: (args) => ({
          op: 'pixel_shuffle',
          attrs: readFactor('PixelShuffle', args, 'upscale_factor'),
          tensors: [],
        }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.pixel_shuffle', 'torch.pixel_shuffle'],
        signature: 'input, upscale_factor',
        build: (args) => ({
          op: 'pixel_shuffle',
          attrs: readFactor('pixel_shuffle', args, 'upscale_factor'),
          inputs: [args.tensor('input').id],
        }),
      },
    ],
  },
  onnx: 'DepthToSpace',
};

/** Makes channels of blocks of pixels: `[…, C, H·r, W·r]` → `[…, C·r², H, W]`. Source: PyTorch, PixelUnshuffle. */
export const pixelUnshuffle: OpDefinition<PixelShuffleAttributes> = {
  name: 'pixel_unshuffle',
  title: 'PixelUnshuffle',
  inferType(inputs, { factor }) {
    const input = inputAt(inputs, 0);
    requireImage('PixelUnshuffle', input.shape);
    const [channels, height, width] = [dimAt(input.shape, -3), dimAt(input.shape, -2), dimAt(input.shape, -1)];
    const size = [
      divide('PixelUnshuffle', 'height', height, factor, input.shape),
      divide('PixelUnshuffle', 'width', width, factor, input.shape),
    ];
    return { shape: [...input.shape.slice(0, -3), multiplyDims(channels, factor ** 2), ...size], dtype: input.dtype };
  },
  // One channel holds one pixel of each block; what mixes the channels sees the block.
  receptiveField: (_inputs, { factor }) => ({
    kind: 'window',
    kernel: [factor, factor],
    stride: [factor, factor],
    padding: [0, 0],
    dilation: [1, 1],
  }),
  formulas(inputs, output, { factor }) {
    if (factor === 1) return [];
    return ['C', 'H', 'W'].map((name, index) => {
      const [from, to] = [dimAt(inputAt(inputs, 0).shape, index - 3), dimAt(output.shape, index - 3)];
      return { name, text: `${bracketed(from)}${index === 0 ? `·${factor}²` : `/${factor}`} = ${formatSize(to)}` };
    });
  },
  gradient: ({ add, attrs, outputGradient }) => [add('pixel_shuffle', attrs, [outputGradient])],
  pytorch: {
    modules: [
      {
        name: 'PixelUnshuffle',
        signature: 'downscale_factor',
        build: (args) => ({
          op: 'pixel_unshuffle',
          attrs: readFactor('PixelUnshuffle', args, 'downscale_factor'),
          tensors: [],
        }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.pixel_unshuffle', 'torch.pixel_unshuffle'],
        signature: 'input, downscale_factor',
        build: (args) => ({
          op: 'pixel_unshuffle',
          attrs: readFactor('pixel_unshuffle', args, 'downscale_factor'),
          inputs: [args.tensor('input').id],
        }),
      },
    ],
  },
  onnx: 'SpaceToDepth',
};

function readFactor(title: string, args: Arguments, name: string): PixelShuffleAttributes {
  const factor = readSize(title, args, name);
  if (factor < 1) throw new OpError(`${title}: ${name} must be positive, got ${factor}.`);
  return { factor };
}

function requireImage(title: string, shape: readonly Dim[]): void {
  if (shape.length < 3) throw new OpError(`${title} expects images (…, C, H, W), got shape ${formatShape(shape)}.`);
}

/** The quotient; a size with symbols may or may not divide, and PyTorch refuses where it does not. */
function divide(title: string, what: string, size: Dim, divisor: number, shape: readonly Dim[]): Dim {
  const quotient = divideExactly(size, divisor);
  if (quotient !== undefined) return quotient;
  if (typeof size === 'number') {
    throw new OpError(
      `${title}: an input of shape ${formatShape(shape)} has ${what} ${size}, which is not divisible by ${divisor}.`,
    );
  }
  if (what === 'channels')
    throw new OpUnsupported(`${title}: whether ${size} channels divide by ${divisor} is not known.`);
  return floorDivideDims(size, divisor);
}
