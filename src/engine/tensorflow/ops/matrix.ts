import { booleanAttribute } from '../../steps/attributes';
import type { TensorOp } from '../tensor-op';
import type { Tensor, Tensorflow } from '../tensorflow-module';

export const matrixOps: Readonly<Record<string, TensorOp>> = {
  linear(call) {
    const { tf } = call;
    const [x, weight, bias] = [rowsOf(tf, call.input(0), 1), call.input(1), call.optional(2)];
    const y = tf.matMul(x, rowsOf(tf, weight, 1), false, true);
    return bias ? tf.add(y, bias) : y;
  },
  linear_grad_input(call) {
    const { tf } = call;
    const weight = rowsOf(tf, call.input(1), 1);
    return tf.matMul(tf.reshape(call.input(0), [-1, weight.shape[0] ?? 1]), weight);
  },
  linear_grad_weight(call) {
    const { tf, shape } = call;
    const [outputs = 1, inputs = 1] = shape;
    const [x, dy] = [tf.reshape(call.input(0), [-1, inputs]), tf.reshape(call.input(1), [-1, outputs])];
    return tf.matMul(dy, x, true, false);
  },
  matrix_product(call) {
    const { tf, attrs, shape } = call;
    const batch = shape.slice(0, -2);
    const whole = (x: Tensor): Tensor => {
      const matrix = x.shape.slice(-2);
      const all = tf.broadcastTo(x, [...batch, ...matrix]);
      return tf.reshape(all, [-1, ...matrix]);
    };
    const [a, b] = [whole(call.input(0)), whole(call.input(1))];
    return tf.matMul(a, b, booleanAttribute(attrs, 'transposeA'), booleanAttribute(attrs, 'transposeB'));
  },
};

/** As a matrix whose columns are the last dimension. */
function rowsOf(tf: Tensorflow, x: Tensor, otherwise: number): Tensor {
  return tf.reshape(x, [-1, x.shape.at(-1) ?? otherwise]);
}
