import type { Attributes } from '../../../core/graph/graph';
import { numberAttribute } from '../../steps/attributes';
import type { TensorOp } from '../tensor-op';
import type { Tensor, Tensorflow } from '../tensorflow-module';

type Unary = (tf: Tensorflow, x: Tensor) => Tensor;

/** The largest f32. */
const largest = (2 - 2 ** -23) * 2 ** 127;

/** Functions whose gradient TensorFlow's own differentiation gives, from the input. */
const differentiated: Readonly<Record<string, Unary>> = {
  log: (tf, x) => tf.log(x),
  log2: (tf, x) => tf.div(tf.log(x), Math.LN2),
  log10: (tf, x) => tf.div(tf.log(x), Math.LN10),
  log1p: (tf, x) => tf.log1p(x),
  sin: (tf, x) => tf.sin(x),
  cos: (tf, x) => tf.cos(x),
  sinh: (tf, x) => tf.sinh(x),
  cosh: (tf, x) => tf.cosh(x),
  asin: (tf, x) => tf.asin(x),
  acos: (tf, x) => tf.acos(x),
  atan: (tf, x) => tf.atan(x),
  asinh: (tf, x) => tf.asinh(x),
  acosh: (tf, x) => tf.acosh(x),
  atanh: (tf, x) => tf.atanh(x),
  erf: (tf, x) => tf.erf(x),
  erfc: (tf, x) => tf.sub(1, tf.erf(x)),
};

/** Functions and their slopes by what they gave. */
const fromOutput: Readonly<Record<string, { readonly f: Unary; readonly slope: Unary }>> = {
  exp2: { f: (tf, x) => tf.exp(tf.mul(Math.LN2, x)), slope: (tf, y) => tf.mul(Math.LN2, y) },
  expm1: { f: (tf, x) => tf.expm1(x), slope: (tf, y) => tf.add(y, 1) },
  sqrt: { f: (tf, x) => tf.sqrt(x), slope: (tf, y) => tf.div(0.5, y) },
  rsqrt: { f: (tf, x) => tf.rsqrt(x), slope: (tf, y) => tf.mul(-0.5, tf.mul(y, tf.square(y))) },
  reciprocal: { f: (tf, x) => tf.reciprocal(x), slope: (tf, y) => tf.neg(tf.square(y)) },
  tan: { f: (tf, x) => tf.tan(x), slope: (tf, y) => tf.add(1, tf.square(y)) },
};

/** Those that have no gradient op. */
const plain: Readonly<Record<string, Unary>> = {
  abs: (tf, x) => tf.abs(x),
  exp: (tf, x) => tf.exp(x),
  sign: (tf, x) => tf.sign(x),
  floor: (tf, x) => tf.floor(x),
  ceil: (tf, x) => tf.ceil(x),
  sinc,
  trunc,
  frac: (tf, x) => tf.sub(x, trunc(tf, x)),
};

const truths: Readonly<Record<string, Unary>> = {
  is_nan: (tf, x) => tf.isNaN(x),
  is_inf: (tf, x) => tf.isInf(x),
  is_finite: (tf, x) => tf.isFinite(x),
  is_positive_inf: (tf, x) => tf.equal(x, Infinity),
  is_negative_inf: (tf, x) => tf.equal(x, -Infinity),
  sign_bit: (tf, x) => tf.logicalOr(tf.less(x, 0), tf.equal(tf.div(1, tf.cast(x, 'float32')), -Infinity)),
  logical_not: (tf, x) => tf.equal(x, 0),
};

/** Element-wise functions of one tensor, and their gradients. */
export const unaryOps: Readonly<Record<string, TensorOp>> = {
  ...mapped(
    plain,
    (f): TensorOp =>
      (call) =>
        f(call.tf, call.input(0)),
  ),
  ...mapped(
    truths,
    (f): TensorOp =>
      (call) =>
        call.tf.cast(f(call.tf, call.input(0)), 'int32'),
  ),
  ...mapped(
    differentiated,
    (f): TensorOp =>
      (call) =>
        f(call.tf, call.input(0)),
  ),
  ...gradients(
    differentiated,
    (f): TensorOp =>
      (call) =>
        call.pullBack((x) => f(call.tf, x), call.input(1), call.input(0)),
  ),
  ...mapped(
    fromOutput,
    ({ f }): TensorOp =>
      (call) =>
        f(call.tf, call.input(0)),
  ),
  ...gradients(
    fromOutput,
    ({ slope }): TensorOp =>
      (call) =>
        call.tf.mul(call.input(0), slope(call.tf, call.input(1))),
  ),
  abs_grad: (call) => call.tf.mul(call.input(0), call.tf.sign(call.input(1))),
  affine: (call) =>
    call.tf.add(
      call.tf.mul(call.input(0), numberAttribute(call.attrs, 'factor')),
      numberAttribute(call.attrs, 'shift'),
    ),
  clamp: (call) => clamped(call.tf, call.input(0), call.attrs),
  clamp_grad(call) {
    const { tf, attrs } = call;
    const x = call.input(1);
    const above = tf.greaterEqual(x, numberOr(attrs, 'min', -Infinity));
    return passed(tf, call.input(0), tf.logicalAnd(above, tf.lessEqual(x, numberOr(attrs, 'max', Infinity))));
  },
  sinc_grad(call) {
    const { tf } = call;
    const x = call.input(1);
    // Near 0 the difference cancels: there the first term of the series is all.
    const small = tf.less(tf.abs(x), 1e-3);
    const slope = tf.divNoNan(tf.sub(tf.cos(tf.mul(Math.PI, x)), sinc(tf, x)), x);
    return tf.mul(call.input(0), tf.where(small, tf.mul(-(Math.PI ** 2) / 3, x), slope));
  },
  nan_to_num(call) {
    const { tf, attrs } = call;
    const x = call.input(0);
    const replace = (value: Tensor, where: Tensor, by: number): Tensor => tf.where(where, tf.fill(x.shape, by), value);
    const known = replace(x, tf.isNaN(x), numberOr(attrs, 'nan', 0));
    const below = replace(known, tf.equal(x, Infinity), numberOr(attrs, 'posinf', largest));
    return replace(below, tf.equal(x, -Infinity), numberOr(attrs, 'neginf', -largest));
  },
  nan_to_num_grad: (call) => passed(call.tf, call.input(0), call.tf.isFinite(call.input(1))),
  round(call) {
    const { tf, attrs } = call;
    const decimals = numberOr(attrs, 'decimals', 0);
    const unit = 10 ** Math.abs(decimals);
    const x = call.input(0);
    if (decimals === 0) return tf.round(x);
    return decimals > 0 ? tf.div(tf.round(tf.mul(x, unit)), unit) : tf.mul(tf.round(tf.div(x, unit)), unit);
  },
};

/** dy where a condition holds, else 0. */
export function passed(tf: Tensorflow, dy: Tensor, condition: Tensor): Tensor {
  return tf.where(condition, dy, tf.zerosLike(dy));
}

function clamped(tf: Tensorflow, x: Tensor, attrs: Attributes): Tensor {
  // By two comparisons: tf.clipByValue wants both bounds.
  const [min, max] = [numberOr(attrs, 'min', -Infinity), numberOr(attrs, 'max', Infinity)];
  const integers = x.dtype === 'int32';
  const bound = (value: number): Tensor =>
    integers
      ? tf.scalar(Math.trunc(Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1)), 'int32')
      : tf.scalar(value, 'float32');
  return tf.minimum(tf.maximum(x, bound(min)), bound(max));
}

/** sin πx / πx */
function sinc(tf: Tensorflow, x: Tensor): Tensor {
  const angle = tf.mul(Math.PI, x);
  return tf.where(tf.equal(x, 0), tf.onesLike(x), tf.divNoNan(tf.sin(angle), angle));
}

function trunc(tf: Tensorflow, x: Tensor): Tensor {
  return tf.mul(tf.sign(x), tf.floor(tf.abs(x)));
}

function numberOr(attrs: Attributes, name: string, otherwise: number): number {
  return typeof attrs[name] === 'number' ? attrs[name] : otherwise;
}

function mapped<T>(table: Readonly<Record<string, T>>, make: (entry: T) => TensorOp): Record<string, TensorOp> {
  return Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, make(entry)]));
}

function gradients<T>(table: Readonly<Record<string, T>>, make: (entry: T) => TensorOp): Record<string, TensorOp> {
  return Object.fromEntries(Object.entries(table).map(([name, entry]) => [`${name}_grad`, make(entry)]));
}
