import { normalizationTable } from '../../../core/data/batches';
import { listAttribute, optionalListAttribute } from '../../steps/attributes';
import type { TensorOp } from '../tensor-op';
import type { Tensor } from '../tensorflow-module';

export const dataOps: Readonly<Record<string, TensorOp>> = {
  /** On the host, which keeps the bytes: TensorFlow.js has no tensor of bytes, and four times the memory is no bargain. */
  gather_images(call) {
    const { tf, attrs, shape } = call;
    const [images = 0, channels = 1, height = 1, width = 1] = shape;
    const [count = 0] = call.shapeOf(0);
    const [bytes, picks] = [call.dataBytes(0), call.hostWords(1)];
    const [, words = 4] = call.shapeOf(1);
    const erased = optionalListAttribute(attrs, 'erased');
    const table = normalizationTable(listAttribute(attrs, 'mean'), listAttribute(attrs, 'std'));
    const plane = height * width;
    const values = new Float32Array(images * channels * plane).fill(NaN);
    for (let n = 0; n < images; n++) {
      const [image = -1, dy = 0, dx = 0, flip = 0, top = 0, left = 0, bottom = 0, right = 0] = Array.from(
        { length: words },
        (_, word) => picks[words * n + word],
      );
      const isThere = image >= 0 && image < count;
      for (let channel = 0; channel < channels; channel++) {
        const [from, to] = [(image * channels + channel) * plane, (n * channels + channel) * plane];
        for (let place = 0; place < plane; place++) {
          const [y, x] = [Math.floor(place / width), place % width];
          const [row, column] = [y + dy, (flip === 0 ? x : width - 1 - x) + dx];
          const outside = row < 0 || row >= height || column < 0 || column >= width;
          const isErased = erased && y >= top && y < bottom && x >= left && x < right;
          if (!isThere && !isErased) continue;
          const kept = outside ? 0 : bytes[from + row * width + column];
          values[to + place] = table[256 * channel + ((isErased ? erased[channel] : kept) ?? 0)] ?? NaN;
        }
      }
    }
    return tf.tensor(values, shape, 'float32');
  },

  mix_images(call) {
    const { tf, shape } = call;
    const [batch = 0, , height = 1, width = 1] = shape;
    const [images, others, mix] = [call.input(0), call.input(1), call.input(2)];
    const [share, top, bottom, left, right] = tf
      .split(mix, 5, 1)
      .map((column: Tensor) => tf.reshape(column, [batch, 1, 1, 1])) as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const rows = tf.reshape(tf.range(0, height, 1, 'float32'), [1, 1, height, 1]);
    const columns = tf.reshape(tf.range(0, width, 1, 'float32'), [1, 1, 1, width]);
    const within = (places: Tensor, from: Tensor, to: Tensor) =>
      tf.logicalAnd(tf.greaterEqual(places, from), tf.less(places, to));
    const box = tf.logicalAnd(within(rows, top, bottom), within(columns, left, right));
    const blend = tf.add(tf.mul(share, images), tf.mul(tf.sub(1, share), others));
    const outside = tf.where(tf.equal(share, 1), images, blend);
    return tf.where(box, others, outside);
  },
};
