import { formatShape } from '../../graph/dim';
import type { Attributes, NodeId, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { broadcastShapes } from '../arithmetic/broadcast';
import { dtypeName, isFloating, resultDtype } from '../arithmetic/promote';
import { requireFloat, requireShape } from '../fits';
import { OpError, OpUnsupported, type LoweringContext, type OpDefinition } from '../op';
import { dimAt, requireEqual, sameShape, surelyDiffer } from '../shapes';
import { gradientOf } from './loss-gradients';
import {
  lossOp,
  reductionParameters,
  shapesOf,
  tensorOf,
  typed,
  type LossAttributes,
  type LossTensors,
  type Reduction,
} from './loss-op';
import { asFloats } from './lower-loss';

const pair = ['input', 'target'] as const;
const weighted = "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'";

/**
 * −log softmax(x)[y], weighted by class. Input `[N, C, …]` or `[C]`, target class indices `[N, …]` or `[]`, or
 * probabilities of the input's shape. The name `cross_entropy` is that of the training's own loss.
 * Source: PyTorch, CrossEntropyLoss.
 */
export const crossEntropyLoss: OpDefinition<LossAttributes> = lossOp({
  name: 'cross_entropy_loss',
  title: 'CrossEntropyLoss',
  tensors: pair,
  optional: ['weight'],
  layer: `${weighted}, label_smoothing=0.0`,
  signature: `input, target, ${weighted}, label_smoothing=0.0`,
  attributes(args) {
    const labelSmoothing = args.number('label_smoothing');
    if (labelSmoothing > 1) {
      throw new OpError(`CrossEntropyLoss: label_smoothing must be between 0 and 1, got ${labelSmoothing}.`);
    }
    return { ...readIgnored(args), labelSmoothing };
  },
  unreduced(tensors, attrs) {
    const [input, target] = [tensorOf(tensors, 'input'), tensorOf(tensors, 'target')];
    requireFloat('CrossEntropyLoss', input);
    const indices = classType('CrossEntropyLoss', input, target);
    if (isFloating(target.dtype)) {
      const both = shapesOf(input, target);
      requireShape(
        target.shape,
        input.shape,
        `CrossEntropyLoss expects probabilities of the input's shape, or class indices of type torch.int64, got ${both}.`,
      );
      if (Number(attrs['ignoreIndex']) >= 0) {
        throw new OpError('CrossEntropyLoss: ignore_index has no meaning where the target holds probabilities.');
      }
    } else requireClasses('CrossEntropyLoss', input, target, indices);
    requireWeight('CrossEntropyLoss', input, tensors['weight']);
    return indices;
  },
  flopsPerElement: 6,
  onnx: 'SoftmaxCrossEntropyLoss',
  lower({ node, attrs, add }) {
    const { reduction, ignoreIndex, labelSmoothing } = attrs;
    return add(
      'cross_entropy',
      { reduction, ignoreIndex: ignoreIndex ?? null, labelSmoothing: labelSmoothing ?? 0 },
      node.inputs,
    );
  },
});

const nllLayer = {
  name: 'nll_loss',
  title: 'NLLLoss',
  tensors: pair,
  optional: ['weight'],
  layer: weighted,
  signature: `input, target, ${weighted}`,
  attributes: readIgnored,
  unreduced(tensors: LossTensors): TensorType {
    const [input, target] = [tensorOf(tensors, 'input'), tensorOf(tensors, 'target')];
    requireFloat('NLLLoss', input);
    requireIndices('NLLLoss', target);
    if (
      input.shape.length === 1 &&
      target.shape.length === 1 &&
      !surelyDiffer(dimAt(input.shape, 0), dimAt(target.shape, 0))
    ) {
      throw new OpUnsupported('NLLLoss of one vector of scores and one of classes is not supported.');
    }
    const type = classType('NLLLoss', input, target);
    requireClasses('NLLLoss', input, target, type);
    requireWeight('NLLLoss', input, tensors['weight']);
    return type;
  },
  flopsPerElement: 1,
  gradient: gradientOf('class_loss_grad', 1),
} as const;

/** −x[y], weighted by class; x log-probabilities. Shapes as for CrossEntropyLoss. Source: PyTorch, NLLLoss. */
export const nllLoss: OpDefinition<LossAttributes> = lossOp({
  ...nllLayer,
  // The old name for images.
  alsoLayers: (lossOp({ ...nllLayer, title: 'NLLLoss2d' }).pytorch?.modules ?? []).slice(0, 1),
  onnx: 'NegativeLogLikelihoodLoss',
});

/** Σ max(0, margin − x[y] + x[i])^p / C. Input `[N, C]` or `[C]`, target `[N]` or `[]`. Source: PyTorch, MultiMarginLoss. */
export const multiMarginLoss: OpDefinition<LossAttributes> = lossOp({
  name: 'multi_margin_loss',
  title: 'MultiMarginLoss',
  tensors: pair,
  optional: ['weight'],
  layer: `p=1, margin=1.0, weight=None, ${reductionParameters}`,
  signature: `input, target, p=1, margin=1.0, weight=None, ${reductionParameters}`,
  attributes(args) {
    const p = args.number('p');
    if (p !== 1 && p !== 2) throw new OpError(`MultiMarginLoss: p must be 1 or 2, got ${p}.`);
    return { p, margin: args.number('margin') };
  },
  unreduced(tensors) {
    const [input, target] = [tensorOf(tensors, 'input'), tensorOf(tensors, 'target')];
    requireFloat('MultiMarginLoss', input);
    requireIndices('MultiMarginLoss', target);
    const message = `MultiMarginLoss expects scores (N, C) and one class for each row, got ${shapesOf(input, target)}.`;
    const rank = input.shape.length;
    if ((rank !== 1 && rank !== 2) || target.shape.length > 1) throw new OpError(message);
    const rows = rank === 2 ? dimAt(input.shape, 0) : 1;
    requireEqual(target.shape[0] ?? 1, rows, message);
    return typed(target.shape, input.dtype);
  },
  flopsPerElement: 4,
  gradient: gradientOf('class_loss_grad', 1),
});

/** Σ max(0, 1 − (x[y[j]] − x[i])) / C. Input and target `[N, C]` or `[C]`, class indices up to a −1. Source: PyTorch, MultiLabelMarginLoss. */
export const multilabelMarginLoss: OpDefinition<LossAttributes> = lossOp({
  name: 'multilabel_margin_loss',
  title: 'MultiLabelMarginLoss',
  tensors: pair,
  layer: reductionParameters,
  signature: `input, target, ${reductionParameters}`,
  unreduced(tensors) {
    const [input, target] = [tensorOf(tensors, 'input'), tensorOf(tensors, 'target')];
    requireFloat('MultiLabelMarginLoss', input);
    requireIndices('MultiLabelMarginLoss', target);
    const message = `MultiLabelMarginLoss expects input and target of one shape (N, C), got ${shapesOf(input, target)}.`;
    if (input.shape.length > 2) throw new OpError(message);
    requireShape(target.shape, input.shape, message);
    return typed(input.shape.slice(0, -1), input.dtype);
  },
  flopsPerElement: 4,
  gradient: gradientOf('class_loss_grad', 1),
});

/** The mean over classes of the binary cross-entropy of sigmoid(x). Source: PyTorch, MultiLabelSoftMarginLoss. */
export const multilabelSoftMarginLoss: OpDefinition<LossAttributes> = lossOp({
  name: 'multilabel_soft_margin_loss',
  title: 'MultiLabelSoftMarginLoss',
  tensors: pair,
  optional: ['weight'],
  layer: `weight=None, ${reductionParameters}`,
  signature: `input, target, weight=None, ${reductionParameters}`,
  unreduced(tensors) {
    const [input, target] = [tensorOf(tensors, 'input'), tensorOf(tensors, 'target')];
    requireFloat('MultiLabelSoftMarginLoss', input);
    if (input.shape.length === 0) throw new OpError('MultiLabelSoftMarginLoss expects scores (N, C), got a scalar.');
    const weight = tensors['weight']?.shape ?? [];
    const shape = broadcastShapes('MultiLabelSoftMarginLoss', input.shape, target.shape, weight);
    const classes = input.shape.length - 1;
    return typed(
      shape.filter((_, i) => i !== classes),
      resultDtype([input, target]),
    );
  },
  flopsPerElement: 8,
  lower: lowerMultilabelSoftMargin,
});

/** Binary cross-entropies, their mean over the classes, then the reduction. */
function lowerMultilabelSoftMargin(context: LoweringContext<LossAttributes>): NodeId {
  const { node, attrs, add, typeOf } = context;
  const shapes = node.inputs.map((id) => typeOf(id).shape);
  const shape = broadcastShapes('MultiLabelSoftMarginLoss', ...shapes);
  const inputs = node.inputs.map((id) => asFloats(context, id, shape));
  const losses = (reduction: Reduction): NodeId =>
    add('binary_cross_entropy_with_logits', { reduction, given: attrs.given }, inputs);
  const last = shape.length - 1;
  const classes = dimAt(shape, last);
  // The mean of means of as many values is the mean of all.
  if (attrs.reduction === 'mean') return losses('mean');
  if (attrs.reduction === 'none') return add('mean', { dims: [last], keepDims: false }, [losses('none')]);
  if (typeof classes !== 'number') throw new OpUnsupported('MultiLabelSoftMarginLoss needs a fixed number of classes.');
  return add('scale', { factor: 1 / classes }, [losses('sum')]);
}

/** The type of a loss for each image or pixel: the input without its classes. */
function classType(title: string, input: TensorType, target: TensorType): TensorType {
  if (input.shape.length === 0) {
    throw new OpError(`${title} expects scores (N, C, …) or (C), got ${shapesOf(input, target)}.`);
  }
  const classes = input.shape.length === 1 ? 0 : 1;
  return typed(
    input.shape.filter((_, i) => i !== classes),
    input.dtype,
  );
}

/** One class for each image or pixel. */
function requireClasses(title: string, input: TensorType, target: TensorType, { shape }: TensorType): void {
  const expected = formatShape(shape);
  requireShape(
    target.shape,
    shape,
    `${title} expects a class for each row of its scores: a target of shape ${expected} for ${formatShape(input.shape)}, got ${formatShape(target.shape)}.`,
  );
  requireIndices(title, target);
}

function requireIndices(title: string, target: TensorType): void {
  if (target.dtype === 'i64' || (target.dtype === 'u8' && title === 'NLLLoss')) return;
  throw new OpError(`${title} expects class indices of type torch.int64, got torch.${dtypeName(target.dtype)}.`);
}

/** One weight for each class. */
function requireWeight(title: string, input: TensorType, weight: TensorType | undefined): void {
  if (!weight) return;
  const classes = dimAt(input.shape, input.shape.length === 1 ? 0 : 1);
  const message = `${title} expects ${classes} class weights, got shape ${formatShape(weight.shape)}.`;
  if (!sameShape(weight.shape, [classes])) requireShape(weight.shape, [classes], message);
}

function readIgnored(args: Arguments): Attributes {
  return { ignoreIndex: args.integer('ignore_index') };
}
