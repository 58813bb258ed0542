import { formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape, TensorType } from '../../graph/graph';
import type { Arguments, ArgumentValue } from '../arguments';
import { OpError, OpUnsupported, type CallResult, type LoweringContext, type OpDefinition } from '../op';
import { batchPlace, type BatchPlace } from '../batch-place';
import { requirePositive } from '../convolution/convolution-bindings';
import { readDims, readSizes, readTruth } from '../read-sizes';
import { scaledSize } from '../resampling/scaled-size';
import { dimAt, f32, inputAt, requireEqual, requireFloatInput, spatialShape } from '../shapes';
import { formatSize, spatialFormulas } from '../size-formulas';
import { indicesCall, withIndices } from './max-pool';

export type FractionalMaxPoolAttributes = {
  readonly kernel: readonly number[];
  /** Empty where `outputRatio` says the size. */
  readonly outputSize: readonly Dim[];
  /** Output size / input size; empty where `outputSize` is given. */
  readonly outputRatio: readonly number[];
};

/**
 * Largest value of windows at random places. `[N, C, …size]` → `[N, C, …outputSize]`.
 * Source: Graham, 'Fractional Max-Pooling', 2014; PyTorch, FractionalMaxPool2d.
 */
export function fractionalMaxPool(rank: number): OpDefinition<FractionalMaxPoolAttributes> {
  const [title, op] = [`FractionalMaxPool${rank}d`, `fractional_max_pool${rank}d`];
  const signature = 'kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None';
  const build = (args: Arguments, indices: boolean): CallResult =>
    withIndices(op, readAttributes(title, args, rank), [args.tensor('input').id, ...givenSamples(args)], indices);
  return {
    name: op,
    title,
    inferType(inputs, { kernel, outputSize, outputRatio }) {
      const input = inputAt(inputs, 0);
      requireFloatInput(title, input);
      const { batch, channels, size } = spatialShape(title, input, rank);
      if (inputs[1]) requireSamples(title, inputs[1], [batch[0] ?? 1, channels, rank]);
      const output = size.map((length, axis) => outputSize[axis] ?? scaledSize(title, length, outputRatio[axis] ?? 1));
      for (const [axis, length] of output.entries()) {
        const from = dimAt(size, axis);
        if (typeof from !== 'number' || typeof length !== 'number') continue;
        if (length < 1 || length + (kernel[axis] ?? 1) - 1 > from) {
          throw new OpError(
            `${title}: an input of shape ${formatShape(input.shape)} has no room for ${length} windows of ${kernel[axis] ?? 1}.`,
          );
        }
      }
      return { shape: [...batch, channels, ...output], dtype: input.dtype };
    },
    flops: (_inputs, output, { kernel }) =>
      multiplyDims(
        productOfDims(output.shape),
        kernel.reduce((a, b) => a * b, 1),
      ),
    // The windows' places are drawn anew each time, so that no fixed window holds.
    receptiveField: () => ({ kind: 'global' }),
    formulas(inputs, output, { outputRatio }) {
      return spatialFormulas(rank, (axis) => {
        const [from, to] = [dimAt(inputAt(inputs, 0).shape, axis - rank), dimAt(output.shape, axis - rank)];
        const ratio = outputRatio[axis];
        return ratio === undefined
          ? `output_size = ${formatSize(to)}`
          : `⌊${formatSize(from)}·${ratio}⌋ = ${formatSize(to)}`;
      });
    },
    lower: lowerToIndices,
    pytorch: {
      modules: [
        {
          name: title,
          signature,
          build: (args) => ({
            op,
            attrs: {
              ...readAttributes(title, args, rank),
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
          signature: `input, ${signature}`,
          build: (args) => build(args, readTruth(title, args, 'return_indices')),
        },
        {
          names: [`torch.nn.functional.${op}_with_indices`],
          signature: `input, ${signature}`,
          build: (args) => build(args, true),
        },
      ],
    },
  };
}

/** Where in the flattened input (of its channel) each maximum stands. */
export function fractionalMaxPoolIndices(rank: number): OpDefinition<FractionalMaxPoolAttributes> {
  const values = fractionalMaxPool(rank);
  return {
    name: `${values.name}_indices`,
    title: `${values.title}, indices`,
    inferType: (inputs, attrs) => ({ ...values.inferType(inputs, attrs), dtype: 'i64' }),
    lower({ add, node, attrs, random, key }) {
      const [x, given] = node.inputs as [NodeId, NodeId?];
      // The node before this one is the pool whose places these are.
      return add(node.op, attrs, [x, given ?? addSamples({ add, node, attrs, random, key: key - 1 })]);
    },
  };
}

/** The maxima are what stands at their indices, which the gradient needs too. In evaluation the windows are random too, as in PyTorch. */
function lowerToIndices(context: LoweringContext<FractionalMaxPoolAttributes>): NodeId {
  const { add, node, attrs } = context;
  const [x, given] = node.inputs as [NodeId, NodeId?];
  const samples = given ?? addSamples(context);
  return add('plane_gather', { rank: attrs.kernel.length }, [x, add(`${node.op}_indices`, attrs, [x, samples])]);
}

function addSamples({
  add,
  node,
  attrs,
  random,
  key,
}: Pick<LoweringContext<FractionalMaxPoolAttributes>, 'add' | 'node' | 'attrs' | 'random' | 'key'>): NodeId {
  const rank = attrs.kernel.length;
  const channels = node.type.shape.slice(0, -rank);
  const shape = [...(channels.length === 1 ? [1] : []), ...channels, rank];
  return add('fractional_pool_samples', { key, shape, ...batchPlace(shape.slice(0, -1)) }, [random()]);
}

export type FractionalPoolSamplesAttributes = {
  /** Number of the layer: part of the random numbers' counter. */
  readonly key: number;
  /** `[N, C, rank]` */
  readonly shape: readonly Dim[];
  readonly batch?: BatchPlace;
};

/**
 * How far into their sections the windows of each channel lie, in [0, 1), from `random` (see `dropout_apply`): of channel
 * n·C + c, the upper 24 bits of the first words of Philox(counter [n·C + c, 0, key, step low], key [seed low, seed high]).
 */
export const fractionalPoolSamples: OpDefinition<FractionalPoolSamplesAttributes> = {
  name: 'fractional_pool_samples',
  title: 'FractionalMaxPool, random places',
  inferType: (_inputs, { shape }) => f32(shape),
  symbolicAttributes: ['shape'],
};

/** PyTorch's `_random_samples`, where they are given. */
function givenSamples(args: Arguments): readonly NodeId[] {
  return args.isNone('_random_samples') ? [] : [args.tensor('_random_samples').id];
}

function requireSamples(title: string, { shape }: TensorType, expected: Shape): void {
  const message = `${title}: _random_samples must have the shape ${formatShape(expected)}, got ${formatShape(shape)}.`;
  if (shape.length !== expected.length) throw new OpError(message);
  for (const [axis, size] of expected.entries()) requireEqual(shape[axis], size, message);
}

function readAttributes(title: string, args: Arguments, rank: number): FractionalMaxPoolAttributes {
  const kernel = readSizes(title, args, 'kernel_size', rank, { spreadsOne: false });
  requirePositive(title, 'kernel_size', kernel);
  const [hasSize, hasRatio] = [!args.isNone('output_size'), !args.isNone('output_ratio')];
  if (hasSize === hasRatio) throw new OpError(`${title} needs output_size or output_ratio, one of the two.`);
  if (hasSize) {
    const outputSize = readDims(title, args, 'output_size', rank, { spreadsOne: false });
    return { kernel, outputSize, outputRatio: [] };
  }
  return { kernel, outputSize: [], outputRatio: readRatios(title, args, rank) };
}

function readRatios(title: string, args: Arguments, rank: number): readonly number[] {
  const value = args.value('output_ratio');
  const items = value.kind === 'sequence' ? value.items : Array<ArgumentValue>(rank).fill(value);
  if (items.length !== rank) throw new OpError(`${title}: output_ratio must be a number or ${rank} numbers.`);
  return items.map((item) => {
    if (item.kind === 'float' && item.value > 0 && item.value < 1) return item.value;
    if (item.kind === 'float' || item.kind === 'integer') {
      throw new OpError(`${title}: output_ratio must be between 0 and 1, got ${item.value}.`);
    }
    throw new OpUnsupported(`${title}: output_ratio is not known.`);
  });
}
