import { addDims, formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { TensorType } from '../../graph/graph';
import type { Arguments, TensorArgument } from '../arguments';
import { requireShape } from '../fits';
import { OpError, OpUnsupported, type CallBlueprint, type OpDefinition } from '../op';
import { dimAt, f32, inputAt } from '../shapes';
import {
  initialTable,
  readOptions,
  readPadding,
  readTable,
  requireIndices,
  requireNoMaxNorm,
  requireTable,
  type EmbeddingAttributes,
} from './embedding';

export type EmbeddingBagAttributes = {
  readonly reduction: 'sum' | 'mean' | 'max';
  readonly paddingIdx: number | null;
  /** Whether offsets end with the number of indices. */
  readonly includeLastOffset: boolean;
  /** Which of the inputs after the weight are there. */
  readonly offsets: boolean;
  readonly sampleWeights: boolean;
} & Pick<EmbeddingAttributes, 'byFrequency' | 'maxNorm'>;

/**
 * Rows of a table, summed, averaged or maximised in bags. Inputs: indices `[N, size]`, or `[count]` with offsets
 * `[bags]`; weight `[num_embeddings, embedding_dim]`; offsets; weights of the samples, of the indices' shape.
 * Result: `[bags, embedding_dim]`. Source: PyTorch, EmbeddingBag.
 */
export const embeddingBag: OpDefinition<EmbeddingBagAttributes> = {
  name: 'embedding_bag',
  title: 'EmbeddingBag',
  inferType(inputs, attrs) {
    const [indices, weight] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    requireIndices('EmbeddingBag', indices);
    requireTable('EmbeddingBag', weight);
    const bags = bagCount(indices, attrs.offsets ? inputAt(inputs, 2) : undefined);
    if (attrs.sampleWeights) requireSampleWeights(indices, inputAt(inputs, attrs.offsets ? 3 : 2), attrs);
    const count: Dim = attrs.includeLastOffset ? addDims(bags, -1) : bags;
    return { shape: [count, dimAt(weight.shape, 1)], dtype: weight.dtype };
  },
  flops: (inputs, output) => multiplyDims(productOfDims(inputAt(inputs, 0).shape), dimAt(output.shape, 1)),
  receptiveField: () => ({ kind: 'global' }),
  parameterFormula: (inputs) => inputAt(inputs, 1).shape.join('·'),
  lower({ add, node, attrs }) {
    requireNoMaxNorm('EmbeddingBag', attrs);
    if (attrs.byFrequency) {
      throw new OpUnsupported('EmbeddingBag: scale_grad_by_freq=True is not supported in training yet.');
    }
    return add('embedding_bag', attrs, node.inputs);
  },
  gradient({ add, node, attrs, outputGradient, needs }) {
    const inputs = [outputGradient, node.id, ...node.inputs];
    const samples = attrs.offsets ? 3 : 2;
    return node.inputs.map((_, index) => {
      if (!needs[index]) return undefined;
      if (index === 1) return add('embedding_bag_grad', attrs, inputs);
      return index === samples ? add('embedding_bag_grad_samples', attrs, inputs) : undefined;
    });
  },
  pytorch: {
    modules: [
      {
        name: 'EmbeddingBag',
        signature:
          "num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', sparse=False, _weight=None, include_last_offset=False, padding_idx=None, device=None, dtype=None",
        build(args) {
          args.requireDefault('_weight', null);
          const type = f32(readTable('EmbeddingBag', args));
          const paddingIdx = readPadding(args, Number(type.shape[0]));
          const init = initialTable(paddingIdx);
          const attrs = {
            reduction: readMode(args),
            paddingIdx,
            includeLastOffset: args.boolean('include_last_offset'),
            ...readOptions(args),
          };
          return {
            op: 'embedding_bag',
            attrs,
            tensors: [{ name: 'weight', kind: 'parameter', type, init, input: true }],
          };
        },
        call: {
          signature: 'input, offsets=None, per_sample_weights=None',
          build(args, { attrs, tensors }) {
            const weight = tensors.get('weight');
            if (!weight) throw new Error('An EmbeddingBag has a weight');
            return callBag(attrs as Settings, args.tensor('input'), weight, args);
          },
        },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.embedding_bag'],
        signature:
          "input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode='mean', sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None",
        build(args) {
          // Long ago the weight came first; PyTorch still takes that.
          const [first, second] = [args.tensor('input'), args.tensor('weight')];
          const swapped = second.type.dtype === 'i64' && first.type.dtype !== 'i64' && first.type.dtype !== 'i32';
          const [input, weight] = swapped ? [second, first] : [first, second];
          const rows = weight.type.shape[0];
          const settings = {
            reduction: readMode(args),
            paddingIdx: readPadding(args, typeof rows === 'number' ? rows : Infinity),
            includeLastOffset: args.boolean('include_last_offset'),
            ...readOptions(args),
          };
          return callBag(settings, input, weight, args);
        },
      },
    ],
  },
};

/** dL/dweight. Inputs: dL/dy, y, then those of the forward pass. Of a maximum the first that has it gets all. */
export const embeddingBagGrad: OpDefinition<EmbeddingBagAttributes> = gradientOp('embedding_bag_grad', 3);
/** dL/d(weights of the samples). */
export const embeddingBagGradSamples: OpDefinition<EmbeddingBagAttributes> = gradientOp(
  'embedding_bag_grad_samples',
  undefined,
);

/** `like`: the input whose gradient it is; undefined: the last one. */
function gradientOp(name: string, like: number | undefined): OpDefinition<EmbeddingBagAttributes> {
  return {
    name,
    title: 'EmbeddingBag, gradient',
    inferType: (inputs) => inputAt(inputs, like ?? inputs.length - 1),
    flops: (inputs) =>
      multiplyDims(multiplyDims(2, productOfDims(inputAt(inputs, 2).shape)), dimAt(inputAt(inputs, 0).shape, 1)),
  };
}

type Settings = Pick<
  EmbeddingBagAttributes,
  'reduction' | 'paddingIdx' | 'includeLastOffset' | 'byFrequency' | 'maxNorm'
>;

function callBag(settings: Settings, input: TensorArgument, weight: TensorArgument, args: Arguments): CallBlueprint {
  const [offsets, samples] = [args.optionalTensor('offsets'), args.optionalTensor('per_sample_weights')];
  return {
    op: 'embedding_bag',
    attrs: { ...settings, offsets: offsets !== undefined, sampleWeights: samples !== undefined },
    inputs: [input, weight, offsets, samples].flatMap((tensor) => (tensor ? [tensor.id] : [])),
  };
}

function bagCount(indices: TensorType, offsets: TensorType | undefined): Dim {
  const [first, second, ...more] = indices.shape;
  if (first !== undefined && second !== undefined && more.length === 0) {
    if (offsets) throw new OpError('EmbeddingBag takes no offsets with indices of two dimensions.');
    return first;
  }
  if (indices.shape.length !== 1) {
    throw new OpError(`EmbeddingBag expects indices of 1 or 2 dimensions, got shape ${formatShape(indices.shape)}.`);
  }
  if (offsets?.shape.length !== 1) {
    throw new OpError('EmbeddingBag needs offsets of one dimension with indices of one dimension.');
  }
  return dimAt(offsets.shape, 0);
}

function requireSampleWeights(indices: TensorType, weights: TensorType, { reduction }: EmbeddingBagAttributes): void {
  requireShape(
    weights.shape,
    indices.shape,
    `EmbeddingBag expects a weight for each index, got ${formatShape(weights.shape)} for ${formatShape(indices.shape)}.`,
  );
  if (reduction !== 'sum') throw new OpError("EmbeddingBag takes per_sample_weights with mode='sum' alone.");
}

function readMode(args: Arguments): 'sum' | 'mean' | 'max' {
  const mode = args.string('mode');
  if (mode === 'sum' || mode === 'mean' || mode === 'max') return mode;
  throw new OpError(`EmbeddingBag: mode must be 'sum', 'mean' or 'max', got '${mode}'.`);
}
