import type { Attributes, Shape, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { broadcastShapes } from '../arithmetic/broadcast';
import { resultDtype } from '../arithmetic/promote';
import { requireFloat } from '../fits';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import {
  lossOp,
  reductionParameters,
  shapesOf,
  tensorOf,
  typed,
  type LossAttributes,
  type LossTensors,
} from './loss-op';

const margin = (args: Arguments): Attributes => ({ margin: args.number('margin') });
const compared = ['input1', 'input2', 'target'] as const;
const triplet = ['anchor', 'positive', 'negative'] as const;

/** max(0, −y·(x₁ − x₂) + margin). Source: PyTorch, MarginRankingLoss. */
export const marginRankingLoss: OpDefinition<LossAttributes> = lossOp({
  name: 'margin_ranking_loss',
  title: 'MarginRankingLoss',
  tensors: compared,
  layer: `margin=0.0, ${reductionParameters}`,
  signature: `input1, input2, target, margin=0, ${reductionParameters}`,
  attributes: margin,
  unreduced(tensors, _attrs, reduction) {
    const all = compared.map((name) => tensorOf(tensors, name));
    requireOneRank('MarginRankingLoss', all);
    const type = typed(broadcastShapes('MarginRankingLoss', ...shapes(all)), resultDtype(all));
    if (reduction === 'mean' || type.dtype === 'bool') requireFloat('MarginRankingLoss', type);
    return type;
  },
  flopsPerElement: 4,
});

/** 1 − cos(x₁, x₂) where y = 1, max(0, cos − margin) where y = −1. Inputs `[N, D]`, target `[N]`; or `[D]` and `[]`. Source: PyTorch, CosineEmbeddingLoss. */
export const cosineEmbeddingLoss: OpDefinition<LossAttributes> = lossOp({
  name: 'cosine_embedding_loss',
  title: 'CosineEmbeddingLoss',
  tensors: compared,
  layer: `margin=0.0, ${reductionParameters}`,
  signature: `input1, input2, target, margin=0, ${reductionParameters}`,
  attributes: margin,
  unreduced(tensors) {
    const [first, second, target] = compared.map((name) => tensorOf(tensors, name)) as [
      TensorType,
      TensorType,
      TensorType,
    ];
    const rank = target.shape.length + 1;
    if (rank > 2 || first.shape.length !== rank || second.shape.length !== rank) {
      throw new OpError(
        `CosineEmbeddingLoss expects inputs (N, D) and a target (N), or (D) and (), got ${shapesOf(first, second, target)}.`,
      );
    }
    const pairs = broadcastShapes('CosineEmbeddingLoss', first.shape, second.shape).slice(0, -1);
    return typed(broadcastShapes('CosineEmbeddingLoss', pairs, target.shape), resultDtype([first, second]));
  },
  flopsPerElement: 8,
});

/** max(0, ‖a − p‖ − ‖a − n‖ + margin); anchor, positive and negative `[N, D]` or `[D]`. Source: PyTorch, TripletMarginLoss. */
export const tripletMarginLoss: OpDefinition<LossAttributes> = lossOp({
  name: 'triplet_margin_loss',
  title: 'TripletMarginLoss',
  tensors: triplet,
  layer: `margin=1.0, p=2.0, eps=1e-06, swap=False, ${reductionParameters}`,
  signature: `anchor, positive, negative, margin=1.0, p=2, eps=1e-06, swap=False, ${reductionParameters}`,
  attributes: (args) => ({
    margin: args.number('margin'),
    p: args.number('p'),
    eps: args.number('eps'),
    swap: args.boolean('swap'),
  }),
  unreduced: (tensors) => tripletType('TripletMarginLoss', tensors),
  flopsPerElement: 8,
});

/** The same with a distance of one's own; here only with the Euclidean one that it has by itself. Source: PyTorch, TripletMarginWithDistanceLoss. */
export const tripletMarginWithDistanceLoss: OpDefinition<LossAttributes> = lossOp({
  name: 'triplet_margin_with_distance_loss',
  title: 'TripletMarginWithDistanceLoss',
  tensors: triplet,
  layer: "*, distance_function=None, margin=1.0, swap=False, reduction='mean'",
  signature: "anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, reduction='mean'",
  attributes(args) {
    if (!args.isNone('distance_function')) {
      throw new OpUnsupported('TripletMarginWithDistanceLoss with a distance_function is not supported yet.');
    }
    return { margin: args.number('margin'), swap: args.boolean('swap') };
  },
  unreduced: (tensors) => tripletType('TripletMarginWithDistanceLoss', tensors),
  flopsPerElement: 8,
});

function tripletType(title: string, tensors: LossTensors): TensorType {
  const all = triplet.map((name) => tensorOf(tensors, name));
  requireOneRank(title, all);
  const [anchor = [], positive = [], negative = []] = shapes(all);
  const distance = (other: Shape): Shape => broadcastShapes(title, anchor, other).slice(0, -1);
  const type = typed(broadcastShapes(title, distance(positive), distance(negative)), resultDtype(all));
  requireFloat(title, type);
  return type;
}

function requireOneRank(title: string, tensors: readonly TensorType[]): void {
  if (new Set(tensors.map(({ shape }) => shape.length)).size === 1) return;
  throw new OpError(`${title} expects tensors of as many dimensions, got ${shapesOf(...tensors)}.`);
}

function shapes(tensors: readonly TensorType[]): readonly Shape[] {
  return tensors.map(({ shape }) => shape);
}
