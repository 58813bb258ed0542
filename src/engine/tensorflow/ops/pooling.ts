import { booleanAttribute, listAttribute, numberAttribute } from '../../steps/attributes';
import { poolType } from '../../../core/ops/pooling/pool-window';
import type { MaxPoolAttributes } from '../../../core/ops/pooling/max-pool';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor, Tensor4D, Tensor5D, Tensorflow } from '../tensorflow-module';
import { count, int, padded, spread, strided, total } from './along';
import { alongAxis } from './axis-matrix';

const ranks = ['1d', '2d', '3d'];

export const poolingOps: Readonly<Record<string, TensorOp>> = {
  ...forRanks('max_pool', '', maxPool),
  ...forRanks('max_pool', '_indices', maxPoolIndices),
  max_pool_winners: maxPoolWinners,
  max_pool_grad: maxPoolGrad,
  ...forRanks('avg_pool', '', averagePool),
  avg_pool_grad: averagePoolGrad,
  ...forRanks('adaptive_avg_pool', '', adaptiveAveragePool),
  adaptive_avg_pool_grad: adaptiveAveragePoolGrad,
  ...forRanks('adaptive_max_pool', '_indices', adaptiveMaxIndices),
  plane_gather(call) {
    const { tf, attrs } = call;
    const [x, index] = [call.input(0), call.input(1)];
    const rank = numberAttribute(attrs, 'rank');
    const [places, size] = [count(index.shape.slice(-rank)), count(x.shape.slice(-rank))];
    return tf.gather(tf.reshape(x, [-1]), tf.reshape(inPlanes(tf, index, places, size), [-1]));
  },
  plane_scatter(call) {
    const { tf, attrs, shape } = call;
    const [x, index] = [call.input(0), call.input(1)];
    const rank = numberAttribute(attrs, 'rank');
    const [places, size] = [count(x.shape.slice(-rank)), count(shape.slice(-rank))];
    // What points beyond its plane goes to one more place, which is cut off.
    const inside = tf.reshape(tf.logicalAnd(tf.greaterEqual(index, 0), tf.less(index, size)), [-1, places]);
    const all = count(shape);
    const to = tf.where(inside, inPlanes(tf, index, places, size), int(tf, all));
    const [at, values] = [tf.reshape(to, [-1, 1]), tf.reshape(x, [-1])];
    const made = booleanAttribute(attrs, 'sums')
      ? tf.scatterND(at, values, [all + 1])
      : tf.tensorScatterUpdate(tf.zeros([all + 1], x.dtype), at, values);
    return tf.slice(made, [0], [all]);
  },
};

/** Windows along each of the last dimensions. */
interface Windows {
  readonly rank: number;
  /** x as [planes, …size]. */
  readonly size: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  /** Of what the windows walk over, along each dimension. */
  readonly span: readonly number[];
}

function readWindows({ attrs }: OpCall, input: readonly number[], output: readonly number[]): Windows {
  const [kernel, stride, padding] = ['kernel', 'stride', 'padding'].map((name) => listAttribute(attrs, name)) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  const dilation = attrs['dilation'] === undefined ? kernel.map(() => 1) : listAttribute(attrs, 'dilation');
  const rank = kernel.length;
  const sizes = output.slice(-rank);
  const span = kernel.map(
    (taps, axis) => ((sizes[axis] ?? 1) - 1) * (stride[axis] ?? 1) + (taps - 1) * (dilation[axis] ?? 1) + 1,
  );
  return { rank, size: input.slice(-rank), output: sizes, kernel, stride, padding, dilation, span };
}

/** x as [planes, …what the windows walk over]. */
function walkedOver(tf: Tensorflow, x: Tensor, { rank, size, padding, span }: Windows, value: number): Tensor {
  const planes = tf.reshape(x, [count(x.shape.slice(0, -rank)), ...size]);
  return size.reduce((y: Tensor, length, axis) => {
    const before = padding[axis] ?? 0;
    return padded(tf, y, 1 + axis, before, (span[axis] ?? 1) - length - before, value);
  }, planes);
}

/** The transpose of `walkedOver`. */
function toInput(tf: Tensorflow, x: Tensor, { size, padding, span }: Windows): Tensor {
  return size.reduce((y: Tensor, length, axis) => {
    const before = padding[axis] ?? 0;
    return padded(tf, y, 1 + axis, -before, length + before - (span[axis] ?? 1));
  }, x);
}

/** Every element of the window, in row-major order: its place along each dimension. */
function eachTap(kernel: readonly number[]): readonly (readonly number[])[] {
  return kernel.reduce<readonly (readonly number[])[]>(
    (taps, size) => taps.flatMap((tap) => Array.from({ length: size }, (_, i) => [...tap, i])),
    [[]],
  );
}

function tapOf(tf: Tensorflow, x: Tensor, { output, stride, dilation }: Windows, tap: readonly number[]): Tensor {
  return tap.reduce(
    (part, place, axis) =>
      strided(tf, part, 1 + axis, {
        start: place * (dilation[axis] ?? 1),
        step: stride[axis] ?? 1,
        length: output[axis] ?? 1,
      }),
    x,
  );
}

function spreadTap(tf: Tensorflow, x: Tensor, { span, stride, dilation }: Windows, tap: readonly number[]): Tensor {
  return tap.reduce(
    (part, place, axis) =>
      spread(tf, part, 1 + axis, {
        start: place * (dilation[axis] ?? 1),
        step: stride[axis] ?? 1,
        size: span[axis] ?? 1,
      }),
    x,
  );
}

/** In evaluation: TensorFlow's own pools, over planes as images of one channel. */
function maxPool(call: OpCall): Tensor {
  const { tf } = call;
  const windows = readWindows(call, call.shapeOf(0), call.shape);
  const x = walkedOver(tf, call.input(0), windows, -Infinity);
  if (windows.dilation.some((step) => step > 1)) {
    return eachTap(windows.kernel)
      .map((tap) => tapOf(tf, x, windows, tap))
      .reduce((most, tap) => tf.maximum(most, tap));
  }
  return pooled(tf, x, windows, 'max');
}

/** Planes [P, …span] by TensorFlow's own pools. */
function pooled(tf: Tensorflow, x: Tensor, { rank, kernel, stride }: Windows, kind: 'max' | 'avg'): Tensor {
  const [planes = 1, ...span] = x.shape;
  if (rank === 3) {
    const volumes: Tensor5D = tf.reshape(x, [planes, span[0] ?? 1, span[1] ?? 1, span[2] ?? 1, 1]);
    const [window, step] = [kernel as [number, number, number], stride as [number, number, number]];
    return kind === 'max' ? tf.maxPool3d(volumes, window, step, 'valid') : tf.avgPool3d(volumes, window, step, 'valid');
  }
  const [height = 1, width = 1] = rank === 1 ? [1, ...span] : span;
  const images: Tensor4D = tf.reshape(x, [planes, height, width, 1]);
  const [window, step] = [rank === 1 ? [1, ...kernel] : kernel, rank === 1 ? [1, ...stride] : stride] as [
    [number, number],
    [number, number],
  ];
  return kind === 'max' ? tf.maxPool(images, window, step, 'valid') : tf.avgPool(images, window, step, 'valid');
}

/** The largest of each window and which of its elements it is, the first of equal ones. */
function winnersOf(tf: Tensorflow, x: Tensor, windows: Windows): { readonly values: Tensor; readonly winners: Tensor } {
  const [first = [], ...others] = eachTap(windows.kernel);
  let values = tapOf(tf, x, windows, first);
  let winners = tf.zerosLike(tf.cast(values, 'int32'));
  others.forEach((tap, index) => {
    const value = tapOf(tf, x, windows, tap);
    // Before the first element of the input there is only −∞: whatever comes takes its place.
    const wins = tf.logicalNot(tf.lessEqual(value, values));
    values = tf.maximum(values, value);
    winners = tf.where(wins, tf.fill(winners.shape, index + 1, 'int32'), winners);
  });
  return { values, winners };
}

/** The plan holds the values and, behind them, a byte for each. */
function maxPoolWinners(call: OpCall): null {
  const { tf, attrs, step } = call;
  const { shape } = poolType(step.op, [call.place(0)], attrs as MaxPoolAttributes);
  const windows = readWindows(call, call.shapeOf(0), shape.map(Number));
  const { values, winners } = winnersOf(tf, walkedOver(tf, call.input(0), windows, -Infinity), windows);
  const { output } = step;
  const words = output.shape.reduce((product, size) => product * size, 1) - values.size;
  const bytes = tf.reshape(padded(tf, tf.reshape(winners, [values.size]), 0, 0, 4 * words - values.size), [words, 4]);
  // The highest byte counts from −128, so that the word is a signed number.
  const word = tf.sum(tf.mul(tf.sub(bytes, tf.tensor1d([0, 0, 0, 128], 'int32')), byteUnits(tf)), 1);
  call.write({ ...output, shape: [values.size] }, values);
  call.write({ ...output, offset: output.offset + 4 * values.size, shape: [words], dtype: 'i32' }, word);
  return null;
}

function maxPoolGrad(call: OpCall): Tensor {
  const { tf } = call;
  const dy = call.input(0);
  const windows = readWindows(call, call.shape, dy.shape);
  const place = call.place(1);
  const words = Math.ceil(dy.size / 4);
  const word = call.read({ ...place, offset: place.offset + 4 * dy.size, shape: [words, 1], dtype: 'i32' });
  const bytes = tf.mod(tf.floorDiv(word, byteUnits(tf)), int(tf, 256));
  const high = tf.add(tf.floorDiv(word, int(tf, 2 ** 24)), int(tf, 128));
  const all = tf.concat([tf.slice(bytes, [0, 0], [words, 3]), high], 1);
  const output = [count(dy.shape.slice(0, -windows.rank)), ...windows.output];
  const winners = tf.reshape(tf.slice(tf.reshape(all, [-1]), [0], [dy.size]), output);
  return scattered(tf, tf.reshape(dy, output), winners, windows);
}

/** dy goes to the element of each window that won. */
function scattered(tf: Tensorflow, dy: Tensor, winners: Tensor, windows: Windows): Tensor {
  const shares = eachTap(windows.kernel).map((tap, index) =>
    spreadTap(tf, tf.where(tf.equal(winners, int(tf, index)), dy, tf.zerosLike(dy)), windows, tap),
  );
  return toInput(tf, total(tf, shares), windows);
}

function byteUnits(tf: Tensorflow): Tensor {
  return tf.tensor1d([1, 2 ** 8, 2 ** 16, 2 ** 24], 'int32');
}

/** Where in its plane the largest of each window stands. */
function maxPoolIndices(call: OpCall): Tensor {
  const { tf, shape } = call;
  const windows = readWindows(call, call.shapeOf(0), shape);
  const { winners } = winnersOf(tf, walkedOver(tf, call.input(0), windows, -Infinity), windows);
  const { rank, kernel, stride, padding, dilation, size, output } = windows;
  let [index, rest]: [Tensor, Tensor] = [tf.zerosLike(winners), winners];
  // From the last dimension on: the place along it is the window's start and its tap.
  let pitch = 1;
  for (let axis = rank - 1; axis >= 0; axis--) {
    const taps = kernel[axis] ?? 1;
    const starts = tf.sub(
      tf.mul(tf.range(0, output[axis] ?? 1, 1, 'int32'), int(tf, stride[axis] ?? 1)),
      int(tf, padding[axis] ?? 0),
    );
    const start = tf.reshape(
      starts,
      output.map((length, at) => (at === axis ? length : 1)),
    );
    const place = tf.add(start, tf.mul(tf.mod(rest, int(tf, taps)), int(tf, dilation[axis] ?? 1)));
    index = tf.add(index, tf.mul(place, int(tf, pitch)));
    rest = tf.floorDiv(rest, int(tf, taps));
    pitch *= size[axis] ?? 1;
  }
  return index;
}

/** Sums of windows, by TensorFlow's means of them, over what each window's size counts. */
function averagePool(call: OpCall): Tensor {
  const windows = readWindows(call, call.shapeOf(0), call.shape);
  return averaged(call, windows, call.input(0));
}

function averagePoolGrad(call: OpCall): Tensor {
  const { tf, shape } = call;
  const windows = readWindows(call, shape, call.shapeOf(0));
  return call.pullBack((x) => averaged(call, windows, x), tf.zeros(shape), call.input(0));
}

function averaged(call: OpCall, windows: Windows, x: Tensor): Tensor {
  const { tf } = call;
  const means = pooled(tf, walkedOver(tf, x, windows, 0), windows, 'avg');
  const [planes = 1] = means.shape;
  const factor = tf.mul(divisors(call, windows), count(windows.kernel));
  return tf.mul(tf.reshape(means, [planes, ...windows.output]), factor);
}

/** 1 over the number that each window's sum is divided by, of the output's shape. Source: PyTorch, AvgPool2d. */
function divisors({ tf, attrs }: OpCall, { kernel, stride, padding, size, output }: Windows): Tensor {
  const override = attrs['divisorOverride'];
  if (typeof override === 'number') return tf.scalar(1 / override);
  const countsPadding = booleanAttribute(attrs, 'countIncludePad');
  return output
    .map((length, axis) => {
      const [k = 1, s = 1, p = 0, n = 1] = [kernel, stride, padding, size].map((each) => each[axis]);
      const counts = Array.from({ length }, (_, i) => {
        const start = i * s - p;
        // What the rounding up of a size adds beyond the padding never counts.
        const end = Math.min(start + k, n + p);
        return 1 / (countsPadding ? end - start : Math.min(end, n) - Math.max(start, 0));
      });
      return tf.tensor(
        counts,
        output.map((_, at) => (at === axis ? length : 1)),
        'float32',
      );
    })
    .reduce((product: Tensor, along) => tf.mul(product, along));
}

/** Mean of the bins: a matrix along each dimension. */
function adaptiveAveragePool(call: OpCall): Tensor {
  const { tf, attrs, shape } = call;
  const rank = rankOf(attrs['outputSize']);
  return meansOfBins(tf, call.input(0), shape.slice(-rank), false);
}

function adaptiveAveragePoolGrad(call: OpCall): Tensor {
  const { tf, attrs, shape } = call;
  const rank = rankOf(attrs['outputSize']);
  return meansOfBins(tf, call.input(0), shape.slice(-rank), true);
}

/** x resized along its last dimensions; `transposed`: sizes are those of the input, and x is the gradient of the output. */
function meansOfBins(tf: Tensorflow, x: Tensor, sizes: readonly number[], transposed: boolean): Tensor {
  const first = x.rank - sizes.length;
  return sizes.reduce((y: Tensor, size, axis) => {
    const own = x.shape[first + axis] ?? 1;
    const [from, to] = transposed ? [size, own] : [own, size];
    const rows = binsOf(from, to).map(({ start, end }) =>
      Array.from({ length: from }, (_, i) => (i >= start && i < end ? 1 / (end - start) : 0)),
    );
    return alongAxis(tf, y, first + axis, rows, transposed);
  }, x);
}

/** Bin i of n is ⌊i·size/n⌋ … ⌈(i + 1)·size/n⌉. Source: PyTorch, AdaptiveAvgPool2d. */
function binsOf(size: number, bins: number): readonly { readonly start: number; readonly end: number }[] {
  return Array.from({ length: bins }, (_, i) => ({
    start: Math.floor((i * size) / bins),
    end: Math.ceil(((i + 1) * size) / bins),
  }));
}

/** Where in its plane the largest of each bin stands, the first of equal ones. */
function adaptiveMaxIndices(call: OpCall): Tensor {
  const { tf, attrs, shape } = call;
  const rank = rankOf(attrs['outputSize']);
  const x = call.input(0);
  const size = x.shape.slice(-rank);
  const planes = tf.reshape(x, [count(x.shape.slice(0, -rank)), count(size)]);
  const bins = shape.slice(-rank).map((bins, axis) => binsOf(size[axis] ?? 1, bins));
  const elements = bins.reduce<number[][]>(
    (all, along, axis) =>
      all.flatMap((before) =>
        along.map(({ start, end }) =>
          before.flatMap((place) =>
            Array.from({ length: end - start }, (_, i) => place * (size[axis] ?? 1) + start + i),
          ),
        ),
      ),
    [[0]],
  );
  const winners = elements.map((places) => {
    const index = tf.tensor1d(places, 'int32');
    return tf.gather(index, tf.argMax(tf.gather(planes, index, 1), 1));
  });
  return tf.stack(winners, 1);
}

/** Indices into planes as indices into all elements. */
function inPlanes(tf: Tensorflow, index: Tensor, places: number, size: number): Tensor {
  const rows = tf.reshape(index, [-1, places]);
  return tf.add(rows, tf.mul(tf.reshape(tf.range(0, rows.shape[0] ?? 0, 1, 'int32'), [-1, 1]), int(tf, size)));
}

function rankOf(outputSize: unknown): number {
  return Array.isArray(outputSize) ? outputSize.length : 0;
}

function forRanks(name: string, suffix: string, op: TensorOp): Record<string, TensorOp> {
  return Object.fromEntries(ranks.map((rank) => [`${name}${rank}${suffix}`, op]));
}
