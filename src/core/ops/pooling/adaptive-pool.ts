import { productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import {
  OpError,
  type GradientContext,
  type LoweringContext,
  type OpDefinition,
  type PyTorchBindings,
  type ReceptiveFieldRule,
  type SizeFormula,
} from '../op';
import { readDims, readDimsOrNone, readTruth } from '../read-sizes';
import { dimAt, inputAt, requireFloatInput, spatialShape } from '../shapes';
import { formatSize, spatialFormulas } from '../size-formulas';
import { indicesCall, withIndices } from './max-pool';

export type AdaptivePoolAttributes = {
  /** Outermost dimension first; null keeps the input's size. */
  readonly outputSize: readonly (Dim | null)[];
};

/**
 * A pool over bins that divide the input into a fixed number of parts: bin i covers ⌊i·size/parts⌋ … ⌈(i+1)·size/parts⌉.
 * `[N, C, …size]` → `[N, C, …outputSize]`. Source: PyTorch, AdaptiveAvgPool2d and AdaptiveMaxPool2d.
 */
export function adaptivePool(kind: 'avg' | 'max', rank: number): OpDefinition<AdaptivePoolAttributes> {
  const title = `Adaptive${kind === 'avg' ? 'Avg' : 'Max'}Pool${rank}d`;
  const op = `adaptive_${kind}_pool${rank}d`;
  return {
    name: op,
    halfStorage: true,
    title,
    inferType(inputs, { outputSize }) {
      const input = inputAt(inputs, 0);
      const { batch, channels, size } = spatialShape(title, input, rank);
      requireFloatInput(title, input);
      return {
        shape: [...batch, channels, ...size.map((length, axis) => outputSize[axis] ?? length)],
        dtype: input.dtype,
      };
    },
    flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
    receptiveField: (inputs, { outputSize }) =>
      adaptiveReceptiveField(inputAt(inputs, 0).shape.slice(-rank), outputSize),
    formulas: (inputs, output) => adaptiveFormulas(inputs, output, rank),
    ...(kind === 'avg' ? { gradient: averageGradient } : { lower: lowerToIndices }),
    pytorch: kind === 'avg' ? avgBindings(title, op, rank) : maxBindings(title, op, rank),
    ...(kind === 'avg' ? { keras: `GlobalAveragePooling${rank}D` } : { keras: `GlobalMaxPooling${rank}D` }),
  };
}

function averageGradient({
  add,
  typeOf,
  node,
  attrs,
  outputGradient,
}: GradientContext<AdaptivePoolAttributes>): readonly NodeId[] {
  const [x] = node.inputs as [NodeId];
  return [add('adaptive_avg_pool_grad', { ...attrs, inputShape: typeOf(x).shape }, [outputGradient])];
}

/** The maxima are what stands at their indices, which the gradient needs too. */
function lowerToIndices({ add, node, attrs }: LoweringContext<AdaptivePoolAttributes>): NodeId {
  const [x] = node.inputs as [NodeId];
  return add('plane_gather', { rank: attrs.outputSize.length }, [x, add(`${node.op}_indices`, attrs, [x])]);
}

/** Where in the flattened input (of its channel) each maximum of an adaptive pool stands. */
export function adaptiveMaxPoolIndices(rank: number): OpDefinition<AdaptivePoolAttributes> {
  const values = adaptivePool('max', rank);
  return {
    name: `${values.name}_indices`,
    title: `${values.title}, indices`,
    inferType: (inputs, attrs) => ({ ...values.inferType(inputs, attrs), dtype: 'i64' }),
    receptiveField: (inputs, { outputSize }) =>
      adaptiveReceptiveField(inputAt(inputs, 0).shape.slice(-rank), outputSize),
    formulas: (inputs, output) => adaptiveFormulas(inputs, output, rank),
  };
}

function adaptiveFormulas(inputs: readonly TensorType[], output: TensorType, rank: number): readonly SizeFormula[] {
  return spatialFormulas(rank, (axis) => {
    const [from, to] = [dimAt(inputAt(inputs, 0).shape, axis - rank), dimAt(output.shape, axis - rank)];
    return from === to ? undefined : `output_size = ${formatSize(to)}`;
  });
}

/**
 * Bins of one size are a window; else they differ from place to place and may overlap, so that only 'global' holds for
 * all of them. A pool to one element is global too.
 */
function adaptiveReceptiveField(input: Shape, outputSize: readonly (Dim | null)[]): ReceptiveFieldRule {
  const bins = input.map((size, axis) => {
    const parts = outputSize[axis] ?? size;
    if (parts === size) return 1;
    return typeof size === 'number' && typeof parts === 'number' && parts > 0 ? size / parts : Number.NaN;
  });
  if (!bins.every(Number.isInteger) || outputSize.every((size) => size === 1)) return { kind: 'global' };
  const each = (value: number) => bins.map(() => value);
  return { kind: 'window', kernel: bins, stride: bins, padding: each(0), dilation: each(1) };
}

function avgBindings(title: string, op: string, rank: number): PyTorchBindings {
  return {
    modules: [
      {
        name: title,
        signature: 'output_size',
        build: (args) => ({ op, attrs: { outputSize: readOutputSize(title, args, rank) }, tensors: [] }),
      },
    ],
    functions: [
      {
        names: [`torch.nn.functional.${op}`, ...(rank === 1 ? [`torch.${op}`] : [])],
        signature: 'input, output_size',
        build: (args) => ({
          op,
          attrs: { outputSize: readOutputSize(title, args, rank) },
          inputs: [args.tensor('input').id],
        }),
      },
    ],
  };
}

function maxBindings(title: string, op: string, rank: number): PyTorchBindings {
  const build = (args: Arguments, indices: boolean) =>
    withIndices(op, { outputSize: readOutputSize(title, args, rank) }, [args.tensor('input').id], indices);
  return {
    modules: [
      {
        name: title,
        signature: 'output_size, return_indices=False',
        build: (args) => ({
          op,
          attrs: {
            outputSize: readOutputSize(title, args, rank),
            ...(readTruth(title, args, 'return_indices') ? { returnIndices: true } : {}),
          },
          tensors: [],
        }),
        call: indicesCall(op),
      },
    ],
    functions: [
      {
        names: [`torch.nn.functional.${op}`],
        signature: 'input, output_size, return_indices=False',
        build: (args) => build(args, readTruth(title, args, 'return_indices')),
      },
      {
        names: [`torch.nn.functional.${op}_with_indices`],
        signature: 'input, output_size, return_indices=False',
        build: (args) => build(args, true),
      },
      ...(rank === 1
        ? [{ names: [`torch.${op}`], signature: 'input, output_size', build: (args: Arguments) => build(args, true) }]
        : []),
    ],
  };
}

/** None keeps a size, but not for sequences, and not in place of the tuple. */
function readOutputSize(title: string, args: Arguments, rank: number): readonly (Dim | null)[] {
  const inTuple = rank > 1 && args.value('output_size').kind === 'sequence';
  const sizes = inTuple ? readDimsOrNone(title, args, 'output_size', rank) : readDims(title, args, 'output_size', rank);
  for (const size of sizes) {
    if (typeof size !== 'number') continue;
    if (size < 0) throw new OpError(`${title}: output_size must not be negative, got ${size}.`);
  }
  return sizes;
}
