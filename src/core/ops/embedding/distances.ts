import { multiplyDims, productOfDims } from '../../graph/dim';
import { broadcastShapes } from '../arithmetic/broadcast';
import { resultDtype } from '../arithmetic/promote';
import type { NodeId } from '../../graph/graph';
import { requireFloat } from '../fits';
import type { Arguments } from '../arguments';
import type { CallBlueprint, OpDefinition } from '../op';
import { inputAt, normalizeDimension, sameShape } from '../shapes';

export type CosineSimilarityAttributes = {
  readonly dim: number;
  readonly eps: number;
};

/** x₁·x₂ / max(‖x₁‖·‖x₂‖, eps) along `dim`, which is gone; both broadcast. Source: PyTorch, CosineSimilarity. */
export const cosineSimilarity: OpDefinition<CosineSimilarityAttributes> = {
  name: 'cosine_similarity',
  title: 'CosineSimilarity',
  inferType(inputs, { dim }) {
    const shape = broadcastShapes('CosineSimilarity', inputAt(inputs, 0).shape, inputAt(inputs, 1).shape);
    const at = normalizeDimension('CosineSimilarity', dim, shape.length);
    const type = { shape: shape.filter((_, i) => i !== at), dtype: resultDtype(inputs) };
    requireFloat('CosineSimilarity', type);
    return type;
  },
  lower({ add, attrs, node, typeOf }) {
    const [first, second] = node.inputs as [NodeId, NodeId];
    const shape = broadcastShapes('CosineSimilarity', typeOf(first).shape, typeOf(second).shape);
    const dims = [normalizeDimension('CosineSimilarity', attrs.dim, shape.length)];
    const reduced = { dims, keepDims: false };
    const spread = (id: NodeId): NodeId => (sameShape(typeOf(id).shape, shape) ? id : add('expand', { shape }, [id]));
    const [a, b] = [spread(first), spread(second)];
    const length = (id: NodeId): NodeId => add('clamp', { min: attrs.eps, max: null }, [add('norm', reduced, [id])]);
    const lengths = add('multiply', {}, [length(a), length(b)]);
    return add('divide', {}, [add('product_sum', reduced, [a, b]), lengths]);
  },
  // Three products and three sums for each pair of values.
  flops: (inputs) =>
    multiplyDims(
      6,
      productOfDims(broadcastShapes('CosineSimilarity', inputAt(inputs, 0).shape, inputAt(inputs, 1).shape)),
    ),
  receptiveField(inputs, { dim }) {
    const rank = inputAt(inputs, 0).shape.length;
    return { kind: 'reduces', dims: [normalizeDimension('CosineSimilarity', dim, rank)], keepDims: false };
  },
  pytorch: {
    modules: [
      {
        name: 'CosineSimilarity',
        signature: 'dim=1, eps=1e-08',
        build: (args) => ({
          op: 'cosine_similarity',
          attrs: { dim: args.integer('dim'), eps: args.number('eps') },
          tensors: [],
        }),
        call: {
          signature: 'x1, x2',
          build: (args, { op, attrs }) => ({ op, attrs, inputs: [args.tensor('x1').id, args.tensor('x2').id] }),
        },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.cosine_similarity', 'torch.cosine_similarity'],
        signature: 'x1, x2, dim=1, eps=1e-08',
        build: (args) => ({
          op: 'cosine_similarity',
          attrs: { dim: args.integer('dim'), eps: args.number('eps') },
          inputs: [args.tensor('x1').id, args.tensor('x2').id],
        }),
      },
    ],
  },
};

export type PairwiseDistanceAttributes = {
  /** Exponent of the norm. */
  readonly p: number;
  readonly eps: number;
  readonly keepDim: boolean;
};

/** ‖x₁ − x₂ + eps‖ₚ along the last dimension; both broadcast. Source: PyTorch, PairwiseDistance. */
export const pairwiseDistance: OpDefinition<PairwiseDistanceAttributes> = {
  name: 'pairwise_distance',
  title: 'PairwiseDistance',
  inferType(inputs, { keepDim }) {
    const shape = broadcastShapes('PairwiseDistance', inputAt(inputs, 0).shape, inputAt(inputs, 1).shape);
    const dtype = resultDtype(inputs);
    return { shape: keepDim && shape.length > 0 ? [...shape.slice(0, -1), 1] : shape.slice(0, -1), dtype };
  },
  lower({ add, attrs, node, typeOf }) {
    const difference = add('subtract', {}, node.inputs);
    const distance = add('add', {}, [difference, add('constant', { value: attrs.eps, shape: [] }, [])]);
    const rank = typeOf(distance).shape.length;
    const dims = rank === 0 ? [] : [rank - 1];
    return add('norm', { dims, keepDims: attrs.keepDim, ...exponentOf(attrs.p) }, [distance]);
  },
  flops: (inputs) =>
    multiplyDims(
      4,
      productOfDims(broadcastShapes('PairwiseDistance', inputAt(inputs, 0).shape, inputAt(inputs, 1).shape)),
    ),
  receptiveField: (inputs, { keepDim }) => ({
    kind: 'reduces',
    dims: inputAt(inputs, 0).shape.length === 0 ? [] : [inputAt(inputs, 0).shape.length - 1],
    keepDims: keepDim,
  }),
  pytorch: {
    modules: [
      {
        name: 'PairwiseDistance',
        signature: 'p=2.0, eps=1e-06, keepdim=False',
        build: (args) => ({ op: 'pairwise_distance', attrs: readDistance(args), tensors: [] }),
        call: {
          signature: 'x1, x2',
          build: (args, { op, attrs }) => ({ op, attrs, inputs: [args.tensor('x1').id, args.tensor('x2').id] }),
        },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.pairwise_distance', 'torch.pairwise_distance'],
        signature: 'x1, x2, p=2.0, eps=1e-06, keepdim=False',
        build: (args): CallBlueprint => ({
          op: 'pairwise_distance',
          attrs: readDistance(args),
          inputs: [args.tensor('x1').id, args.tensor('x2').id],
        }),
      },
    ],
  },
};

/** Exponent of a norm, where it is not 2. */
function exponentOf(p: number): { readonly p?: number | string } {
  if (p === 2) return {};
  return { p: Number.isFinite(p) ? p : 'inf' };
}

function readDistance(args: Arguments): PairwiseDistanceAttributes {
  return { p: args.number('p'), eps: args.number('eps'), keepDim: args.boolean('keepdim') };
}
