import { addDims, formatShape, subtractDims, type Dim } from '../../graph/dim';
import type { TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpCallError, OpError, type ModuleBlueprint, type PyTorchBindings } from '../op';
import { readDimList, readSizes } from '../read-sizes';
import { spatialShape } from '../shapes';
import { at, kernelOf } from './convolution';
import {
  layerTensors,
  readGroups,
  readLayerSizes,
  requirePositive,
  untilCalled,
  attributesOrRefusal,
  requireChannels,
} from './convolution-bindings';
import { transposedSize, type TransposedConvolutionAttributes } from './transposed-convolution';

/** `nn.ConvTranspose2d` and `F.conv_transpose2d`, and those of the other ranks. */
export function transposedBindings(rank: number): PyTorchBindings {
  const [title, op] = [`ConvTranspose${rank}d`, `conv_transpose${rank}d`];
  return {
    modules: [
      {
        name: title,
        signature:
          "in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None",
        build: (args) => buildTransposed(title, op, rank, args),
        call: {
          signature: 'input, output_size=None',
          build(args, layer) {
            const input = args.tensor('input');
            const tensors = [...layer.tensors.values()];
            const attrs = layer.attrs as TransposedConvolutionAttributes;
            const weight = layer.tensors.get('weight');
            const inputs = [input.id, ...tensors.map(({ id }) => id)];
            if (args.isNone('output_size') || !weight) {
              requireOutputPadding(title, attrs, attrs.outputPadding);
              return { op, attrs, inputs };
            }
            const outputPadding = paddingForSize(title, args, input.type, kernelOf(title, weight.type, rank), attrs);
            return { op, attrs: { ...attrs, outputPadding }, inputs };
          },
        },
      },
    ],
    functions: [
      {
        names: [`torch.nn.functional.${op}`, `torch.${op}`],
        signature: 'input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1',
        build(args) {
          const weight = args.tensor('weight');
          const bias = args.optionalTensor('bias');
          const attrs = readAttributes(op, args, rank);
          requireOutputPadding(op, attrs, attrs.outputPadding);
          return { op, attrs, inputs: [args.tensor('input').id, weight.id, ...(bias ? [bias.id] : [])] };
        },
      },
    ],
  };
}

function buildTransposed(title: string, op: string, rank: number, args: Arguments): ModuleBlueprint {
  const { inChannels, outChannels, kernel, groups } = readLayerSizes(title, args, rank);
  const mode = args.string('padding_mode');
  if (mode !== 'zeros') throw new OpError(`${title}: padding_mode must be 'zeros', got '${mode}'.`);
  return {
    op,
    ...attributesOrRefusal(() => {
      requireChannels(title, args);
      requirePositive(title, 'kernel_size', kernel);
      return readAttributes(title, args, rank);
    }),
    tensors: layerTensors([inChannels, outChannels / groups, ...kernel], outChannels, args, title),
  };
}

function readAttributes(
  title: string,
  args: Arguments,
  rank: number,
): TransposedConvolutionAttributes & { readonly outputPadding: readonly number[] } {
  const stride = untilCalled(() => readSizes(title, args, 'stride', rank));
  const dilation = untilCalled(() => readSizes(title, args, 'dilation', rank));
  requirePositive(title, 'stride', stride);
  requirePositive(title, 'dilation', dilation);
  const padding = untilCalled(() => readSizes(title, args, 'padding', rank));
  const outputPadding = untilCalled(() => readSizes(title, args, 'output_padding', rank));
  for (const [name, sizes] of [
    ['padding', padding],
    ['output_padding', outputPadding],
  ] as const) {
    if (sizes.some((size) => size < 0)) {
      throw new OpCallError(`${title}: ${name} must not be negative, got ${formatShape(sizes)}.`);
    }
  }
  return { stride, padding, outputPadding, dilation, groups: readGroups(title, args) };
}

/** More than a step's or the dilation's elements at the end would be beyond all windows. */
function requireOutputPadding(
  title: string,
  { stride, dilation }: TransposedConvolutionAttributes,
  outputPadding: readonly Dim[],
): void {
  for (const [axis, size] of outputPadding.entries()) {
    if (typeof size === 'number' && size >= at(stride, axis) && size >= at(dilation, axis)) {
      throw new OpError(
        `${title}: output_padding must be smaller than stride or dilation, got ${size} for a stride of ${at(stride, axis)}.`,
      );
    }
  }
}

/** The output padding that makes the output as large as `forward` was told. */
function paddingForSize(
  title: string,
  args: Arguments,
  input: TensorType,
  kernel: readonly number[],
  attrs: TransposedConvolutionAttributes,
): readonly Dim[] {
  const rank = kernel.length;
  const { size } = spatialShape(title, input, rank);
  const given = readDimList(title, args, 'output_size');
  if (given.length !== rank && given.length !== input.shape.length) {
    throw new OpError(
      `${title}: output_size must have ${rank} or ${input.shape.length} sizes, got ${formatShape(given)}.`,
    );
  }
  const wanted = given.slice(-rank);
  const bare = { ...attrs, outputPadding: [] };
  const least = size.map((length, axis) => transposedSize(length, at(kernel, axis), bare, axis));
  return wanted.map((length, axis) => {
    const missing = subtractDims(length, least[axis] ?? 0);
    if (typeof missing === 'number' && (missing < 0 || missing >= at(attrs.stride, axis))) {
      const most = least.map((low, index) => addDims(low, at(attrs.stride, index) - 1));
      throw new OpError(
        `${title}: output_size ${formatShape(wanted)} is not between ${formatShape(least)} and ${formatShape(most)}, which an input of shape ${formatShape(input.shape)} allows.`,
      );
    }
    return missing;
  });
}
