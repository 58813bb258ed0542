import type { Attributes, NodeId, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { broadcastShapes } from '../arithmetic/broadcast';
import { floatDtype, isFloating, resultDtype } from '../arithmetic/promote';
import { requireFloat, requireShape } from '../fits';
import { OpError, OpUnsupported, type LoweringContext, type OpDefinition } from '../op';
import { sameShape } from '../shapes';
import { gradientOf } from './loss-gradients';
import { asFloats, isUnreduced, lowerPointwise } from './lower-loss';
import {
  lossOp,
  reductionParameters,
  shapesOf,
  tensorOf,
  typed,
  type Loss,
  type LossAttributes,
  type LossTensors,
} from './loss-op';

const pair = ['input', 'target'] as const;
/** Losses whose kernel takes tensors of one shape; gradients of the input, and of the target where torch has one. */
const computed = { lower: lowerPointwise, elementwise: isUnreduced };
const ofBoth = { ...computed, gradient: gradientOf('pointwise_loss_grad', 2) };
const ofInput = { ...computed, gradient: gradientOf('pointwise_loss_grad', 1) };

/** Losses of each value by itself. Formulas: PyTorch, torch.nn, "Loss Functions". */
export const pointwiseLosses: readonly OpDefinition<LossAttributes>[] = [
  // (x − y)²
  pointwiseLoss('mse_loss', 'MSELoss', { flopsPerElement: 3 }),
  // |x − y|
  pointwiseLoss('l1_loss', 'L1Loss', { flopsPerElement: 3, integers: true }),
  // (x − y)² / (2·beta) within beta, else |x − y| − beta/2
  pointwiseLoss('smooth_l1_loss', 'SmoothL1Loss', {
    flopsPerElement: 6,
    after: 'beta=1.0',
    attributes: readBeta,
  }),
  // (x − y)² / 2 within delta, else delta·(|x − y| − delta/2)
  lossOp({
    name: 'huber_loss',
    title: 'HuberLoss',
    tensors: pair,
    layer: "reduction='mean', delta=1.0",
    signature: "input, target, reduction='mean', delta=1.0",
    attributes: readDelta,
    unreduced: (tensors) => broadcastLoss('HuberLoss', tensors),
    flopsPerElement: 6,
    ...ofBoth,
  }),
  // log(1 + exp(−y·x)); computed in the input's shape
  lossOp({
    name: 'soft_margin_loss',
    title: 'SoftMarginLoss',
    tensors: pair,
    layer: reductionParameters,
    signature: `input, target, ${reductionParameters}`,
    unreduced: intoInput,
    flopsPerElement: 5,
    ...ofInput,
  }),
  // x where y = 1, max(0, margin − x) where y = −1
  pointwiseLoss('hinge_embedding_loss', 'HingeEmbeddingLoss', {
    flopsPerElement: 4,
    before: 'margin=1.0',
    integers: true,
    attributes: (args) => ({ margin: args.number('margin') }),
    differentiated: ofInput,
  }),
  // exp(x) − y·x, or x − y·log(x + eps)
  lossOp({
    name: 'poisson_nll_loss',
    title: 'PoissonNLLLoss',
    tensors: pair,
    layer: "log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'",
    signature: "input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'",
    attributes: (args) => ({
      logInput: args.boolean('log_input'),
      full: args.boolean('full'),
      eps: args.number('eps'),
    }),
    unreduced(tensors) {
      const both = [tensorOf(tensors, 'input'), tensorOf(tensors, 'target')];
      const shape = broadcastShapes('PoissonNLLLoss', ...both.map((tensor) => tensor.shape));
      return typed(shape, floatDtype(resultDtype(both)));
    },
    flopsPerElement: 4,
    ...ofBoth,
  }),
  // y·(log y − x), or exp(y)·(y − x)
  lossOp({
    name: 'kl_div',
    title: 'KLDivLoss',
    tensors: pair,
    layer: `${reductionParameters}, log_target=False`,
    signature: `input, target, ${reductionParameters}, log_target=False`,
    reductions: ['none', 'mean', 'sum', 'batchmean'],
    attributes: (args) => ({ logTarget: args.boolean('log_target') }),
    unreduced(tensors) {
      requireFloat('KLDivLoss', tensorOf(tensors, 'target'));
      return broadcastLoss('KLDivLoss', tensors);
    },
    flopsPerElement: 4,
    ...ofBoth,
  }),
  // −w·(y·log x + (1 − y)·log(1 − x))
  lossOp({
    name: 'binary_cross_entropy',
    title: 'BCELoss',
    tensors: pair,
    optional: ['weight'],
    layer: `weight=None, ${reductionParameters}`,
    signature: `input, target, weight=None, ${reductionParameters}`,
    unreduced: (tensors) => binaryLoss('BCELoss', tensors),
    flopsPerElement: 8,
    ...ofBoth,
  }),
  // The same of sigmoid(x), the positive part weighted
  lossOp({
    name: 'binary_cross_entropy_with_logits',
    title: 'BCEWithLogitsLoss',
    tensors: pair,
    optional: ['weight', 'pos_weight'],
    layer: `weight=None, ${reductionParameters}, pos_weight=None`,
    signature: `input, target, weight=None, ${reductionParameters}, pos_weight=None`,
    unreduced: (tensors) => binaryLoss('BCEWithLogitsLoss', tensors),
    flopsPerElement: 8,
    ...ofBoth,
  }),
  // (log var + (x − y)² / var) / 2
  lossOp({
    name: 'gaussian_nll_loss',
    title: 'GaussianNLLLoss',
    tensors: ['input', 'target', 'var'],
    layer: "*, full=False, eps=1e-06, reduction='mean'",
    signature: "input, target, var, full=False, eps=1e-06, reduction='mean'",
    attributes: (args) => ({ full: args.boolean('full'), eps: args.number('eps') }),
    unreduced: gaussianLoss,
    flopsPerElement: 6,
    ...computed,
    lower: lowerGaussian,
    gradient: gradientOf('pointwise_loss_grad', 3),
  }),
];

interface Options {
  readonly flopsPerElement: number;
  /** Parameters before and after those of the reduction. */
  readonly before?: string;
  readonly after?: string;
  /** Whether whole numbers will do where no mean is taken. */
  readonly integers?: boolean;
  readonly attributes?: NonNullable<Loss['attributes']>;
  /** How it is differentiated; absent: with respect to input and target. */
  readonly differentiated?: typeof ofBoth;
}

function pointwiseLoss(name: string, title: string, options: Options): OpDefinition<LossAttributes> {
  const { flopsPerElement, before, after, integers = false, attributes, differentiated = ofBoth } = options;
  const layer = [before, reductionParameters, after].filter((part) => part !== undefined).join(', ');
  return lossOp({
    name,
    title,
    tensors: pair,
    layer,
    signature: `input, target, ${layer}`,
    ...(attributes ? { attributes } : {}),
    unreduced: (tensors, _attrs, reduction) => broadcastLoss(title, tensors, integers && reduction !== 'mean'),
    flopsPerElement,
    ...differentiated,
  });
}

/** One value for each of input and target, broadcast. */
function broadcastLoss(title: string, tensors: LossTensors, integers = false): TensorType {
  const both = [tensorOf(tensors, 'input'), tensorOf(tensors, 'target')];
  const type = typed(broadcastShapes(title, ...both.map((tensor) => tensor.shape)), resultDtype(both));
  if (!integers || type.dtype === 'bool') requireFloat(title, type);
  return type;
}

function intoInput(tensors: LossTensors): TensorType {
  const input = tensorOf(tensors, 'input');
  const type = broadcastLoss('SoftMarginLoss', tensors);
  if (sameShape(type.shape, input.shape)) return type;
  throw new OpError(
    `SoftMarginLoss expects a target that fits into its input, got ${shapesOf(input, tensorOf(tensors, 'target'))}.`,
  );
}

/** Input and target of one shape; weights broadcast to it. */
function binaryLoss(title: string, tensors: LossTensors): TensorType {
  const [input, target] = [tensorOf(tensors, 'input'), tensorOf(tensors, 'target')];
  requireShape(
    target.shape,
    input.shape,
    `${title} expects input and target of one shape, got ${shapesOf(input, target)}.`,
  );
  requireFloat(title, input);
  if (!isFloating(target.dtype)) throw new OpError(`${title} expects a target of floats. Convert it with .float().`);
  for (const name of ['weight', 'pos_weight']) {
    const weight = tensors[name];
    if (!weight || sameShape(broadcastShapes(title, input.shape, weight.shape), input.shape)) continue;
    throw new OpUnsupported(`${title}: a ${name} that is larger than the input is not supported.`);
  }
  return input;
}

function gaussianLoss(tensors: LossTensors): TensorType {
  const [input, target, variance] = ['input', 'target', 'var'].map((name) => tensorOf(tensors, name)) as [
    TensorType,
    TensorType,
    TensorType,
  ];
  const shape = broadcastShapes('GaussianNLLLoss', input.shape, target.shape);
  // The variance may lack the last dimension, or have 1 anywhere.
  const fits =
    sameShape(variance.shape, input.shape.slice(0, -1)) ||
    (variance.shape.length === input.shape.length &&
      variance.shape.every((size, i) => size === 1 || size === input.shape[i]));
  if (!fits) {
    throw new OpError(`GaussianNLLLoss expects one variance for each value, got ${shapesOf(input, variance)}.`);
  }
  const type = typed(shape, resultDtype([input, target, variance]));
  requireFloat('GaussianNLLLoss', type);
  return type;
}

/** The variance may lack the last dimension. */
function lowerGaussian(context: LoweringContext<LossAttributes>): NodeId {
  const { node, attrs, add, typeOf } = context;
  const [input, target, given] = node.inputs as [NodeId, NodeId, NodeId];
  const [sizes, variances] = [typeOf(input).shape, typeOf(given).shape];
  const variance = variances.length < sizes.length ? add('reshape', { shape: [...variances, 1] }, [given]) : given;
  const shape = broadcastShapes('GaussianNLLLoss', sizes, typeOf(target).shape);
  return add(
    'gaussian_nll_loss',
    attrs,
    [input, target, variance].map((id) => asFloats(context, id, shape)),
  );
}

function readBeta(args: Arguments): Attributes {
  const beta = args.number('beta');
  if (beta < 0) throw new OpError(`SmoothL1Loss: beta must not be negative, got ${beta}.`);
  return { beta };
}

function readDelta(args: Arguments): Attributes {
  const delta = args.number('delta');
  if (delta <= 0) throw new OpError(`HuberLoss: delta must be positive, got ${delta}.`);
  return { delta };
}
