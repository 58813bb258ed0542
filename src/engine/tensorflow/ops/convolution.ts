import { numberAttribute, numbersAttribute, pairAttribute } from '../../steps/attributes';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor, Tensor4D, Tensorflow } from '../tensorflow-module';
import { padded, spread, strided, total } from './along';

type Pair = readonly [number, number];

export const convolutionOps: Readonly<Record<string, TensorOp>> = {
  add_channel_bias: (call) => withBias(call.tf, call.input(0), call.input(1)),
  conv2d: forward,
  conv2d_grad_input: gradientOfInput,
  conv2d_grad_weight: gradientOfWeight,
  depth_windows: depthWindows,
  depth_windows_sum: depthWindowsSum,
  fold,
  unfold,
};

/** A convolution as TensorFlow wants it: NHWC, HWIO, and padding made beforehand, so that every backend knows it. */
interface Convolution {
  readonly groups: number;
  readonly depthwise: boolean;
  readonly stride: [number, number];
  readonly dilation: Pair;
  /** Zeros above and to the left of the input. */
  readonly start: Pair;
  /** Height and width of what the kernel walks over. */
  readonly span: Pair;
  /** Height and width of the input. */
  readonly size: Pair;
}

function readConvolution(
  { attrs }: OpCall,
  input: readonly number[],
  weight: readonly number[],
  output: readonly number[],
): Convolution {
  const [stride, dilation] = [pairAttribute(attrs, 'stride'), pairAttribute(attrs, 'dilation')];
  const [top = 0, left = 0] = numbersAttribute(attrs, 'padding', 4);
  const groups = numberAttribute(attrs, 'groups');
  const spanOf = (axis: 0 | 1): number =>
    ((output[2 + axis] ?? 1) - 1) * stride[axis] + dilation[axis] * ((weight[2 + axis] ?? 1) - 1) + 1;
  return {
    groups,
    depthwise: groups > 1 && groups === input[1],
    stride: [...stride],
    dilation,
    start: [top, left],
    span: [spanOf(0), spanOf(1)],
    size: [input[2] ?? 1, input[3] ?? 1],
  };
}

function forward(call: OpCall): Tensor {
  const { tf } = call;
  const weight = call.input(1);
  const convolution = readConvolution(call, call.shapeOf(0), weight.shape, call.shape);
  const x = walkedOver(tf, toImages(tf, call.input(0)), convolution);
  const { stride, depthwise, groups } = convolution;
  const kernel = toKernel(tf, weight, convolution);
  const y = depthwise
    ? tf.depthwiseConv2d(x, kernel, stride, 'valid')
    : joinGroups(tf, groups, 3, (group) =>
        tf.conv2d(part(tf, x, 3, group, groups), part(tf, kernel, 3, group, groups), stride, 'valid'),
      );
  const result = fromImages(tf, y);
  const bias = call.optional(2);
  return bias ? withBias(tf, result, bias) : result;
}

function gradientOfInput(call: OpCall): Tensor {
  const { tf } = call;
  const weight = call.input(1);
  const convolution = readConvolution(call, call.shape, weight.shape, call.shapeOf(0));
  const dy = toImages(tf, call.input(0));
  const { stride, span, depthwise, groups } = convolution;
  const [images = 1, channels = 1] = call.shape;
  const kernel = toKernel(tf, weight, convolution);
  const shape = (count: number): [number, number, number, number] => [images, span[0], span[1], count];
  const dx = depthwise
    ? tf
        .engine()
        .runKernel<Tensor4D>(
          tf.DepthwiseConv2dNativeBackpropInput,
          { dy, filter: kernel },
          { strides: stride, pad: 'valid', dilations: [1, 1], inputShape: shape(channels) },
        )
    : joinGroups(tf, groups, 3, (group) =>
        tf.conv2dTranspose(
          part(tf, dy, 3, group, groups),
          part(tf, kernel, 3, group, groups),
          shape(channels / groups),
          stride,
          'valid',
        ),
      );
  return fromImages(tf, toInput(tf, dx, convolution));
}

function gradientOfWeight(call: OpCall): Tensor {
  const { tf } = call;
  const convolution = readConvolution(call, call.shapeOf(0), call.shape, call.shapeOf(1));
  const [x, dy] = [walkedOver(tf, toImages(tf, call.input(0)), convolution), toImages(tf, call.input(1))];
  const { stride, dilation, depthwise, groups } = convolution;
  const [outputs = 1, inputs = 1, height = 1, width = 1] = call.shape;
  const [tall, wide] = [(height - 1) * dilation[0] + 1, (width - 1) * dilation[1] + 1];
  const attrs = { strides: stride, pad: 'valid', dataFormat: 'NHWC', dilations: [1, 1] };
  const gradient = depthwise
    ? tf
        .engine()
        .runKernel<Tensor4D>(
          tf.DepthwiseConv2dNativeBackpropFilter,
          { x, dy },
          { ...attrs, filterShape: [tall, wide, groups, outputs / groups] },
        )
    : joinGroups(tf, groups, 3, (group) =>
        tf
          .engine()
          .runKernel<Tensor4D>(
            tf.Conv2DBackpropFilter,
            { x: part(tf, x, 3, group, groups), dy: part(tf, dy, 3, group, groups) },
            { ...attrs, filterShape: [tall, wide, inputs, outputs / groups] },
          ),
      );
  const rows = strided(tf, gradient, 0, { start: 0, step: dilation[0], length: height });
  const taps = strided(tf, rows, 1, { start: 0, step: dilation[1], length: width });
  // HWIM of a depthwise convolution: the channel goes first, then its outputs.
  return tf.transpose(taps, depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1]);
}

function toImages(tf: Tensorflow, x: Tensor): Tensor4D {
  return tf.transpose(x as Tensor4D, [0, 2, 3, 1]);
}

function fromImages(tf: Tensorflow, x: Tensor): Tensor4D {
  return tf.transpose(x as Tensor4D, [0, 3, 1, 2]);
}

/** The kernel with zeros between its taps: not every gradient kernel knows dilation. */
function toKernel(tf: Tensorflow, weight: Tensor, { depthwise, groups, dilation }: Convolution): Tensor4D {
  const [outputs = 1, , height = 1, width = 1] = weight.shape;
  const kernel = depthwise
    ? tf.transpose(tf.reshape(weight, [groups, outputs / groups, height, width]), [2, 3, 0, 1])
    : tf.transpose(weight, [2, 3, 1, 0]);
  const spaced = [height, width].reduce((k: Tensor, size, axis) => {
    const step = dilation[axis] ?? 1;
    return step === 1 ? k : spread(tf, k, axis, { start: 0, step, size: (size - 1) * step + 1 });
  }, kernel);
  return spaced as Tensor4D;
}

/** The part of the padded images that the kernel walks over. */
function walkedOver(tf: Tensorflow, images: Tensor4D, { start, span, size }: Convolution): Tensor4D {
  const rows = padded(tf, images, 1, start[0], span[0] - size[0] - start[0]);
  return padded(tf, rows, 2, start[1], span[1] - size[1] - start[1]) as Tensor4D;
}

/** The transpose of `walkedOver`. */
function toInput(tf: Tensorflow, images: Tensor, { start, span, size }: Convolution): Tensor {
  const rows = padded(tf, images, 1, -start[0], size[0] + start[0] - span[0]);
  return padded(tf, rows, 2, -start[1], size[1] + start[1] - span[1]);
}

function part(tf: Tensorflow, x: Tensor4D, dim: number, group: number, groups: number): Tensor4D {
  if (groups === 1) return x;
  const length = (x.shape[dim] ?? 1) / groups;
  return strided(tf, x, dim, { start: group * length, step: 1, length }) as Tensor4D;
}

function joinGroups(tf: Tensorflow, groups: number, dim: number, compute: (group: number) => Tensor4D): Tensor4D {
  const parts = Array.from({ length: groups }, (_, group) => compute(group));
  return parts.length === 1 && parts[0] ? parts[0] : tf.concat(parts, dim);
}

/** x [N, C, …] + bias [C] */
function withBias(tf: Tensorflow, x: Tensor, bias: Tensor): Tensor {
  return tf.add(x, tf.reshape(bias, [bias.size, ...x.shape.slice(2).map(() => 1)]));
}

interface DepthWindow {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

function readDepthWindow({ attrs }: OpCall): DepthWindow {
  const [kernel = 1, stride = 1, padding = 0, dilation = 1] = ['kernel', 'stride', 'padding', 'dilation'].map((name) =>
    numberAttribute(attrs, name),
  );
  return { kernel, stride, padding, dilation };
}

/** [N, C, D, S] → [N, windows, C·kernel, S]: the slices that each window along the depth sees. */
function depthWindows(call: OpCall): Tensor {
  const { tf } = call;
  const { kernel, stride, padding, dilation } = readDepthWindow(call);
  const [images = 1, windows = 1, , places = 1] = call.shape;
  const [, channels = 1, depth = 1] = call.shapeOf(0);
  const span = (windows - 1) * stride + (kernel - 1) * dilation + 1;
  const x = padded(tf, call.input(0), 2, padding, span - depth - padding);
  const taps = Array.from({ length: kernel }, (_, k) =>
    strided(tf, x, 2, { start: k * dilation, step: stride, length: windows }),
  );
  return tf.reshape(tf.transpose(tf.stack(taps, 2), [0, 3, 1, 2, 4]), [images, windows, channels * kernel, places]);
}

/** The transpose of `depthWindows`. */
function depthWindowsSum(call: OpCall): Tensor {
  const { tf } = call;
  const { kernel, stride, padding, dilation } = readDepthWindow(call);
  const [images = 1, channels = 1, depth = 1, places = 1] = call.shape;
  const [, windows = 1] = call.shapeOf(0);
  const taps = tf.transpose(tf.reshape(call.input(0), [images, windows, channels, kernel, places]), [3, 0, 2, 1, 4]);
  const span = (windows - 1) * stride + (kernel - 1) * dilation + 1;
  const sum = total(
    tf,
    tf.unstack(taps).map((tap, k) => spread(tf, tap, 2, { start: k * dilation, step: stride, size: span })),
  );
  return padded(tf, sum, 2, -padding, depth + padding - span);
}

/** Planes [P, H, W] and the windows that slide over them. */
interface Columns {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly size: Pair;
  readonly windows: Pair;
  readonly planes: number;
}

function readColumns({ attrs }: OpCall, image: readonly number[]): Columns {
  const [height = 1, width = 1] = image.slice(-2);
  const [kernel, stride] = [pairAttribute(attrs, 'kernel'), pairAttribute(attrs, 'stride')];
  const [padding, dilation] = [pairAttribute(attrs, 'padding'), pairAttribute(attrs, 'dilation')];
  const size = [height, width] as const;
  const windowsAlong = (axis: 0 | 1): number =>
    Math.floor((size[axis] + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
  const planes = image.slice(0, -2).reduce((product, each) => product * each, 1);
  return { kernel, stride, padding, dilation, size, windows: [windowsAlong(0), windowsAlong(1)], planes };
}

/** [N, C, H, W] → [N, C·taps, windows] */
function unfold(call: OpCall): Tensor {
  const { tf, shape } = call;
  const columns = readColumns(call, call.shapeOf(0));
  const { kernel, stride, dilation, windows, size, planes } = columns;
  let x: Tensor = tf.reshape(call.input(0), [planes, ...size]);
  for (const axis of [0, 1] as const) {
    const { before, after } = marginsOf(columns, axis);
    x = padded(tf, x, 1 + axis, before, after);
  }
  const taps = eachTap(kernel).map(([i, j]) => {
    const rows = strided(tf, x, 1, { start: i * dilation[0], step: stride[0], length: windows[0] });
    return strided(tf, rows, 2, { start: j * dilation[1], step: stride[1], length: windows[1] });
  });
  return tf.reshape(tf.stack(taps, 1), shape);
}

/** The transpose of `unfold`. */
function fold(call: OpCall): Tensor {
  const { tf } = call;
  const columns = readColumns(call, call.shape);
  const { kernel, stride, dilation, windows, planes } = columns;
  const all = tf.reshape(call.input(0), [planes, kernel[0] * kernel[1], ...windows]);
  const span = ([0, 1] as const).map(
    (axis) => (windows[axis] - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1,
  );
  const taps = eachTap(kernel).map(([i, j], index) => {
    const tap = tf.reshape(tf.slice(all, [0, index, 0, 0], [planes, 1, ...windows]), [planes, ...windows]);
    const rows = spread(tf, tap, 1, { start: i * dilation[0], step: stride[0], size: span[0] ?? 1 });
    return spread(tf, rows, 2, { start: j * dilation[1], step: stride[1], size: span[1] ?? 1 });
  });
  return ([0, 1] as const).reduce(
    (x: Tensor, axis) => {
      const { before, after } = marginsOf(columns, axis);
      return padded(tf, x, 1 + axis, -before, -after);
    },
    total(tf, taps),
  );
}

/** What is added on both sides, so that the windows just reach the end. */
function marginsOf({ kernel, stride, padding, dilation, size, windows }: Columns, axis: 0 | 1) {
  const span = (windows[axis] - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1;
  return { before: padding[axis], after: span - size[axis] - padding[axis] };
}

function eachTap([height, width]: Pair): Pair[] {
  return Array.from({ length: height * width }, (_, tap) => [Math.floor(tap / width), tap % width]);
}
