import { listAttribute, numberAttribute } from '../../steps/attributes';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor, Tensorflow } from '../tensorflow-module';
import { positive } from './activation';
import { int } from './along';
import { channelSumDims } from './normalization';

export const reductionOps: Readonly<Record<string, TensorOp>> = {
  amax: (call) => call.tf.max(rowsOf(call, call.input(0)), 1),
  amin: (call) => call.tf.min(rowsOf(call, call.input(0)), 1),
  argmax: (call) => call.tf.argMax(rowsOf(call, call.input(0)), 1),
  argmin: (call) => call.tf.argMin(rowsOf(call, call.input(0)), 1),
  argcummax: (call) => alongRows(call, call.input(0), (rows) => lastLargest(call.tf, rows)),
  argcummin: (call) => alongRows(call, call.input(0), (rows) => lastLargest(call.tf, call.tf.neg(rows))),
  argkthvalue: (call) => ranked(call, numberAttribute(call.attrs, 'k') - 1),
  argmedian: (call) => ranked(call),
  argsort: (call) => {
    const size = call.shapeOf(0)[positive(numberAttribute(call.attrs, 'dim'), call.shapeOf(0).length)] ?? 1;
    return ordered(call, size, call.attrs['descending'] === true);
  },
  argtopk: (call) => ordered(call, numberAttribute(call.attrs, 'k'), call.attrs['largest'] !== false),
  channel_sum: (call) => {
    const x = call.input(0);
    return call.tf.sum(x, channelSumDims(x));
  },
  count_correct(call) {
    const { tf } = call;
    const hits = tf.equal(tf.argMax(call.input(0), 1), call.input(1));
    return tf.sum(tf.cast(hits, 'float32'));
  },
  cumprod: (call) => alongRows(call, call.input(0), (rows) => call.tf.cumprod(rows, 1, false, isReversed(call))),
  cumprod_grad(call) {
    const { tf } = call;
    const [dy, x] = [call.input(0), call.input(1)];
    // ∂y[j]/∂x[i] is the product of the others up to j: by one product for each place, so that zeros do no harm.
    return alongRows(call, x, (rows) => {
      const gradient = alongRows(call, dy, (all) => all, true);
      const length = rows.shape[1] ?? 1;
      const parts = Array.from({ length }, (_, i) => {
        const without = tf.concat(
          [
            tf.slice(rows, [0, 0], [-1, i]),
            tf.ones([rows.shape[0] ?? 1, 1]),
            tf.slice(rows, [0, i + 1], [-1, length - i - 1]),
          ],
          1,
        );
        const from = tf.slice(tf.cumprod(without, 1), [0, i], [-1, length - i]);
        return tf.sum(tf.mul(from, tf.slice(gradient, [0, i], [-1, length - i])), 1);
      });
      return tf.stack(parts, 1);
    });
  },
  cumsum: (call) => alongRows(call, call.input(0), (rows) => call.tf.cumsum(rows, 1, false, isReversed(call))),
  extreme_grad(call) {
    const { tf, attrs } = call;
    const [dy, x, y] = [call.input(0), call.input(1), call.input(2)];
    const rows = rowsOf(call, x);
    const column = (values: Tensor): Tensor => tf.reshape(values, [-1, 1]);
    const same = tf.logicalOr(
      tf.equal(rows, column(y)),
      tf.logicalAnd(tf.isNaN(rows), tf.isNaN(tf.add(column(y), tf.zerosLike(rows)))),
    );
    const share = attrs['ties'] === 'first' ? firstOf(tf, same) : same;
    const weight = tf.cast(share, 'float32');
    const dx = tf.mul(tf.div(weight, tf.sum(weight, 1, true)), column(dy));
    return fromRows(call, dx, x.shape);
  },
  logcumsumexp: (call) => alongRows(call, call.input(0), (rows) => logCumSumExp(call.tf, rows)),
  logcumsumexp_grad(call) {
    const { tf } = call;
    const [dy, x, y] = [call.input(0), call.input(1), call.input(2)];
    const row = (values: Tensor): Tensor => alongRows(call, values, (all) => all, true);
    // Σ dy[j]·e^(x[i] − y[j]) over j ≥ i, in one frame of reference: rows are short.
    const [gradients, logs] = [row(dy), row(y)];
    return alongRows(call, x, (rows) => {
      const distance = tf.sub(tf.expandDims(rows, 2), tf.expandDims(logs, 1));
      const length = rows.shape[1] ?? 1;
      const later = tf.linalg.bandPart(tf.ones([length, length]), 0, -1);
      const shares = tf.mul(tf.exp(tf.minimum(distance, 0)), later);
      return tf.sum(tf.mul(shares, tf.expandDims(gradients, 1)), 2);
    });
  },
  logsumexp: (call) => call.tf.logSumExp(rowsOf(call, call.input(0)), 1),
  mean: (call) => call.tf.mean(rowsOf(call, call.input(0)), 1),
  prod: (call) => call.tf.prod(rowsOf(call, call.input(0)), 1),
  prod_grad(call) {
    const { tf } = call;
    const [dy, x] = [call.input(0), call.input(1)];
    const rows = rowsOf(call, x);
    const length = rows.shape[1] ?? 1;
    // The product of the others, so that zeros do no harm.
    const before = tf.cumprod(rows, 1, true);
    const after = tf.cumprod(rows, 1, true, true);
    const others = length === 0 ? rows : tf.mul(before, after);
    return fromRows(call, tf.mul(others, tf.reshape(dy, [-1, 1])), x.shape);
  },
  product_sum: (call) => call.tf.sum(rowsOf(call, call.tf.mul(call.input(0), call.input(1))), 1),
  sum: (call) => call.tf.sum(rowsOf(call, call.input(0)), 1),
};

/** [rows, reduced]: the dimensions of the attribute `dims` together as the last one. */
function rowsOf(call: OpCall, x: Tensor): Tensor {
  const { tf } = call;
  const reduced = listAttribute(call.attrs, 'dims');
  const order = rowOrder(x.rank, reduced);
  const size = reduced.reduce((product, dim) => product * (x.shape[dim] ?? 1), 1);
  return tf.reshape(tf.transpose(x, order), [size === 0 ? 0 : x.size / size, size]);
}

/** The transpose of `rowsOf`. */
function fromRows({ tf, attrs }: OpCall, rows: Tensor, shape: readonly number[]): Tensor {
  const order = rowOrder(shape.length, listAttribute(attrs, 'dims'));
  const inverse = shape.map((_, dim) => order.indexOf(dim));
  return tf.transpose(
    tf.reshape(
      rows,
      order.map((dim) => shape[dim] ?? 1),
    ),
    inverse,
  );
}

function rowOrder(rank: number, reduced: readonly number[]): number[] {
  const kept = Array.from({ length: rank }, (_, dim) => dim).filter((dim) => !reduced.includes(dim));
  return [...kept, ...reduced];
}

/** A function of [lines, length], along the attribute `dim`; `asRows`: the result stays as it is. */
function alongRows(call: OpCall, x: Tensor, f: (rows: Tensor) => Tensor, asRows = false): Tensor {
  const { tf } = call;
  const dim = positive(numberAttribute(call.attrs, 'dim'), x.rank);
  const order = rowOrder(x.rank, x.rank === 0 ? [] : [dim]);
  const lines = tf.transpose(x, order);
  const made = f(tf.reshape(lines, [-1, x.shape[dim] ?? 1]));
  if (asRows) return made;
  const length = made.shape[1] ?? 1;
  const shape = order.map((from) => (from === dim ? length : (x.shape[from] ?? 1)));
  return tf.transpose(
    tf.reshape(made, shape),
    x.shape.map((_, at) => order.indexOf(at)),
  );
}

/** The places of the first `count` values in order; of equal ones the first comes first. */
function ordered(call: OpCall, count: number, descending: boolean): Tensor {
  const { tf } = call;
  return alongRows(call, call.input(0), (rows) => {
    const signed = descending ? rows : tf.neg(rows);
    return tf.topk(signed, count, true).indices;
  });
}

/** The place of the value of a rank (from 0, the smallest); absent: of the lower of the middle ones. */
function ranked(call: OpCall, rank?: number): Tensor {
  const { tf } = call;
  const rows = rowsOf(call, call.input(0));
  const length = rows.shape[1] ?? 1;
  const order = tf.topk(tf.neg(rows), length, true).indices;
  return tf.slice(order, [0, rank ?? Math.floor((length - 1) / 2)], [-1, 1]);
}

/** Where the largest up to each place of a row stands, the last of equal ones. */
function lastLargest(tf: Tensorflow, rows: Tensor): Tensor {
  const length = rows.shape[1] ?? 1;
  const seen = tf.add(tf.expandDims(rows, 1), upTo(tf, length));
  const isLargest = tf.equal(seen, tf.max(seen, 2, true));
  return tf.max(tf.where(isLargest, tf.range(0, length, 1, 'int32'), int(tf, -1)), 2);
}

/** 0 for places up to that of the row, −∞ for those behind it. */
function upTo(tf: Tensorflow, length: number): Tensor {
  const mask = Array.from({ length: length * length }, (_, i) =>
    i % length <= Math.floor(i / length) ? 0 : -Infinity,
  );
  return tf.tensor2d(mask, [length, length]);
}

function isReversed({ attrs }: OpCall): boolean {
  return attrs['reverse'] === true;
}

/** Of the true elements of each row only the first. */
function firstOf(tf: Tensorflow, rows: Tensor): Tensor {
  const seen = tf.cumsum(tf.cast(rows, 'int32'), 1);
  return tf.logicalAnd(rows, tf.equal(seen, 1));
}

/** Each with its own largest, so that small ones are not lost beside a large one that comes later. */
function logCumSumExp(tf: Tensorflow, rows: Tensor): Tensor {
  return tf.logSumExp(tf.add(tf.expandDims(rows, 1), upTo(tf, rows.shape[1] ?? 1)), 2);
}
