import { normalizationTable } from '../../../core/data/batches';
import { listAttribute } from '../../steps/attributes';
import type { TensorOp } from '../tensor-op';

export const dataOps: Readonly<Record<string, TensorOp>> = {
  /** On the host, which keeps the bytes: TensorFlow.js has no tensor of bytes, and four times the memory is no bargain. */
  gather_images(call) {
    const { tf, attrs, shape } = call;
    const [images = 0, channels = 1, height = 1, width = 1] = shape;
    const [count = 0] = call.shapeOf(0);
    const [bytes, picks] = [call.dataBytes(0), call.hostWords(1)];
    const table = normalizationTable(listAttribute(attrs, 'mean'), listAttribute(attrs, 'std'));
    const plane = height * width;
    const values = new Float32Array(images * channels * plane).fill(NaN);
    for (let n = 0; n < images; n++) {
      const [image = -1, dy = 0, dx = 0, flip = 0] = [0, 1, 2, 3].map((word) => picks[4 * n + word]);
      if (image < 0 || image >= count) continue;
      for (let channel = 0; channel < channels; channel++) {
        const [from, to] = [(image * channels + channel) * plane, (n * channels + channel) * plane];
        for (let place = 0; place < plane; place++) {
          const [y, x] = [Math.floor(place / width), place % width];
          const [row, column] = [y + dy, (flip === 0 ? x : width - 1 - x) + dx];
          const outside = row < 0 || row >= height || column < 0 || column >= width;
          const byte = outside ? 0 : (bytes[from + row * width + column] ?? 0);
          values[to + place] = table[256 * channel + byte] ?? NaN;
        }
      }
    }
    return tf.tensor(values, shape, 'float32');
  },
};
