import type { SaveTensors, Tensor, Tensorflow } from '../tensorflow-module';

/** Elements start, start + step, … of a dimension, `length` of them. */
export function strided(
  tf: Tensorflow,
  x: Tensor,
  dim: number,
  { start, step, length }: { readonly start: number; readonly step: number; readonly length: number },
): Tensor {
  const begin = x.shape.map((_, at) => (at === dim ? start : 0));
  if (step === 1 || length <= 1) return tf.slice(x, begin, withSize(x.shape, dim, length));
  const end = withSize(x.shape, dim, start + step * (length - 1) + 1);
  return tf.stridedSlice(
    x,
    begin,
    end,
    x.shape.map((_, at) => (at === dim ? step : 1)),
  );
}

/** The transpose of `strided`: x at places start, start + step, … of a dimension of `size`, zeros elsewhere. */
export function spread(
  tf: Tensorflow,
  x: Tensor,
  dim: number,
  { start, step, size }: { readonly start: number; readonly step: number; readonly size: number },
): Tensor {
  const length = x.shape[dim] ?? 1;
  let spaced = x;
  if (step > 1 && length > 0) {
    const [outer, inner] = [count(x.shape.slice(0, dim)), count(x.shape.slice(dim + 1))];
    const zeros = tf.zeros([outer * length, (step - 1) * inner], x.dtype);
    const rows = tf.concat([tf.reshape(x, [outer * length, inner]), zeros], 1);
    const wide = tf.reshape(rows, withSize(x.shape, dim, length * step));
    spaced = tf.slice(
      wide,
      x.shape.map(() => 0),
      withSize(x.shape, dim, (length - 1) * step + 1),
    );
  }
  const used = spaced.shape[dim] ?? 0;
  return padded(tf, spaced, dim, start, size - start - used);
}

/** More elements of a value before and behind along a dimension; fewer where a number is negative. */
export function padded(tf: Tensorflow, x: Tensor, dim: number, before: number, after: number, value = 0): Tensor {
  if (before === 0 && after === 0) return x;
  const size = x.shape[dim] ?? 1;
  const [first, end] = [Math.max(0, -before), size - Math.max(0, -after)];
  const kept = first === 0 && end === size ? x : strided(tf, x, dim, { start: first, step: 1, length: end - first });
  const add = (length: number): Tensor[] =>
    length > 0 ? [tf.fill(withSize(x.shape, dim, length), value, x.dtype)] : [];
  const parts = [...add(before), kept, ...add(after)];
  return parts.length === 1 ? kept : tf.concat(parts, dim);
}

export function withSize(shape: readonly number[], dim: number, size: number): number[] {
  return shape.map((own, at) => (at === dim ? size : own));
}

export function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The sum of tensors of one shape. */
export function total(tf: Tensorflow, [first, ...more]: readonly Tensor[]): Tensor {
  if (!first) throw new Error('There is nothing to add up');
  return more.reduce((sum, x) => tf.add(sum, x), first);
}

/** A whole number: as a plain one, TensorFlow.js takes it for a float, and a whole sum for one too. */
export function int(tf: Tensorflow, value: number): Tensor {
  return tf.scalar(value, 'int32');
}

/**
 * What f makes of x, as a constant to differentiation. Comparisons have no gradient in TensorFlow.js, not even zero: within
 * what is differentiated they are made by this.
 */
export function fixed(tf: Tensorflow, x: Tensor, f: (x: Tensor) => Tensor): Tensor {
  const constant = tf.customGrad((value, save) => {
    (save as SaveTensors)([value as Tensor]);
    return { value: f(value as Tensor), gradFunc: (_dy: Tensor, [saved]: Tensor[]) => tf.zerosLike(saved ?? x) };
  });
  return constant(x);
}
