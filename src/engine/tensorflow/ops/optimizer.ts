import { booleanAttribute, numberAttribute } from '../../steps/attributes';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor } from '../tensorflow-module';

/** Over flat runs of parameters. What each number of `hyper` is: core/train/optimizer.ts. Source: torch.optim. */
export const optimizerOps: Readonly<Record<string, TensorOp>> = {
  adam: adaptive,
  adamw: adaptive,
  clip_norm(call) {
    const { tf, attrs } = call;
    const squares = tf.addN(call.inputs().map((gradient) => tf.sum(tf.square(gradient))));
    return tf.minimum(1, tf.div(numberAttribute(attrs, 'maximum'), tf.add(tf.sqrt(squares), 1e-6)));
  },
  rmsprop,
  sgd,
};

interface Update {
  readonly parameters: Tensor;
  readonly gradients: Tensor;
  readonly moments: readonly Tensor[];
  readonly hyper: readonly Tensor[];
  /** Puts a moment's new value in its place. */
  readonly keep: (index: number, value: Tensor) => void;
}

/** Inputs: parameters, gradients, so many moments, hyper, and the factor that clips gradients, if there is one. */
function readUpdate(call: OpCall, momentCount: number): Update {
  const { tf, attrs } = call;
  const factor = call.optional(3 + momentCount);
  const gradients = factor ? tf.mul(call.input(1), tf.reshape(factor, [])) : call.input(1);
  const limit = attrs['clipValue'];
  const moments = Array.from({ length: momentCount }, (_, index) => call.input(2 + index));
  return {
    parameters: call.input(0),
    gradients: typeof limit === 'number' ? tf.clipByValue(gradients, -limit, limit) : gradients,
    moments,
    hyper: tf.unstack(call.input(2 + momentCount)),
    keep: (index, value) => call.write(call.place(2 + index), value),
  };
}

function sgd(call: OpCall): Tensor {
  const { tf, attrs } = call;
  const { parameters, gradients, moments, hyper, keep } = readUpdate(call, booleanAttribute(attrs, 'momentum') ? 1 : 0);
  const [rate, decay, momentum, isFirst] = hyper as [Tensor, Tensor, Tensor, Tensor];
  let direction: Tensor = tf.add(gradients, tf.mul(decay, parameters));
  const [buffer] = moments;
  if (buffer) {
    // The first step finds no velocity.
    const next = tf.add(tf.mul(tf.mul(tf.sub(1, isFirst), momentum), buffer), direction);
    keep(0, next);
    direction = booleanAttribute(attrs, 'nesterov') ? tf.add(direction, tf.mul(momentum, next)) : next;
  }
  return tf.sub(parameters, tf.mul(rate, direction));
}

/** Adam, and AdamW, whose weight decay is no part of the gradient. */
function adaptive(call: OpCall): Tensor {
  const { tf, attrs, step } = call;
  const { parameters, gradients, moments, hyper, keep } = readUpdate(call, attrs['amsgrad'] === true ? 3 : 2);
  const [rate, rest1, rest2, epsilon, decay, correction1, correction2] = hyper as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const decoupled = step.op === 'adamw';
  const gradient = decoupled ? gradients : tf.add(gradients, tf.mul(decay, parameters));
  const [first, second, largest] = moments as [Tensor, Tensor, Tensor | undefined];
  const mean = tf.add(tf.mul(tf.sub(1, rest1), first), tf.mul(rest1, gradient));
  const square = tf.add(tf.mul(tf.sub(1, rest2), second), tf.mul(rest2, tf.square(gradient)));
  keep(0, mean);
  keep(1, square);
  let counted: Tensor = square;
  if (largest) {
    counted = tf.maximum(largest, square);
    keep(2, counted);
  }
  const denominator = tf.add(tf.div(tf.sqrt(counted), correction2), epsilon);
  const moved = tf.div(tf.mul(tf.div(rate, correction1), mean), denominator);
  const kept = decoupled ? tf.mul(parameters, tf.sub(1, tf.mul(rate, decay))) : parameters;
  return tf.sub(kept, moved);
}

function rmsprop(call: OpCall): Tensor {
  const { tf, attrs } = call;
  const [hasMomentum, centered] = [booleanAttribute(attrs, 'momentum'), booleanAttribute(attrs, 'centered')];
  const update = readUpdate(call, 1 + Number(hasMomentum) + Number(centered));
  const { parameters, gradients, moments, hyper, keep } = update;
  const [rate, rest, epsilon, decay, momentum] = hyper as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const gradient = tf.add(gradients, tf.mul(decay, parameters));
  const mixed = (old: Tensor | undefined, value: Tensor): Tensor =>
    tf.add(tf.mul(tf.sub(1, rest), old ?? 0), tf.mul(rest, value));
  const square = mixed(moments[0], tf.square(gradient));
  keep(0, square);
  let variance: Tensor = square;
  if (centered) {
    const mean = mixed(moments.at(-1), gradient);
    keep(moments.length - 1, mean);
    variance = tf.sub(square, tf.square(mean));
  }
  let direction: Tensor = tf.div(gradient, tf.add(tf.sqrt(variance), epsilon));
  if (hasMomentum) {
    direction = tf.add(tf.mul(momentum, moments[1] ?? 0), direction);
    keep(1, direction);
  }
  return tf.sub(parameters, tf.mul(rate, direction));
}
