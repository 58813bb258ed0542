import { listAttribute, numberAttribute, numbersAttribute } from '../../steps/attributes';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor, Tensorflow } from '../tensorflow-module';
import { positive } from './activation';
import { count, padded, spread, strided, total } from './along';

export const shapeOps: Readonly<Record<string, TensorOp>> = {
  assign_slice(call) {
    const { tf, attrs } = call;
    const [x, values] = [call.input(0), call.input(1)];
    const dim = numberAttribute(attrs, 'dim');
    const size = x.shape[dim] ?? 1;
    const place = { start: numberAttribute(attrs, 'start'), step: stepOf(attrs), size };
    const taken = spread(tf, tf.onesLike(values), dim, place);
    return tf.where(tf.cast(taken, 'bool'), spread(tf, values, dim, place), x);
  },
  concat(call) {
    const { tf, attrs, shape } = call;
    // A vector without elements is skipped, whatever the others are.
    const parts = call.inputs().filter((part) => part.size > 0);
    if (parts.length === 0) return tf.zeros(shape);
    return tf.concat(parts, positive(numberAttribute(attrs, 'dim'), shape.length));
  },
  diag_embed: (call) => ontoDiagonal(call, call.input(0)),
  diagonal(call) {
    const { tf, shape } = call;
    const places = diagonalPlaces(call, call.shapeOf(0));
    return tf.gather(tf.reshape(call.input(0), [-1]), tf.tensor(places, shape, 'int32'));
  },
  diagonal_grad: (call) => ontoDiagonal(call, call.input(0)),
  expand: (call) => call.tf.broadcastTo(call.input(0), call.shape),
  flip: (call) => call.tf.reverse(call.input(0), [...listAttribute(call.attrs, 'dims')]),
  permute: (call) => call.tf.transpose(call.input(0), [...numbersAttribute(call.attrs, 'order', call.shape.length)]),
  repeat(call) {
    const { tf, shape } = call;
    const x = call.input(0);
    const aligned = tf.reshape(x, [...shape.slice(x.rank).map(() => 1), ...x.shape]);
    return tf.tile(
      aligned,
      shape.map((size, dim) => (size === 0 ? 0 : size / (aligned.shape[dim] ?? 1))),
    );
  },
  repeat_interleave(call) {
    const { tf, attrs } = call;
    const x = call.input(0);
    const dim = numberAttribute(attrs, 'dim');
    const copies = Array.from({ length: numberAttribute(attrs, 'repeats') }, () => x);
    return tf.stack(copies, dim + 1);
  },
  roll(call) {
    const { tf, attrs } = call;
    const [dims, shifts] = [listAttribute(attrs, 'dims'), listAttribute(attrs, 'shifts')];
    return dims.reduce((x, dim, at) => rolled(tf, x, dim, shifts[at] ?? 0), call.input(0));
  },
  slice: (call) => sliceOf(call, call.input(0)),
  slice_grad(call) {
    const { attrs, shape } = call;
    const dim = numberAttribute(attrs, 'dim');
    const place = { start: numberAttribute(attrs, 'start'), step: stepOf(attrs), size: shape[dim] ?? 1 };
    return spread(call.tf, call.input(0), dim, place);
  },
  strided_slice: (call) => sliceOf(call, call.input(0)),
  tril: (call) => triangle(call, (row, column, diagonal) => column <= row + diagonal),
  triu: (call) => triangle(call, (row, column, diagonal) => column >= row + diagonal),
  unfold_dimension(call) {
    const { tf, attrs, shape } = call;
    const dim = numberAttribute(attrs, 'dim');
    const windows = shape[dim] ?? 1;
    const parts = Array.from({ length: shape.at(-1) ?? 1 }, (_, start) =>
      strided(tf, call.input(0), dim, { start, step: stepOf(attrs), length: windows }),
    );
    return tf.stack(parts, shape.length - 1);
  },
  unfold_dimension_grad(call) {
    const { tf, attrs, shape } = call;
    const dim = numberAttribute(attrs, 'dim');
    const dy = call.input(0);
    const parts = tf.unstack(dy, dy.rank - 1).map((part, start) => {
      const used = start + stepOf(attrs) * ((part.shape[dim] ?? 1) - 1) + 1;
      return padded(
        tf,
        spread(tf, part, dim, { start, step: stepOf(attrs), size: used }),
        dim,
        0,
        (shape[dim] ?? 1) - used,
      );
    });
    return total(tf, parts);
  },
};

function stepOf(attrs: OpCall['attrs']): number {
  return attrs['step'] === undefined ? 1 : numberAttribute(attrs, 'step');
}

function sliceOf(call: OpCall, x: Tensor): Tensor {
  const { tf, attrs, shape } = call;
  const dim = numberAttribute(attrs, 'dim');
  return strided(tf, x, dim, {
    start: numberAttribute(attrs, 'start'),
    step: stepOf(attrs),
    length: shape[dim] ?? 1,
  });
}

function rolled(tf: Tensorflow, x: Tensor, dim: number, shift: number): Tensor {
  const size = x.shape[dim] ?? 1;
  const moved = size === 0 ? 0 : ((shift % size) + size) % size;
  if (moved === 0) return x;
  const part = (start: number, length: number): Tensor => strided(tf, x, dim, { start, step: 1, length });
  return tf.concat([part(size - moved, moved), part(0, size - moved)], dim);
}

function triangle(call: OpCall, keeps: (row: number, column: number, diagonal: number) => boolean): Tensor {
  const { tf, attrs, shape } = call;
  const [height = 1, width = 1] = shape.slice(-2);
  const diagonal = numberAttribute(attrs, 'diagonal');
  const mask = Array.from({ length: height * width }, (_, i) =>
    keeps(Math.floor(i / width), i % width, diagonal) ? 1 : 0,
  );
  const x = call.input(0);
  // Not a product: what is cut away may be infinite.
  return tf.where(tf.broadcastTo(tf.tensor2d(mask, [height, width], 'bool'), shape), x, tf.zerosLike(x));
}

/** Where in a tensor of `shape` its diagonal's elements lie: the other dimensions in order, then along the diagonal. */
function diagonalPlaces({ attrs }: OpCall, shape: readonly number[]): number[] {
  const offset = numberAttribute(attrs, 'offset');
  const [dim1, dim2] = [numberAttribute(attrs, 'dim1'), numberAttribute(attrs, 'dim2')];
  const strides = shape.map((_, dim) => count(shape.slice(dim + 1)));
  const [down, across] = [Math.max(0, -offset), Math.max(0, offset)];
  const length = Math.max(0, Math.min((shape[dim1] ?? 1) - down, (shape[dim2] ?? 1) - across));
  let places = [down * (strides[dim1] ?? 0) + across * (strides[dim2] ?? 0)];
  const spreadOver = (size: number, stride: number): void => {
    places = places.flatMap((place) => Array.from({ length: size }, (_, i) => place + i * stride));
  };
  shape.forEach((size, dim) => {
    if (dim !== dim1 && dim !== dim2) spreadOver(size, strides[dim] ?? 0);
  });
  spreadOver(length, (strides[dim1] ?? 0) + (strides[dim2] ?? 0));
  return places;
}

/** x on the diagonal of zeros. */
function ontoDiagonal(call: OpCall, x: Tensor): Tensor {
  const { tf, shape } = call;
  const places = tf.tensor2d(diagonalPlaces(call, shape), [x.size, 1], 'int32');
  return tf.scatterND(places, tf.reshape(x, [x.size]), [count(shape)]);
}
