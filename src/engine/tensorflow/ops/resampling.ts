import { booleanAttribute, numberAttribute, stringAttribute } from '../../steps/attributes';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor } from '../tensorflow-module';
import { alongAxis } from './axis-matrix';
import { axisWeights } from './axis-weights';
import { gridSample } from './grid-sample';

export const resamplingOps: Readonly<Record<string, TensorOp>> = {
  affine_grid(call) {
    const { tf, shape } = call;
    const theta = call.input(0);
    const places = placesOf(call, shape.slice(1, -1));
    return tf.matMul(broadcastOver(call, places, theta.shape[0] ?? 1), theta, false, true);
  },
  affine_grid_grad(call) {
    const { tf, shape } = call;
    const [images = 1, rank = 2] = shape;
    const places = placesOf(call, call.shapeOf(0).slice(1, -1));
    const dgrid = tf.reshape(call.input(0), [images, -1, rank]);
    return tf.matMul(dgrid, broadcastOver(call, places, images), true, false);
  },
  grid_sample: (call) => gridSample(call, call.input(0), call.input(1)),
  grid_sample_grad_input(call) {
    const { tf, shape } = call;
    return call.pullBack((x) => gridSample(call, x, call.input(1)), tf.zeros(shape), call.input(0));
  },
  grid_sample_grad_grid(call) {
    const { tf } = call;
    if (stringAttribute(call.attrs, 'mode') === 'nearest') return tf.zeros(call.shape);
    return call.pullBack((grid) => gridSample(call, call.input(1), grid), call.input(2), call.input(0));
  },
  interpolate: (call) => resized(call, false),
  interpolate_grad: (call) => resized(call, true),
  pixel_shuffle(call) {
    const { tf, attrs } = call;
    const factor = numberAttribute(attrs, 'factor');
    const x = call.input(0);
    const [channels = 1, height = 1, width = 1] = x.shape.slice(-3);
    const split = tf.reshape(x, [-1, channels / factor ** 2, factor, factor, height, width]);
    return tf.transpose(split, [0, 1, 4, 2, 5, 3]);
  },
  pixel_unshuffle(call) {
    const { tf, attrs } = call;
    const factor = numberAttribute(attrs, 'factor');
    const x = call.input(0);
    const [channels = 1, height = 1, width = 1] = x.shape.slice(-3);
    const split = tf.reshape(x, [-1, channels, height / factor, factor, width / factor, factor]);
    return tf.transpose(split, [0, 1, 3, 5, 2, 4]);
  },
};

/** A matrix of weights along each dimension; `transposed`: for the gradient. */
function resized(call: OpCall, transposed: boolean): Tensor {
  const { tf, attrs, shape } = call;
  const scale = attrs['scale'];
  const dy = call.input(0);
  return shape.slice(2).reduce((x: Tensor, outputSize, axis) => {
    const own = dy.shape[2 + axis] ?? 1;
    const [from, to] = transposed ? [outputSize, own] : [own, outputSize];
    const given = Array.isArray(scale) ? (scale as readonly number[])[axis] : scale;
    const weights = axisWeights(from, to, {
      mode: stringAttribute(attrs, 'mode'),
      alignCorners: booleanAttribute(attrs, 'alignCorners'),
      antialias: attrs['antialias'] === true,
      scale: attrs['recomputeScale'] === true || typeof given !== 'number' ? undefined : given,
    });
    return alongAxis(tf, x, 2 + axis, weights, transposed);
  }, dy);
}

/** x, y[, z] and 1 of every place, as rows; −1 and 1 are the outer pixels' centres (`alignCorners`) or edges. */
function placesOf({ tf, attrs }: OpCall, sizes: readonly number[]): Tensor {
  const aligned = booleanAttribute(attrs, 'alignCorners');
  const coordinate = (i: number, size: number): number => {
    if (size === 1) return 0;
    return aligned ? (2 * i) / (size - 1) - 1 : (2 * i + 1) / size - 1;
  };
  let rows: number[][] = [[]];
  // The last dimension is the first coordinate.
  for (const size of sizes) {
    rows = rows.flatMap((row) => Array.from({ length: size }, (_, i) => [coordinate(i, size), ...row]));
  }
  return tf.tensor2d(
    rows.map((row) => [...row, 1]),
    [rows.length, sizes.length + 1],
  );
}

function broadcastOver({ tf }: OpCall, places: Tensor, images: number): Tensor {
  return tf.broadcastTo(places, [images, ...places.shape]);
}
