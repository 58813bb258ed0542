import type { Tensor, Tensorflow } from '../tensorflow-module';

/**
 * x with each line along a dimension multiplied by a matrix, given as rows [to][from]; `transposed`: by its transpose.
 */
export function alongAxis(
  tf: Tensorflow,
  x: Tensor,
  dim: number,
  rows: readonly (readonly number[])[],
  transposed: boolean,
): Tensor {
  const outer = x.shape.slice(0, dim).reduce((product, size) => product * size, 1);
  const inner = x.shape.slice(dim + 1).reduce((product, size) => product * size, 1);
  const [to, from] = [rows.length, rows[0]?.length ?? 0];
  const matrix = tf.tensor2d(Float32Array.from(rows.flat()), [to, from]);
  const lines = tf.reshape(tf.transpose(tf.reshape(x, [outer, x.shape[dim] ?? 1, inner]), [0, 2, 1]), [
    outer * inner,
    x.shape[dim] ?? 1,
  ]);
  const made = tf.matMul(lines, matrix, false, !transposed);
  const size = transposed ? from : to;
  const back = tf.transpose(tf.reshape(made, [outer, inner, size]), [0, 2, 1]);
  return tf.reshape(
    back,
    x.shape.map((own, at) => (at === dim ? size : own)),
  );
}
