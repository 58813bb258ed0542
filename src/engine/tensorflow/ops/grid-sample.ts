import { booleanAttribute, stringAttribute } from '../../steps/attributes';
import type { OpCall } from '../tensor-op';
import type { SaveTensors, Tensor, Tensorflow } from '../tensorflow-module';
import { count, fixed, total } from './along';

/** Places along one dimension [N·places] and what each counts. */
interface Tap {
  readonly index: Tensor;
  readonly weight: Tensor;
}

/**
 * x [N, C, …size] read at the places of grid [N, …places, rank], whose last dimension begins with that along the last of x.
 * Made of ops that TensorFlow can differentiate, by x and by grid. Source: PyTorch, grid_sample.
 */
export function gridSample(call: OpCall, x: Tensor, grid: Tensor): Tensor {
  const { tf } = call;
  const [images = 1, channels = 1, ...sizes] = x.shape;
  const rank = sizes.length;
  const rows = tf.reshape(grid, [-1, rank]);
  const places = (rows.shape[0] ?? 0) / images;
  const axes = sizes.map((size, axis) => {
    const coordinate = tf.reshape(tf.slice(rows, [0, rank - 1 - axis], [-1, 1]), [-1]);
    return tapsOf(call, coordinate, size);
  });
  const channelsLast = tf.reshape(tf.transpose(tf.reshape(x, [images, channels, -1]), [0, 2, 1]), [-1, channels]);
  const firstOfImage = tf.reshape(
    tf.mul(tf.reshape(tf.range(0, images, 1, 'int32'), [-1, 1]), tf.fill([images, places], count(sizes), 'int32')),
    [-1],
  );
  const taps = axes.reduce<readonly Tap[]>(
    (all, along, axis) =>
      all.flatMap((before) =>
        along.map(({ index, weight }) => ({
          index: tf.add(tf.mul(before.index, tf.scalar(sizes[axis] ?? 1, 'int32')), index),
          weight: tf.mul(before.weight, weight),
        })),
      ),
    [{ index: tf.zeros([images * places], 'int32'), weight: tf.ones([images * places]) }],
  );
  const sums = total(
    tf,
    taps.map(({ index, weight }) =>
      tf.mul(rowsAt(tf, channelsLast, tf.add(index, firstOfImage)), tf.reshape(weight, [-1, 1])),
    ),
  );
  return tf.transpose(tf.reshape(sums, [images, places, channels]), [0, 2, 1]);
}

/** Rows of a matrix by index, with a gradient that adds up where they came from. */
function rowsAt(tf: Tensorflow, matrix: Tensor, index: Tensor): Tensor {
  const shape = matrix.shape as [number, number];
  const read = tf.customGrad((x, save) => {
    // What is not saved is gone by the time the gradient is computed.
    (save as SaveTensors)([index]);
    return {
      value: tf.gather(x as Tensor, index),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.scatterND(tf.reshape(saved ?? index, [-1, 1]), dy, shape),
    };
  });
  return read(matrix);
}

function tapsOf({ tf, attrs }: OpCall, coordinate: Tensor, size: number): readonly Tap[] {
  const aligned = booleanAttribute(attrs, 'alignCorners');
  const padding = stringAttribute(attrs, 'paddingMode');
  const place = aligned
    ? tf.mul(tf.add(coordinate, 1), (size - 1) / 2)
    : tf.div(tf.sub(tf.mul(tf.add(coordinate, 1), size), 1), 2);
  const inside = (at: Tensor): Tensor => insideOf(tf, at, size, padding, aligned);
  const tap = (at: Tensor, weight: Tensor): Tap => {
    const exists = fixed(tf, at, (value) =>
      tf.cast(tf.logicalAnd(tf.greaterEqual(value, 0), tf.lessEqual(value, size - 1)), 'float32'),
    );
    return {
      index: fixed(tf, at, (value) => tf.cast(tf.clipByValue(value, 0, size - 1), 'int32')),
      weight: tf.mul(weight, exists),
    };
  };
  switch (stringAttribute(attrs, 'mode')) {
    case 'nearest':
      return [tap(tf.round(inside(place)), tf.onesLike(place))];
    case 'bicubic': {
      const first = tf.floor(place);
      const rest = tf.sub(place, first);
      // The padding is applied to each tap, as PyTorch does.
      return [-1, 0, 1, 2].map((k) => tap(inside(tf.add(first, k)), keysOf(tf, rest, k)));
    }
    default: {
      const from = inside(place);
      const first = tf.floor(from);
      const rest = tf.sub(from, first);
      return [tap(first, tf.sub(1, rest)), tap(tf.add(first, 1), rest)];
    }
  }
}

/** Keys' cubic filter with a = −0.75, of the tap that is k − rest away, k in −1 … 2 and rest in [0, 1). */
function keysOf(tf: Tensorflow, rest: Tensor, k: number): Tensor {
  const r = k <= 0 ? tf.add(rest, -k) : tf.sub(k, rest);
  const [square, cube] = [tf.square(r), tf.mul(r, tf.square(r))];
  const polynomial = (a: number, b: number, c: number, d: number): Tensor =>
    tf.add(tf.add(a, tf.mul(b, r)), tf.add(tf.mul(c, square), tf.mul(d, cube)));
  return k === 0 || k === 1 ? polynomial(1, 0, -2.25, 1.25) : polynomial(3, -6, 3.75, -0.75);
}

/** A place as the padding has it: where it is, at the border, or turned around there as often as needed. */
function insideOf(tf: Tensorflow, place: Tensor, size: number, padding: string, aligned: boolean): Tensor {
  if (padding === 'zeros') return place;
  const border = (at: Tensor): Tensor => tf.clipByValue(at, 0, size - 1);
  if (padding === 'border') return border(place);
  const [low, high] = aligned ? [0, size - 1] : [-0.5, size - 0.5];
  const width = high - low;
  if (width === 0) return tf.mul(place, 0);
  // A wave of period 2·width: how often it has turned is a number that has no slope.
  const period = tf.floor(tf.div(tf.sub(place, low), 2 * width));
  const within = tf.sub(tf.sub(place, low), tf.mul(period, 2 * width));
  const mirrored = tf.where(
    fixed(tf, within, (value) => tf.greater(value, width)),
    tf.sub(2 * width, within),
    within,
  );
  return border(tf.add(mirrored, low));
}
