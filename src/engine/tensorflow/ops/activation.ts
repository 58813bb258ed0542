import type { Attributes } from '../../../core/graph/graph';
import { normalizedDims } from '../../../core/ops/activation/normalize';
import { softmaxDimension } from '../../../core/ops/activation/softmax';
import { listAttribute, numberAttribute } from '../../steps/attributes';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor, Tensorflow } from '../tensorflow-module';
import { fixed } from './along';
import { drawn } from './random';
import { passed } from './unary';

/** Activations of one tensor, element by element. Formulas: PyTorch, torch.nn, "Non-linear Activations". */
interface Activation {
  readonly f: (tf: Tensorflow, x: Tensor, number: Numbers) => Tensor;
  /** The slope by the output, where the gradient op is given that; absent: it is given the input. */
  readonly slope?: (tf: Tensorflow, y: Tensor, number: Numbers) => Tensor;
  /** Whether it is given the output, where that depends on the attributes. */
  readonly givesOutput?: (attrs: Attributes) => boolean;
}

type Numbers = (name: string) => number;

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

const as = (tf: Tensorflow, condition: Tensor): Tensor => tf.cast(condition, 'float32');
const between = (tf: Tensorflow, y: Tensor, low: number, high: number): Tensor =>
  as(tf, tf.logicalAnd(tf.greater(y, low), tf.less(y, high)));
const isPositive = (tf: Tensorflow, x: Tensor): Tensor => fixed(tf, x, (value) => tf.greater(value, 0));
/** `above` where x > 0, else `below`. */
const bent = (tf: Tensorflow, x: Tensor, above: Tensor, below: Tensor): Tensor =>
  tf.where(isPositive(tf, x), above, below);
const limited = (tf: Tensorflow, x: Tensor, low: number, high: number): Tensor => tf.clipByValue(x, low, high);

const activations: Readonly<Record<string, Activation>> = {
  relu: { f: (tf, x) => tf.relu(x), slope: (tf, y) => as(tf, tf.greater(y, 0)) },
  relu6: { f: (tf, x) => tf.relu6(x), slope: (tf, y) => between(tf, y, 0, 6) },
  hardtanh: {
    f: (tf, x, number) => limited(tf, x, number('minimum'), number('maximum')),
    slope: (tf, y, number) => between(tf, y, number('minimum'), number('maximum')),
  },
  hardsigmoid: {
    f: (tf, x) => tf.div(limited(tf, tf.add(x, 3), 0, 6), 6),
    slope: (tf, y) => tf.div(between(tf, y, 0, 1), 6),
  },
  hardswish: { f: (tf, x) => tf.div(tf.mul(x, limited(tf, tf.add(x, 3), 0, 6)), 6) },
  sigmoid: { f: (tf, x) => tf.sigmoid(x), slope: (tf, y) => tf.mul(y, tf.sub(1, y)) },
  logsigmoid: { f: (tf, x) => tf.neg(tf.softplus(tf.neg(x))), slope: (tf, y) => tf.neg(tf.expm1(y)) },
  tanh: { f: (tf, x) => tf.tanh(x), slope: (tf, y) => tf.sub(1, tf.square(y)) },
  tanhshrink: { f: (tf, x) => tf.sub(x, tf.tanh(x)) },
  silu: { f: (tf, x) => tf.mul(x, tf.sigmoid(x)) },
  mish: { f: (tf, x) => tf.mul(x, tf.tanh(tf.softplus(x))) },
  softsign: { f: (tf, x) => tf.div(x, tf.add(1, tf.mul(x, tf.sign(x)))) },
  gelu: {
    f: (tf, x) => tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))),
  },
  softplus: {
    f(tf, x, number) {
      const scaled = tf.mul(number('beta'), x);
      return tf.where(
        fixed(tf, scaled, (value) => tf.greater(value, number('threshold'))),
        x,
        tf.div(tf.softplus(scaled), number('beta')),
      );
    },
  },
  softshrink: {
    f: (tf, x, number) => tf.sub(x, limited(tf, x, -number('lambd'), number('lambd'))),
    slope: (tf, y) => as(tf, tf.notEqual(y, 0)),
  },
  hardshrink: {
    f: (tf, x, number) => tf.where(tf.lessEqual(tf.abs(x), number('lambd')), tf.zerosLike(x), x),
    slope: (tf, y) => as(tf, tf.notEqual(y, 0)),
  },
  elu: {
    f: (tf, x, number) => bent(tf, x, x, tf.mul(number('alpha'), tf.expm1(tf.minimum(x, 0)))),
    slope: (tf, y, number) => bent(tf, y, tf.onesLike(y), tf.add(y, number('alpha'))),
    givesOutput: ({ alpha }) => Number(alpha) >= 0,
  },
  celu: {
    f: (tf, x, number) => bent(tf, x, x, tf.mul(number('alpha'), tf.expm1(tf.minimum(tf.div(x, number('alpha')), 0)))),
    slope: (tf, y, number) => bent(tf, y, tf.onesLike(y), tf.add(tf.div(y, number('alpha')), 1)),
    givesOutput: ({ alpha }) => Number(alpha) >= 0,
  },
  selu: {
    f: (tf, x) => tf.mul(SELU_SCALE, bent(tf, x, x, tf.mul(SELU_ALPHA, tf.expm1(tf.minimum(x, 0))))),
    slope: (tf, y) => bent(tf, y, tf.fill(y.shape, SELU_SCALE), tf.add(y, SELU_SCALE * SELU_ALPHA)),
  },
  leaky_relu: {
    f: (tf, x, number) => bent(tf, x, x, tf.mul(number('negativeSlope'), x)),
    slope: (tf, y, number) => bent(tf, y, tf.onesLike(y), tf.fill(y.shape, number('negativeSlope'))),
    givesOutput: ({ negativeSlope }) => Number(negativeSlope) >= 0,
  },
  threshold: {
    f: (tf, x, number) =>
      tf.where(
        fixed(tf, x, (value) => tf.greater(value, number('threshold'))),
        x,
        tf.fill(x.shape, number('value')),
      ),
    slope: (tf, y, number) => as(tf, tf.greater(y, number('threshold'))),
    givesOutput: ({ threshold, value }) => Number(value) <= Number(threshold),
  },
};

export const activationOps: Readonly<Record<string, TensorOp>> = {
  ...Object.fromEntries(
    Object.entries(activations).flatMap(([name, activation]) => [
      [name, (call: OpCall) => formOf(call, activation)(call.input(0))],
      [`${name}_grad`, (call: OpCall) => gradientOf(call, activation)],
    ]),
  ),
  glu: (call) => gated(call.tf, call.input(0), numberAttribute(call.attrs, 'dim')),
  glu_grad: (call) =>
    call.pullBack((x) => gated(call.tf, x, numberAttribute(call.attrs, 'dim')), call.input(1), call.input(0)),
  hard_choice(call) {
    const { tf, attrs } = call;
    const x = call.input(0);
    const dim = positive(numberAttribute(attrs, 'dim'), x.rank);
    const hot = tf.oneHot(tf.argMax(x, dim), x.shape[dim] ?? 1);
    // The classes of oneHot are the last dimension.
    const order = x.shape.map((_, at) => (at < dim ? at : at === dim ? x.rank - 1 : at - 1));
    return tf.cast(tf.transpose(hot, order), 'float32');
  },
  log_softmax: (call) => logSoftmaxAlong(call.tf, call.input(0), dimOf(call)),
  log_softmax_grad(call) {
    const { tf } = call;
    const [dy, y] = [call.input(0), call.input(1)];
    return tf.sub(dy, tf.mul(tf.exp(y), tf.sum(dy, dimOf(call), true)));
  },
  normalize: (call) => normalized(call.tf, call.input(0), call.attrs),
  normalize_grad: (call) => call.pullBack((x) => normalized(call.tf, x, call.attrs), call.input(1), call.input(0)),
  prelu: (call) => bentBy(call, call.input(0), call.input(0), slopes(call, call.input(1), call.input(0))),
  prelu_grad(call) {
    const x = call.input(1);
    return bentBy(call, x, call.input(0), slopes(call, call.input(2), x));
  },
  prelu_grad_weight(call) {
    const { tf } = call;
    const [dy, x, weight] = [call.input(0), call.input(1), call.input(2)];
    const products = passed(tf, tf.mul(dy, x), tf.lessEqual(x, 0));
    const dims = x.shape.map((_, dim) => dim).filter((dim) => weight.size === 1 || dim !== 1);
    return tf.sum(products, dims);
  },
  rrelu_apply: (call) => bentBy(call, call.input(0), call.input(0), randomSlopes(call, 1)),
  rrelu_apply_grad: (call) => bentBy(call, call.input(1), call.input(0), randomSlopes(call, 2)),
  softmax: (call) => call.tf.exp(logSoftmaxAlong(call.tf, call.input(0), dimOf(call))),
  softmax_grad(call) {
    const { tf } = call;
    const [dy, y] = [call.input(0), call.input(1)];
    return tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), dimOf(call), true)));
  },
};

/** log softmax along any dimension; TensorFlow's own is along the last one. */
export function logSoftmaxAlong(tf: Tensorflow, x: Tensor, dim: number): Tensor {
  const centred = tf.sub(x, tf.max(x, dim, true));
  return tf.sub(centred, tf.log(tf.sum(tf.exp(centred), dim, true)));
}

function formOf({ tf, attrs, step }: OpCall, { f }: Activation): (x: Tensor) => Tensor {
  if (step.op.startsWith('gelu') && attrs['approximate'] === 'tanh') return (x) => geluByTanh(tf, x);
  return (x) => f(tf, x, (name) => numberAttribute(attrs, name));
}

function gradientOf(call: OpCall, activation: Activation): Tensor {
  const { tf, attrs } = call;
  const { slope, givesOutput = () => true } = activation;
  const [dy, given] = [call.input(0), call.input(1)];
  if (!slope || !givesOutput(attrs)) return call.pullBack(formOf(call, activation), given, dy);
  return tf.mul(
    dy,
    slope(tf, given, (name) => numberAttribute(attrs, name)),
  );
}

function geluByTanh(tf: Tensorflow, x: Tensor): Tensor {
  const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.square(x)))));
  return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
}

function gated(tf: Tensorflow, x: Tensor, dim: number): Tensor {
  const [value, gate] = tf.split(x, 2, positive(dim, x.rank)) as [Tensor, Tensor];
  return tf.mul(value, tf.sigmoid(gate));
}

function normalized(tf: Tensorflow, x: Tensor, attrs: Attributes): Tensor {
  const along = [...normalizedDims(listAttribute(attrs, 'dims'), x.rank)];
  const norm = tf.sqrt(tf.sum(tf.square(x), along, true));
  return tf.div(x, tf.maximum(norm, numberAttribute(attrs, 'eps')));
}

function bentBy({ tf }: OpCall, x: Tensor, value: Tensor, slope: Tensor): Tensor {
  return tf.where(tf.greater(x, 0), value, tf.mul(slope, value));
}

/** One slope, or one for each channel. */
function slopes({ tf }: OpCall, weight: Tensor, x: Tensor): Tensor {
  if (weight.size === 1) return tf.reshape(weight, []);
  return tf.reshape(weight, [weight.size, ...x.shape.slice(2).map(() => 1)]);
}

function randomSlopes(call: OpCall, random: number): Tensor {
  const { tf, attrs } = call;
  const [lower, upper] = [numberAttribute(attrs, 'lower'), numberAttribute(attrs, 'upper')];
  return tf.add(lower, tf.mul(upper - lower, drawn(call, random, 'uniform', numberAttribute(attrs, 'key'))));
}

function dimOf({ attrs, shape }: OpCall): number {
  return softmaxDimension('softmax', shape.length, attrs['dim'] as number | null);
}

export function positive(dim: number, rank: number): number {
  return dim < 0 ? dim + rank : dim;
}
