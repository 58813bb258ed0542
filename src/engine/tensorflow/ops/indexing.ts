import { booleanAttribute, numberAttribute } from '../../steps/attributes';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor, Tensorflow } from '../tensorflow-module';
import { count, int, withSize } from './along';

/** Ops that go by tensors of whole numbers. Indices count from the end where they are negative. */
export const indexingOps: Readonly<Record<string, TensorOp>> = {
  embedding(call) {
    const { tf } = call;
    return tf.gather(call.input(1), tf.reshape(call.input(0), [-1]));
  },
  embedding_grad(call) {
    const { tf, attrs, shape } = call;
    const [rows = 1, columns = 1] = shape;
    const index = tf.reshape(call.input(1), [-1]);
    let dy: Tensor = tf.reshape(call.input(0), [-1, columns]);
    if (typeof attrs['paddingIdx'] === 'number') {
      dy = tf.mul(dy, tf.reshape(tf.cast(tf.notEqual(index, attrs['paddingIdx']), 'float32'), [-1, 1]));
    }
    const sums = tf.scatterND(tf.reshape(index, [-1, 1]), dy, [rows, columns]);
    if (!booleanAttribute(attrs, 'byFrequency')) return sums;
    const counts = tf.scatterND(tf.reshape(index, [-1, 1]), tf.ones([index.size]), [rows]);
    return tf.divNoNan(sums, tf.reshape(counts, [rows, 1]));
  },
  gather: (call) => {
    const { tf } = call;
    const places = elementPlaces(call, call.shapeOf(0), call.input(1));
    return tf.gather(tf.reshape(call.input(0), [-1]), tf.reshape(places, [-1]));
  },
  index_select(call) {
    const { tf, attrs } = call;
    const x = call.input(0);
    const dim = numberAttribute(attrs, 'dim');
    return tf.gather(x, wrapped(tf, tf.reshape(call.input(1), [-1]), x.shape[dim] ?? 1), dim);
  },
  linear_index(call) {
    const { tf, attrs } = call;
    const size = numberAttribute(attrs, 'size');
    const last = call.input(call.inputCount - 1);
    const place = wrapped(tf, last, size);
    return call.inputCount === 1 ? place : tf.add(tf.mul(call.input(0), int(tf, size)), place);
  },
  one_hot: (call) => call.tf.cast(call.tf.oneHot(call.input(0), numberAttribute(call.attrs, 'classes')), 'int32'),
  put_elements(call) {
    const { tf, shape } = call;
    const places = elementPlaces(call, shape, call.input(1));
    return put(tf, call.input(0), tf.reshape(places, [-1, 1]), call.input(2));
  },
  put_rows(call) {
    const { tf, shape } = call;
    const values = call.input(2);
    return put(tf, call.input(0), rowPlaces(call, shape, call.input(1), values.shape), values);
  },
  scatter_elements(call) {
    const { tf, shape } = call;
    const dy = call.input(0);
    const places = elementPlaces(call, shape, call.input(1));
    return tf.scatterND(tf.reshape(places, [-1, 1]), tf.reshape(dy, [-1]), [count(shape)]);
  },
  scatter_rows(call) {
    const { tf, shape } = call;
    const dy = call.input(0);
    return tf.scatterND(rowPlaces(call, shape, call.input(1), dy.shape), tf.reshape(dy, [-1]), [count(shape)]);
  },
};

function wrapped(tf: Tensorflow, index: Tensor, size: number): Tensor {
  return tf.where(tf.less(index, int(tf, 0)), tf.add(index, int(tf, size)), index);
}

/** Where in a tensor of `shape` (flattened) each element of an index along the attribute `dim` points. */
function elementPlaces({ tf, attrs }: OpCall, shape: readonly number[], index: Tensor): Tensor {
  const dim = numberAttribute(attrs, 'dim');
  return placesOf(tf, shape, index.shape, dim, wrapped(tf, index, shape[dim] ?? 1));
}

/** The same where a vector names slices along `dim`; `slices`: the shape of what they hold. As [elements, 1]. */
function rowPlaces(call: OpCall, shape: readonly number[], index: Tensor, slices: readonly number[]): Tensor {
  const { tf, attrs } = call;
  const dim = numberAttribute(attrs, 'dim');
  const along = wrapped(tf, tf.reshape(index, [-1]), shape[dim] ?? 1);
  const aligned = tf.reshape(
    along,
    slices.map((_, at) => (at === dim ? along.size : 1)),
  );
  return tf.reshape(placesOf(tf, shape, slices, dim, aligned), [-1, 1]);
}

/** Σ place·stride over the dimensions, the place along `dim` as given. */
function placesOf(
  tf: Tensorflow,
  shape: readonly number[],
  from: readonly number[],
  dim: number,
  along: Tensor,
): Tensor {
  return from.reduce(
    (sum: Tensor, size, at) => {
      const stride = int(tf, count(shape.slice(at + 1)));
      const ones = from.map(() => 1);
      const places = at === dim ? along : tf.reshape(tf.range(0, size, 1, 'int32'), withSize(ones, at, size));
      return tf.add(sum, tf.mul(places, stride));
    },
    tf.zeros([...from], 'int32'),
  );
}

/** x with values at places [values, 1]; where places meet, TensorFlow decides. */
function put(tf: Tensorflow, x: Tensor, places: Tensor, values: Tensor): Tensor {
  // Of a copy: the CPU backend writes into the very tensor that it is given.
  return tf.tensorScatterUpdate(tf.reshape(tf.add(x, tf.zerosLike(x)), [-1]), places, tf.reshape(values, [-1]));
}
