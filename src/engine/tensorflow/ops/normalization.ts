import { listAttribute, numberAttribute } from '../../steps/attributes';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor, Tensorflow } from '../tensorflow-module';
import { count, padded, strided, total } from './along';

export const normalizationOps: Readonly<Record<string, TensorOp>> = {
  batch_norm_count: (call) => call.tf.add(call.input(0), call.tf.scalar(1, 'int32')),
  batch_norm_stats(call) {
    const { tf } = call;
    const x = call.input(0);
    const { mean, variance } = tf.moments(x, channelSumDims(x));
    return tf.stack([mean, variance]);
  },
  batch_norm_normalize(call) {
    const [mean, variance] = call.tf.unstack(call.input(1)) as [Tensor, Tensor];
    return normalize(call, mean, variance, call.optional(2), call.optional(3));
  },
  batch_norm_inference: (call) => normalize(call, call.input(1), call.input(2), call.optional(3), call.optional(4)),
  batch_norm_grad_stats(call) {
    const { tf } = call;
    const [dy, x] = [call.input(0), call.input(1)];
    const [mean, variance] = tf.unstack(call.input(2)) as [Tensor, Tensor];
    const dims = channelSumDims(x);
    const inverse = channels(tf, tf.rsqrt(tf.add(variance, numberAttribute(call.attrs, 'eps'))), x);
    const normal = tf.mul(tf.sub(x, channels(tf, mean, x)), inverse);
    return tf.stack([tf.sum(dy, dims), tf.sum(tf.mul(dy, normal), dims)]);
  },
  batch_norm_grad_input(call) {
    const { tf } = call;
    const [dy, x] = [call.input(0), call.input(1)];
    const [mean, variance] = tf.unstack(call.input(2)) as [Tensor, Tensor];
    const [sums, products] = tf.unstack(call.input(3)) as [Tensor, Tensor];
    const weight = call.optional(4);
    const places = x.size / (x.shape[1] ?? 1);
    const inverse = tf.rsqrt(tf.add(variance, numberAttribute(call.attrs, 'eps')));
    const normal = tf.mul(tf.sub(x, channels(tf, mean, x)), channels(tf, inverse, x));
    const removed = tf.add(channels(tf, sums, x), tf.mul(normal, channels(tf, products, x)));
    const factor = weight ? tf.mul(weight, inverse) : inverse;
    return tf.mul(channels(tf, factor, x), tf.sub(dy, tf.div(removed, places)));
  },
  batch_norm_inference_grad_input(call) {
    const { tf } = call;
    const dy = call.input(0);
    const inverse = tf.rsqrt(tf.add(call.input(1), numberAttribute(call.attrs, 'eps')));
    const weight = call.optional(2);
    return tf.mul(dy, channels(tf, weight ? tf.mul(weight, inverse) : inverse, dy));
  },
  batch_norm_running(call) {
    const { tf, attrs } = call;
    const [running, stats] = [call.input(0), call.input(1)];
    const row = numberAttribute(attrs, 'row');
    const values = numberAttribute(attrs, 'count');
    const newest = tf.reshape(tf.slice(stats, [row, 0], [1, running.size]), [running.size]);
    // Running variances are those of the population; variances of one value are no numbers.
    const unbiased = row === 1 ? tf.mul(newest, values / (values - 1)) : newest;
    const momentum = attrs['momentum'];
    const share =
      typeof momentum === 'number' ? tf.scalar(momentum) : tf.div(1, tf.cast(tf.reshape(call.input(2), []), 'float32'));
    return tf.add(tf.mul(running, tf.sub(1, share)), tf.mul(unbiased, share));
  },
  group_norm(call) {
    const { tf, attrs } = call;
    const { normal } = groupsOf(call, call.input(0));
    const [weight, bias] =
      attrs['weight'] === true ? [call.optional(1), call.optional(2)] : [undefined, call.optional(1)];
    const scaled = weight ? tf.mul(normal, channels(tf, weight, normal)) : normal;
    return bias ? tf.add(scaled, channels(tf, bias, normal)) : scaled;
  },
  group_norm_grad_stats(call) {
    const { tf } = call;
    const dy = call.input(0);
    const { normal, mean, inverse } = groupsOf(call, call.input(1));
    const dims = dy.shape.map((_, dim) => dim).slice(2);
    return tf.concat([tf.sum(dy, dims), tf.sum(tf.mul(dy, normal), dims), mean, inverse], 1);
  },
  group_norm_grad_input(call) {
    const { tf } = call;
    const [dy, x, weight] = [call.input(0), call.input(1), call.optional(3)];
    const gradient = weight ? tf.mul(dy, channels(tf, weight, dy)) : dy;
    return call.pullBack((value) => groupsOf(call, value).normal, x, gradient);
  },
  layer_norm: (call) => rowNorm(call, call.input(0), true, affineOf(call)),
  rms_norm: (call) => rowNorm(call, call.input(0), false, { weight: call.optional(1), bias: undefined }),
  layer_norm_grad_input(call) {
    const weight = call.optional(2);
    const affine = { weight, bias: undefined };
    return call.pullBack((x) => rowNorm(call, x, call.attrs['centred'] === true, affine), call.input(1), call.input(0));
  },
  layer_norm_grad_affine(call) {
    const { tf, shape } = call;
    const [, length = 1] = shape;
    const none = { weight: undefined, bias: undefined };
    const normal = tf.reshape(rowNorm(call, call.input(1), call.attrs['centred'] === true, none), [-1, length]);
    const dy = tf.reshape(call.input(0), [-1, length]);
    return tf.stack([tf.sum(dy, 0), tf.sum(tf.mul(dy, normal), 0)]);
  },
  local_response_norm: (call) => localResponse(call, call.input(0)),
  local_response_norm_grad: (call) => call.pullBack((x) => localResponse(call, x), call.input(1), call.input(0)),
};

/** A value for each channel, of a shape that is broadcast over [N, C, …]. */
function channels(tf: Tensorflow, values: Tensor, like: Tensor): Tensor {
  return tf.reshape(values, [values.size, ...like.shape.slice(2).map(() => 1)]);
}

/** All dimensions but the channels'. */
export function channelSumDims(x: Tensor): number[] {
  return x.shape.map((_, dim) => dim).filter((dim) => dim !== 1);
}

function normalize(
  call: OpCall,
  mean: Tensor,
  variance: Tensor,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
): Tensor {
  const { tf, attrs } = call;
  const x = call.input(0);
  const of = (values: Tensor | undefined): Tensor | undefined => values && channels(tf, values, x);
  const eps = numberAttribute(attrs, 'eps');
  // TensorFlow's own op takes [N, H, W, C] and no other place for the channels.
  const inverse = tf.rsqrt(tf.add(channels(tf, variance, x), eps));
  const scale = of(weight);
  const normal = tf.mul(tf.sub(x, channels(tf, mean, x)), scale ? tf.mul(inverse, scale) : inverse);
  const shift = of(bias);
  return shift ? tf.add(normal, shift) : normal;
}

/** Each group of each image normalised, with its statistics [N, groups]. */
function groupsOf({ tf, attrs }: OpCall, x: Tensor) {
  const groups = numberAttribute(attrs, 'groups');
  const rows = tf.reshape(x, [(x.shape[0] ?? 1) * groups, -1]);
  const mean = tf.mean(rows, 1, true);
  const centred = tf.sub(rows, mean);
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), numberAttribute(attrs, 'eps')));
  const perGroup = (values: Tensor): Tensor => tf.reshape(values, [x.shape[0] ?? 1, groups]);
  return { normal: tf.reshape(tf.mul(centred, inverse), x.shape), mean: perGroup(mean), inverse: perGroup(inverse) };
}

interface Affine {
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;
}

function affineOf(call: OpCall): Affine {
  return call.attrs['weight'] === true
    ? { weight: call.optional(1), bias: call.optional(2) }
    : { weight: undefined, bias: call.optional(1) };
}

/** The last dimensions normalised; less their mean, if `centred`. */
function rowNorm({ tf, attrs }: OpCall, x: Tensor, centred: boolean, { weight, bias }: Affine): Tensor {
  const length = count(listAttribute(attrs, 'normalizedShape'));
  // null: the machine epsilon of float32.
  const eps = typeof attrs['eps'] === 'number' ? attrs['eps'] : 2 ** -23;
  const rows = tf.reshape(x, [-1, length]);
  const values = centred ? tf.sub(rows, tf.mean(rows, 1, true)) : rows;
  const normal = tf.mul(values, tf.rsqrt(tf.add(tf.mean(tf.square(values), 1, true), eps)));
  const scaled = weight ? tf.mul(normal, tf.reshape(weight, [length])) : normal;
  return tf.reshape(bias ? tf.add(scaled, tf.reshape(bias, [length])) : scaled, x.shape);
}

/** x / (k + α·mean of squares of the neighbouring channels)^β. Source: PyTorch, LocalResponseNorm. */
function localResponse({ tf, attrs }: OpCall, x: Tensor): Tensor {
  const [size = 1, alpha = 1, beta = 1, k = 1] = ['size', 'alpha', 'beta', 'k'].map((name) =>
    numberAttribute(attrs, name),
  );
  const before = Math.floor(size / 2);
  const length = x.shape[1] ?? 1;
  const squares = padded(tf, tf.square(x), 1, before, size - 1 - before);
  const sums = total(
    tf,
    Array.from({ length: size }, (_, start) => strided(tf, squares, 1, { start, step: 1, length })),
  );
  return tf.div(x, tf.pow(tf.add(k, tf.mul(alpha / size, sums)), beta));
}
