import { literalNumber } from '../../../core/ops/arithmetic/literal';
import { numberAttribute, stringAttribute } from '../../steps/attributes';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor } from '../tensorflow-module';
import { binaryOps } from './binary';
import { drawn } from './random';
import { unaryOps } from './unary';

export const arithmeticOps: Readonly<Record<string, TensorOp>> = {
  ...unaryOps,
  ...binaryOps,
  cast,
  constant: ({ tf, attrs, step, shape }) =>
    tf.fill(shape, numberAttribute(attrs, 'value'), step.output.dtype === 'f32' ? 'float32' : 'int32'),
  copy: (call) => call.input(0),
  draw: (call) => drawn(call, 0, stringAttribute(call.attrs, 'distribution'), numberAttribute(call.attrs, 'key')),
  literal({ tf, attrs, step, shape }) {
    const given = Array.isArray(attrs['values']) ? attrs['values'].map(literalNumber) : [];
    const type = step.output.dtype === 'f32' ? 'float32' : 'int32';
    const [only = 0] = given;
    return given.length === 1 ? tf.fill(shape, only, type) : tf.tensor(given, shape, type);
  },
  mean_grad(call) {
    const { tf, shape } = call;
    const dy = call.input(0);
    const count = shape.reduce((product, size) => product * size, 1) / Math.max(1, dy.size);
    return tf.broadcastTo(tf.div(dy, count), shape);
  },
  scale: (call) => call.tf.mul(call.input(0), numberAttribute(call.attrs, 'factor')),
  where(call) {
    const { tf, shape } = call;
    const whole = (x: Tensor): Tensor => tf.broadcastTo(tf.reshape(x, x.size === 1 ? [] : x.shape), shape);
    const condition = call.input(0);
    return tf.where(
      tf.cast(condition.size === call.input(1).size ? tf.reshape(condition, shape) : condition, 'bool'),
      whole(call.input(1)),
      whole(call.input(2)),
    );
  },
};

/** Whole numbers that have fewer bits than a word wrap around; truth values are 0 and 1. */
function cast(call: OpCall): Tensor {
  const { tf, step } = call;
  const x = call.input(0);
  const wrap = (unsigned: Tensor, bits: number, offset: number): Tensor =>
    tf.sub(tf.mod(tf.add(unsigned, offset), 2 ** bits), offset);
  switch (step.output.dtype) {
    case 'f32':
      return tf.cast(x, 'float32');
    case 'bool':
      return tf.cast(tf.notEqual(x, 0), 'int32');
    case 'u8':
      return wrap(tf.cast(x, 'int32'), 8, 0);
    case 'i8':
      return wrap(tf.cast(x, 'int32'), 8, 2 ** 7);
    case 'i16':
      return wrap(tf.cast(x, 'int32'), 16, 2 ** 15);
    default:
      return tf.cast(x, 'int32');
  }
}
