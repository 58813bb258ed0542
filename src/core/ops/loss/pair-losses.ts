import type { Attributes, NodeId, Shape, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { broadcastShapes } from '../arithmetic/broadcast';
import { resultDtype } from '../arithmetic/promote';
import { requireFloat } from '../fits';
import { OpError, OpUnsupported, type LoweringContext, type OpDefinition } from '../op';
import { gradientOf } from './loss-gradients';
import {
  lossOp,
  reductionParameters,
  shapesOf,
  tensorOf,
  typed,
  type LossAttributes,
  type LossTensors,
} from './loss-op';
import { isUnreduced, lowerPointwise } from './lower-loss';

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
  lower: lowerPointwise,
  elementwise: isUnreduced,
  gradient: gradientOf('pointwise_loss_grad', 2),
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
  lower: lowerCosineEmbedding,
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
  lower: (context) => {
    const { p, eps, swap } = context.attrs;
    return lowerTriplet(context, { p: Number(p), eps: Number(eps) }, swap === true);
  },
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
  // The distance of PairwiseDistance.
  lower: (context) => lowerTriplet(context, { p: 2, eps: 1e-6 }, context.attrs['swap'] === true),
});

/** Of 1 − cos, the hinge loss with the margin 1 − margin; cos with PyTorch's own guard against zero. */
function lowerCosineEmbedding({ node, attrs, add, typeOf }: LoweringContext<LossAttributes>): NodeId {
  const [first, second, target] = node.inputs as [NodeId, NodeId, NodeId];
  const constant = (value: number): NodeId => add('constant', { value, shape: [] }, []);
  const alongLast = (a: NodeId, b: NodeId): NodeId => {
    const products = add('multiply', {}, [a, b]);
    return add('sum', { dims: [typeOf(products).shape.length - 1], keepDims: false }, [products]);
  };
  const guarded = (x: NodeId): NodeId => add('add', {}, [alongLast(x, x), constant(1e-12)]);
  const lengths = add('sqrt', {}, [add('multiply', {}, [guarded(first), guarded(second)])]);
  const cosine = add('divide', {}, [alongLast(first, second), lengths]);
  const distance = add('subtract', {}, [constant(1), cosine]);
  const { reduction, given } = attrs;
  return add('hinge_embedding_loss', { reduction, given, margin: 1 - Number(attrs['margin']) }, [distance, target]);
}

/** The ranking loss of the two distances. */
function lowerTriplet(
  { node, attrs, add, typeOf }: LoweringContext<LossAttributes>,
  { p, eps }: { readonly p: number; readonly eps: number },
  swap: boolean,
): NodeId {
  const [anchor, positive, negative] = node.inputs as [NodeId, NodeId, NodeId];
  const distance = (a: NodeId, b: NodeId): NodeId => add('pairwise_distance', { p, eps, keepDim: false }, [a, b]);
  const near = distance(anchor, positive);
  const far = distance(anchor, negative);
  const nearest = swap ? add('minimum', {}, [far, distance(positive, negative)]) : far;
  const shape = broadcastShapes(node.op, typeOf(near).shape, typeOf(nearest).shape);
  const ranked = add('constant', { value: 1, shape }, []);
  const { reduction, given } = attrs;
  return add('margin_ranking_loss', { reduction, given, margin: Number(attrs['margin']) }, [nearest, near, ranked]);
}

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
