import type { Attributes } from '../../graph/graph';
import { formatShape } from '../../graph/dim';
import type { Arguments } from '../arguments';
import {
  OpCallError,
  OpError,
  OpUnsupported,
  type ModuleBlueprint,
  type PyTorchBindings,
  type StateTensorSpec,
} from '../op';
import { readCount, readSize, readSizes, readTruth, requireFloat32 } from '../read-sizes';
import { f32 } from '../shapes';
import { at, fanInUniform, kernelOf, type ConvolutionAttributes, type PaddingMode } from './convolution';

/** `nn.Conv2d` and `F.conv2d`, and those of the other ranks. */
export function convolutionBindings(rank: number): PyTorchBindings {
  const [title, op] = [`Conv${rank}d`, `conv${rank}d`];
  return {
    modules: [
      {
        name: title,
        signature:
          "in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode='zeros', device=None, dtype=None",
        build: (args) => buildConvolution(title, op, rank, args),
      },
    ],
    functions: [
      {
        names: [`torch.nn.functional.${op}`, `torch.${op}`],
        signature: 'input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1',
        build(args) {
          const weight = args.tensor('weight');
          const bias = args.optionalTensor('bias');
          const attrs = readAttributes(op, args, kernelOf(op, weight.type, rank));
          return { op, attrs, inputs: [args.tensor('input').id, weight.id, ...(bias ? [bias.id] : [])] };
        },
      },
    ],
  };
}

function buildConvolution(title: string, op: string, rank: number, args: Arguments): ModuleBlueprint {
  const { inChannels, outChannels, kernel, groups } = readLayerSizes(title, args, rank);
  const paddingMode = readPaddingMode(title, args);
  return {
    op,
    ...attributesOrRefusal(() => {
      requireChannels(title, args);
      requirePositive(title, 'kernel_size', kernel);
      return readAttributes(title, args, kernel, paddingMode);
    }),
    tensors: layerTensors([outChannels, inChannels / groups, ...kernel], outChannels, args, title),
  };
}

/** A layer's attributes, or why every call of it is refused. */
export function attributesOrRefusal(read: () => Attributes): Pick<ModuleBlueprint, 'attrs' | 'refusedAtCall'> {
  try {
    return { attrs: read() };
  } catch (error) {
    if (error instanceof OpCallError) return { attrs: {}, refusedAtCall: error };
    throw error;
  }
}

/** PyTorch makes a layer without channels, with a warning; nothing can be given to it. */
export function requireChannels(title: string, args: Arguments): void {
  for (const name of ['in_channels', 'out_channels']) {
    if (readCount(title, args, name) === 0) throw new OpCallError(`${title}: ${name} must be positive, got 0.`);
  }
}

/** Sizes that a convolution's constructor makes its weight from. */
export function readLayerSizes(
  title: string,
  args: Arguments,
  rank: number,
): { inChannels: number; outChannels: number; kernel: readonly number[]; groups: number } {
  const inChannels = readPositiveCount(title, args, 'in_channels');
  const outChannels = readPositiveCount(title, args, 'out_channels');
  const kernel =
    args.value('kernel_size').kind === 'boolean'
      ? Array<number>(rank).fill(readCount(title, args, 'kernel_size'))
      : readSizes(title, args, 'kernel_size', rank, { spreadsOne: false });
  const groups = readGroups(title, args);
  for (const [name, value] of [
    ['in_channels', inChannels],
    ['out_channels', outChannels],
  ] as const) {
    if (value % groups !== 0) throw new OpError(`${title}: ${name}=${value} is not divisible by groups=${groups}.`);
  }
  if (kernel.some((size) => size < 0)) {
    throw new OpError(`${title}: kernel_size must be positive, got ${formatShape(kernel)}.`);
  }
  requireFloat32(title, args);
  return { inChannels, outChannels, kernel, groups };
}

/** Weight and bias, both drawn from U(±1/√fanIn), the weights that one output (of a transposed convolution: input) has. */
export function layerTensors(
  weight: readonly number[],
  outputs: number,
  args: Arguments,
  title: string,
): readonly StateTensorSpec[] {
  const init = fanInUniform(
    Math.max(
      1,
      weight.slice(1).reduce((product, size) => product * size, 1),
    ),
  );
  const bias = readTruth(title, args, 'bias');
  return [
    { name: 'weight', kind: 'parameter', type: f32(weight), init, input: true },
    ...(bias ? [{ name: 'bias', kind: 'parameter', type: f32([outputs]), init, input: true } as const] : []),
  ];
}

/** Reads what PyTorch's constructor keeps as it is given: what is wrong with it shows at the first call. */
export function untilCalled<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof OpError && !(error instanceof OpUnsupported)) throw new OpCallError(error.message, error.fix);
    throw error;
  }
}

export function readGroups(title: string, args: Arguments): number {
  const groups = readSize(title, args, 'groups');
  if (groups < 1) throw new OpError(`${title}: groups must be positive, got ${groups}.`);
  return groups;
}

export function requirePositive(title: string, name: string, sizes: readonly number[]): void {
  if (sizes.some((size) => size < 1))
    throw new OpCallError(`${title}: ${name} must be positive, got ${formatShape(sizes)}.`);
}

function readPositiveCount(title: string, args: Arguments, name: string): number {
  const value = readCount(title, args, name);
  if (value < 0) throw new OpError(`${title}: ${name} must be positive, got ${value}.`);
  return value;
}

function readAttributes(
  title: string,
  args: Arguments,
  kernel: readonly number[],
  paddingMode?: PaddingMode,
): ConvolutionAttributes {
  const rank = kernel.length;
  const stride = untilCalled(() => readSizes(title, args, 'stride', rank));
  const dilation = untilCalled(() => readSizes(title, args, 'dilation', rank));
  const groups = readGroups(title, args);
  requirePositive(title, 'stride', stride);
  requirePositive(title, 'dilation', dilation);
  const padding = readPadding(title, args, kernel, { stride, dilation, mayCrop: paddingMode !== undefined });
  // The op's own padding holds zeros; the attribute only stands where it does not.
  return { stride, dilation, groups, padding, ...(paddingMode ? { paddingMode } : {}) };
}

function readPaddingMode(title: string, args: Arguments): PaddingMode | undefined {
  const mode = args.string('padding_mode');
  if (mode === 'zeros') return undefined;
  if (mode === 'reflect' || mode === 'replicate' || mode === 'circular') return mode;
  throw new OpError(`${title}: padding_mode must be 'zeros', 'reflect', 'replicate' or 'circular', got '${mode}'.`);
}

/** `padding=1`, `(1, 2)`, `'valid'` or `'same'`; 'same' puts the odd element at the end, as PyTorch does. */
function readPadding(
  title: string,
  args: Arguments,
  kernel: readonly number[],
  { stride, dilation, mayCrop }: { stride: readonly number[]; dilation: readonly number[]; mayCrop: boolean },
): readonly number[] {
  if (!args.isString('padding')) {
    const padding = untilCalled(() => readSizes(title, args, 'padding', kernel.length, { spreadsOne: !mayCrop }));
    if (!mayCrop && padding.some((size) => size < 0)) {
      throw new OpCallError(`${title}: padding must not be negative, got ${formatShape(padding)}.`);
    }
    return [...padding, ...padding];
  }
  const name = args.string('padding');
  if (name === 'valid') return [...kernel, ...kernel].map(() => 0);
  if (name !== 'same') throw new OpError(`${title}: padding must be a number, 'valid' or 'same', got '${name}'.`);
  if (stride.some((step) => step !== 1)) throw new OpError(`${title}: padding='same' needs stride 1.`);
  const both = kernel.map((size, axis) => at(dilation, axis) * (size - 1));
  return [...both.map((size) => Math.floor(size / 2)), ...both.map((size) => Math.ceil(size / 2))];
}
