import { numberAttribute, stringAttribute } from '../../steps/attributes';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor, Tensorflow } from '../tensorflow-module';
import { fixed } from './along';
import { classLosses } from './class-loss';
import { logSoftmaxAlong } from './activation';
import { classMeans, readClasses, weightedLosses } from './classes';

/** A loss of each value by itself, of the tensors of all inputs. Formulas: PyTorch, torch.nn, "Loss Functions". */
type PointwiseLoss = (call: OpCall, inputs: readonly Tensor[]) => Tensor;

/** Some names of numbers that a loss is made with. */
const number = (call: OpCall, name: string): number => numberAttribute(call.attrs, name);

/** |x| with the slope 0 at 0, unlike TensorFlow's own. */
const magnitude = (tf: Tensorflow, x: Tensor): Tensor => tf.mul(x, tf.sign(x));
/** max(x, 0) */
const positivePart = (tf: Tensorflow, x: Tensor): Tensor => tf.relu(x);

const pointwise: Readonly<Record<string, PointwiseLoss>> = {
  mse_loss: ({ tf }, [x, y]) => tf.square(tf.sub(need(x), need(y))),
  l1_loss: ({ tf }, [x, y]) => magnitude(tf, tf.sub(need(x), need(y))),
  smooth_l1_loss(call, [x, y]) {
    const { tf } = call;
    const beta = number(call, 'beta');
    const distance = magnitude(tf, tf.sub(need(x), need(y)));
    if (beta === 0) return distance;
    const near = tf.div(tf.square(distance), 2 * beta);
    return tf.where(
      fixed(tf, distance, (value) => tf.less(value, beta)),
      near,
      tf.sub(distance, beta / 2),
    );
  },
  huber_loss(call, [x, y]) {
    const { tf } = call;
    const delta = number(call, 'delta');
    const distance = magnitude(tf, tf.sub(need(x), need(y)));
    const far = tf.mul(delta, tf.sub(distance, delta / 2));
    return tf.where(
      fixed(tf, distance, (value) => tf.lessEqual(value, delta)),
      tf.mul(0.5, tf.square(distance)),
      far,
    );
  },
  soft_margin_loss: ({ tf }, [x, y]) => tf.softplus(tf.neg(tf.mul(need(x), need(y)))),
  hinge_embedding_loss(call, [x, y]) {
    const { tf } = call;
    return tf.where(
      fixed(tf, need(y), (value) => tf.equal(value, 1)),
      need(x),
      positivePart(tf, tf.sub(number(call, 'margin'), need(x))),
    );
  },
  margin_ranking_loss(call, [x, y, sign]) {
    const { tf } = call;
    const distance = tf.mul(tf.neg(need(sign)), tf.sub(need(x), need(y)));
    return positivePart(tf, tf.add(distance, number(call, 'margin')));
  },
  poisson_nll_loss(call, [x, y]) {
    const { tf, attrs } = call;
    const [rate, count] = [need(x), need(y)];
    const loss =
      attrs['logInput'] === true
        ? tf.sub(tf.exp(rate), tf.mul(count, rate))
        : tf.sub(rate, tf.mul(count, tf.log(tf.add(rate, number(call, 'eps')))));
    if (attrs['full'] !== true) return loss;
    const safe = tf.maximum(count, 1);
    const stirling = tf.add(tf.sub(tf.mul(safe, tf.log(safe)), safe), tf.mul(0.5, tf.log(tf.mul(2 * Math.PI, safe))));
    return tf.add(
      loss,
      tf.where(
        fixed(tf, count, (value) => tf.greater(value, 1)),
        stirling,
        tf.zerosLike(stirling),
      ),
    );
  },
  kl_div({ tf, attrs }, [x, y]) {
    const [input, target] = [need(x), need(y)];
    if (attrs['logTarget'] === true) return tf.mul(tf.exp(target), tf.sub(target, input));
    const isZero = fixed(tf, target, (value) => tf.equal(value, 0));
    const entropy = tf.mul(target, tf.log(tf.where(isZero, tf.onesLike(target), target)));
    return tf.sub(entropy, tf.mul(target, input));
  },
  binary_cross_entropy({ tf }, [x, y, weight]) {
    const [p, target] = [need(x), need(y)];
    const limited = (log: Tensor): Tensor => tf.maximum(log, -100);
    const loss = tf.neg(
      tf.add(tf.mul(target, limited(tf.log(p))), tf.mul(tf.sub(1, target), limited(tf.log1p(tf.neg(p))))),
    );
    return weight ? tf.mul(weight, loss) : loss;
  },
  binary_cross_entropy_with_logits({ tf, attrs }, [x, y, ...more]) {
    const [logits, target] = [need(x), need(y)];
    const given = attrs['given'] as readonly string[];
    const [weight, positive] = ['weight', 'pos_weight'].map((name) => more[given.indexOf(name)]);
    const factor = positive ? tf.add(1, tf.mul(tf.sub(positive, 1), target)) : tf.onesLike(target);
    const loss = tf.add(tf.mul(tf.sub(1, target), logits), tf.mul(factor, tf.softplus(tf.neg(logits))));
    return weight ? tf.mul(weight, loss) : loss;
  },
  gaussian_nll_loss(call, [x, y, variance]) {
    const { tf, attrs } = call;
    const given = need(variance);
    const eps = number(call, 'eps');
    // The limit is a number that is put in, without a slope of its own: what was limited still has a gradient.
    const limited = tf.add(
      given,
      fixed(tf, given, (value) => tf.relu(tf.sub(eps, value))),
    );
    const loss = tf.add(tf.log(limited), tf.div(tf.square(tf.sub(need(x), need(y))), limited));
    return tf.mul(0.5, attrs['full'] === true ? tf.add(loss, Math.log(2 * Math.PI)) : loss);
  },
};

export const lossOps: Readonly<Record<string, TensorOp>> = {
  ...Object.fromEntries(
    Object.entries(pointwise).map(([name, loss]): [string, TensorOp] => [
      name,
      (call) => reduced(call, loss(call, call.inputs()), call.shapeOf(0)),
    ]),
  ),
  pointwise_loss_grad(call) {
    const { attrs } = call;
    const name = stringAttribute(attrs, 'loss');
    const loss = pointwise[name];
    if (!loss) throw new Error(`TensorFlow.js has no loss '${name}'`);
    const [dloss, ...inputs] = call.inputs();
    const of = number(call, 'of');
    return call.pullBack(
      (x) => {
        const values = inputs.map((input, index) => (index === of ? x : input));
        return reduced(call, loss(call, values), need(inputs[0]).shape);
      },
      need(inputs[of]),
      need(dloss),
    );
  },
  ...Object.fromEntries(
    Object.entries(classLosses).map(([name, loss]): [string, TensorOp] => [
      name,
      (call) => loss(call, call.input(0), call.input(1), call.optional(2)),
    ]),
  ),
  class_loss_grad(call) {
    const name = stringAttribute(call.attrs, 'loss');
    const loss = classLosses[name];
    if (!loss) throw new Error(`TensorFlow.js has no loss '${name}'`);
    const [targets, weights] = [call.input(2), call.optional(3)];
    return call.pullBack((x) => loss(call, x, targets, weights), call.input(1), call.input(0));
  },
  cross_entropy: (call) => crossEntropy(call, call.input(0), call.input(1), call.isFloat(1), call.optional(2)),
  cross_entropy_grad(call) {
    const [targets, soft, weights] = [call.input(2), call.isFloat(2), call.optional(3)];
    return call.pullBack((x) => crossEntropy(call, x, targets, soft, weights), call.input(1), call.input(0));
  },
  cross_entropy_grad_target(call) {
    const { tf, shape } = call;
    const [logits, weights] = [call.input(1), call.optional(2)];
    // Linear in the targets: whatever they are, the gradient is the same.
    const zeros = tf.zeros(shape);
    return call.pullBack((targets) => crossEntropy(call, logits, targets, true, weights), zeros, call.input(0));
  },
};

/** −Σ w·q·log softmax(logits): see the op `cross_entropy`. */
function crossEntropy(
  call: OpCall,
  logits: Tensor,
  targets: Tensor,
  soft: boolean,
  weights: Tensor | undefined,
): Tensor {
  const { tf, attrs } = call;
  const scores = logSoftmaxAlong(tf, logits, logits.rank === 1 ? 0 : 1);
  const smoothing = typeof attrs['labelSmoothing'] === 'number' ? attrs['labelSmoothing'] : 0;
  const ignored = typeof attrs['ignoreIndex'] === 'number' && !soft ? attrs['ignoreIndex'] : null;
  const classes = readClasses(tf, scores, targets, soft, ignored);
  const size = classes.scores.shape[1] ?? 1;
  const smooth = tf.add(tf.mul(1 - smoothing, classes.shares), smoothing / size);
  const losses = weightedLosses(tf, classes, smooth, weights);
  return classMeans(call, losses, soft ? undefined : { classes, weights });
}

/** The mean or the sum of the losses of values of `shape`, or all of them. */
function reduced({ tf, attrs }: OpCall, losses: Tensor, shape: readonly number[]): Tensor {
  switch (attrs['reduction']) {
    case 'none':
      return losses;
    case 'sum':
      return tf.sum(losses);
    case 'batchmean':
      return tf.div(tf.sum(losses), shape[0] ?? 1);
    default:
      return tf.mean(losses);
  }
}

function need(tensor: Tensor | undefined): Tensor {
  if (!tensor) throw new Error('A loss misses one of its tensors');
  return tensor;
}
