import type { Tensor, Tensorflow } from '../tensorflow-module';
import type { OpCall, TensorOp } from '../tensor-op';
import { booleanAttribute, numberAttribute, stringAttribute } from '../../steps/attributes';

/** Two tensors that may be broadcast; `words`: they hold whole numbers or truth values. */
type Binary = (tf: Tensorflow, a: Tensor, b: Tensor, words: boolean) => Tensor;

const LN2 = Math.LN2;

const truth =
  (compare: (tf: Tensorflow, a: Tensor, b: Tensor) => Tensor): Binary =>
  (tf, a, b) =>
    tf.cast(compare(tf, a, b), 'int32');

const floats = (tf: Tensorflow, condition: Tensor): Tensor => tf.cast(condition, 'float32');

/** ½ where both are the same, 1 where the first is chosen: what it has of the gradient of the larger or the smaller. */
const share =
  (loses: (tf: Tensorflow, a: Tensor, b: Tensor) => Tensor): Binary =>
  (tf, a, b) =>
    tf.mul(floats(tf, tf.logicalNot(loses(tf, a, b))), tf.sub(1, tf.mul(0.5, floats(tf, tf.equal(a, b)))));

/** 1 where the first is chosen by fmax (`reaches`: ≥) or fmin (≤), also over what is no number. */
const chosen =
  (reaches: (tf: Tensorflow, a: Tensor, b: Tensor) => Tensor): Binary =>
  (tf, a, b) =>
    floats(tf, tf.logicalOr(reaches(tf, a, b), tf.isNaN(tf.add(b, tf.zerosLike(a)))));

const rest =
  (first: Binary): Binary =>
  (tf, a, b, words) =>
    tf.sub(1, first(tf, a, b, words));

const orOther =
  (extreme: Binary): Binary =>
  (tf, a, b, words) => {
    const [left, right] = [tf.add(a, tf.zerosLike(b)), tf.add(b, tf.zerosLike(a))];
    const both = extreme(tf, left, right, words);
    return words ? both : tf.where(tf.isNaN(left), right, tf.where(tf.isNaN(right), left, both));
  };

/** −1 below zero, and for −0; else 1. */
const signOf = (tf: Tensorflow, x: Tensor): Tensor =>
  tf.sub(1, tf.mul(2, floats(tf, tf.logicalOr(tf.less(x, 0), tf.equal(tf.div(1, x), -Infinity)))));

const truncated = (tf: Tensorflow, x: Tensor): Tensor => tf.mul(tf.sign(x), tf.floor(tf.abs(x)));

const fmod: Binary = (tf, a, b) => tf.mul(tf.sign(a), tf.mod(tf.abs(a), tf.abs(b)));

const logaddexp =
  (base: number): Binary =>
  (tf, a, b) =>
    tf.add(tf.maximum(a, b), tf.div(tf.log1p(tf.exp(tf.mul(-base, tf.abs(tf.sub(a, b))))), base));

const bits =
  (ofTruths: (tf: Tensorflow, a: Tensor, b: Tensor) => Tensor): Binary =>
  (tf, a, b) =>
    tf.cast(ofTruths(tf, tf.cast(a, 'bool'), tf.cast(b, 'bool')), 'int32');

/**
 * Functions of two tensors by the names of their ops; of the gradient ops `_slope` is ∂/∂a (or, of the quotient, ∂/∂b),
 * `_log` ∂/∂b, `_share` what a has of the gradient.
 */
const functions: Readonly<Record<string, Binary>> = {
  add: (tf, a, b) => tf.add(a, b),
  subtract: (tf, a, b) => tf.sub(a, b),
  multiply: (tf, a, b) => tf.mul(a, b),
  divide: (tf, a, b) => tf.div(a, b),
  divide_or_zero: (tf, a, b) => tf.divNoNan(a, b),
  divide_slope: (tf, a, b) => tf.neg(tf.div(tf.div(a, b), b)),
  maximum: (tf, a, b) => tf.maximum(a, b),
  minimum: (tf, a, b) => tf.minimum(a, b),
  fmax: orOther((tf, a, b) => tf.maximum(a, b)),
  fmin: orOther((tf, a, b) => tf.minimum(a, b)),
  maximum_share: share((tf, a, b) => tf.less(a, b)),
  minimum_share: share((tf, a, b) => tf.greater(a, b)),
  fmax_share: chosen((tf, a, b) => tf.greaterEqual(a, b)),
  fmax_rest: rest(chosen((tf, a, b) => tf.greaterEqual(a, b))),
  fmin_share: chosen((tf, a, b) => tf.lessEqual(a, b)),
  fmin_rest: rest(chosen((tf, a, b) => tf.lessEqual(a, b))),
  equal_to: truth((tf, a, b) => tf.equal(a, b)),
  not_equal: truth((tf, a, b) => tf.notEqual(a, b)),
  less: truth((tf, a, b) => tf.less(a, b)),
  less_equal: truth((tf, a, b) => tf.lessEqual(a, b)),
  greater: truth((tf, a, b) => tf.greater(a, b)),
  greater_equal: truth((tf, a, b) => tf.greaterEqual(a, b)),
  is_close: truth((tf, a, b) => {
    const near = tf.lessEqual(tf.abs(tf.sub(a, b)), tf.add(1e-8, tf.mul(1e-5, tf.abs(b))));
    return tf.logicalOr(tf.equal(a, b), tf.logicalAnd(near, tf.isFinite(tf.sub(a, b))));
  }),
  copysign: (tf, a, b) => tf.mul(tf.abs(a), signOf(tf, b)),
  copysign_slope: (tf, a, b) => tf.mul(tf.sign(a), signOf(tf, b)),
  power: (tf, a, b) => tf.pow(a, b),
  // The exponent is not 0 where the slope is counted.
  power_slope: (tf, a, b) => tf.where(tf.equal(tf.add(b, tf.zerosLike(a)), 0), 0, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
  power_log: (tf, a, b) => {
    const flat = tf.logicalAnd(tf.equal(a, 0), tf.greaterEqual(b, 0));
    return tf.where(flat, 0, tf.mul(tf.pow(a, b), tf.log(a)));
  },
  atan2: (tf, a, b) => tf.atan2(a, b),
  atan2_slope: (tf, a, b) => tf.div(b, tf.add(tf.square(a), tf.square(b))),
  hypot: (tf, a, b) => tf.sqrt(tf.add(tf.square(a), tf.square(b))),
  hypot_slope: (tf, a, b) => tf.div(a, tf.sqrt(tf.add(tf.square(a), tf.square(b)))),
  logaddexp: logaddexp(1),
  logaddexp_share: (tf, a, b) => tf.sigmoid(tf.sub(a, b)),
  logaddexp2: logaddexp(LN2),
  logaddexp2_share: (tf, a, b) => tf.sigmoid(tf.mul(LN2, tf.sub(a, b))),
  xlogy: (tf, a, b) => tf.where(tf.equal(tf.add(a, tf.zerosLike(b)), 0), 0, tf.mul(a, tf.log(b))),
  xlogy_slope: (tf, a, b) => tf.where(tf.logicalAnd(tf.equal(a, 0), tf.lessEqual(b, 0)), 0, tf.log(b)),
  left_shift: (tf, a, b) => tf.mul(a, tf.pow(tf.scalar(2, 'int32'), b)),
  right_shift: (tf, a, b) => tf.floorDiv(a, tf.pow(tf.scalar(2, 'int32'), b)),
  ldexp: (tf, a, b) => tf.mul(a, tf.pow(2, b)),
  ldexp_slope: (tf, a, b) => tf.mul(tf.onesLike(a), tf.pow(2, b)),
  ldexp_log: (tf, a, b) => tf.mul(LN2, tf.mul(a, tf.pow(2, b))),
  heaviside: (tf, a, b) => tf.where(tf.equal(tf.add(a, tf.zerosLike(b)), 0), b, tf.cast(tf.greater(a, 0), b.dtype)),
  floor_divide: (tf, a, b, words) =>
    // By the exact remainder, as Python does.
    words ? tf.floorDiv(a, b) : tf.round(tf.div(tf.sub(a, tf.mod(a, b)), b)),
  truncate_divide: (tf, a, b, words) =>
    words ? tf.mul(tf.mul(tf.sign(a), tf.sign(b)), tf.floorDiv(tf.abs(a), tf.abs(b))) : truncated(tf, tf.div(a, b)),
  remainder: (tf, a, b) => tf.mod(a, b),
  fmod,
  // Of truth values only: TensorFlow.js has no bits of whole numbers on all backends.
  bitwise_and: bits((tf, a, b) => tf.logicalAnd(a, b)),
  bitwise_or: bits((tf, a, b) => tf.logicalOr(a, b)),
  bitwise_xor: bits((tf, a, b) => tf.logicalXor(a, b)),
};

export const binaryOps: Readonly<Record<string, TensorOp>> = {
  ...Object.fromEntries(Object.keys(functions).map((name) => [name, binary(name)])),
  with_number: withNumber,
  root: (call) => call.tf.pow(call.input(0), 1 / numberAttribute(call.attrs, 'p')),
};

/** Names of functions that are only for truth values here. */
export const truthFunctions: ReadonlySet<string> = new Set(['bitwise_and', 'bitwise_or', 'bitwise_xor']);

/** Whether a function of two operands is known, also as that of a tensor and a number. */
export function isBinaryFunction(name: string): boolean {
  return name in functions;
}

function binary(name: string): TensorOp {
  return (call) => functionNamed(name)(call.tf, call.input(0), call.input(1), !call.isFloat(0));
}

/** A function of a tensor and a number. */
function withNumber(call: OpCall): Tensor {
  const { tf, attrs } = call;
  const x = call.input(0);
  const number = tf.scalar(numberAttribute(attrs, 'number'), x.dtype === 'float32' ? 'float32' : 'int32');
  const [a, b] = booleanAttribute(attrs, 'numberFirst') ? [number, x] : [x, number];
  return functionNamed(stringAttribute(attrs, 'function'))(tf, a, b, !call.isFloat(0));
}

function functionNamed(name: string): Binary {
  const compute = functions[name];
  if (!compute) throw new Error(`TensorFlow.js has no '${name}'`);
  return compute;
}
