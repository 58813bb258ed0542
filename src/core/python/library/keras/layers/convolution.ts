import { formatShape, type Dim } from '../../../../graph/dim';
import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import type { ClassValue, InstanceValue, TensorValue } from '../../../runtime/values';
import { applyOp } from '../../tensor-calls';
import { activate } from '../activations';
import { fansOf, makeWeight } from '../add-weight';
import { defineLayer, knownSize, oneTensorCall, requireSize, weightOf } from '../define-layer';
import {
  arranged,
  formatKerasShape,
  imageOrder,
  kerasTensor,
  shownShape,
  type DataFormat,
  type KerasTensor,
} from '../keras-tensor';
import type { LayerArguments } from '../layer-arguments';
import { samePadding, windowFits, type BeforeAfter } from '../same-padding';
import { torchCall } from '../torch-call';

/** How a window slides; one entry for each spatial dimension. */
export interface ConvolutionWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: 'valid' | 'same' | 'causal';
  readonly dataFormat: DataFormat;
}

const tail =
  "activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None";

export const conv1dClass = convolution('Conv1D', 1);
export const conv2dClass = convolution('Conv2D', 2);
export const conv3dClass = convolution('Conv3D', 3);

/** Convolution over 1, 2 or 3 dimensions; kernel (…, in / groups, out). Source: keras.layers.Conv2D. */
function convolution(name: string, rank: number): ClassValue {
  const ones = formatShape(Array<number>(rank).fill(1));
  return defineLayer({
    name,
    signature: `filters, kernel_size, strides=${rank === 1 ? 1 : ones}, padding='valid', data_format=None, dilation_rate=${rank === 1 ? 1 : ones}, groups=1, ${tail}`,
    make(args) {
      const filters = args.positiveInteger('filters');
      const window = readWindow(args, rank);
      const groups = args.positiveInteger('groups');
      if (filters % groups !== 0) {
        throw new OpError(`${name}: filters=${filters} is not divisible by groups=${groups}.`);
      }
      const useBias = args.boolean('use_bias');
      const activation = args.activation();
      const kernelValues = args.initializer('kernel_initializer');
      const biasValues = args.initializer('bias_initializer');
      return {
        build(layer, interpreter, [shape]) {
          const channels = knownSize(shape, channelAxis(window.dataFormat), name);
          if (channels % groups !== 0) {
            throw new OpError(`${name}: the ${channels} channels of its input are not divisible by groups=${groups}.`);
          }
          const fans = fansOf([...window.kernel, channels / groups, filters]);
          makeWeight(interpreter, layer, {
            name: 'kernel',
            shape: [filters, channels / groups, ...window.kernel],
            order: kernelOrder(rank),
            init: kernelValues(fans),
          });
          if (useBias) makeWeight(interpreter, layer, { name: 'bias', shape: [filters], init: biasValues(fans) });
        },
        call: oneTensorCall((layer, interpreter, input) => {
          const kernel = weightOf(interpreter, layer, 'kernel');
          const channels = (kernel.type.shape[1] as number) * groups;
          const x = imagesOf(interpreter, name, input, window, channels);
          const bias = useBias ? weightOf(interpreter, layer, 'bias') : undefined;
          const result = convolve(interpreter, x, kernel, bias, window, groups);
          return activate(
            interpreter,
            activation,
            kerasTensor(interpreter, result, imageOrder(rank + 2, window.dataFormat)),
          );
        }),
      };
    },
  });
}

/** kernel_size, strides, dilation_rate, padding and data_format, checked. */
export function readWindow(args: LayerArguments, rank: number): ConvolutionWindow {
  const window = {
    kernel: args.sizes('kernel_size', rank),
    strides: args.sizes('strides', rank),
    dilation: args.sizes('dilation_rate', rank),
    padding: args.choice('padding', rank === 1 ? ['valid', 'same', 'causal'] : ['valid', 'same']),
    dataFormat: args.dataFormat(),
  };
  if (Math.max(...window.strides) > 1 && Math.max(...window.dilation) > 1) {
    throw new OpError(`${args.title}: strides and dilation_rate cannot both be greater than 1.`);
  }
  return window;
}

/** Shown axes (k…, in, out) of a node [out, in, k…]. */
export function kernelOrder(rank: number): readonly number[] {
  return [...Array.from({ length: rank }, (_, axis) => axis + 2), 1, 0];
}

export function channelAxis(dataFormat: DataFormat): number {
  return dataFormat === 'channels_last' ? -1 : 1;
}

/** The input as `[N, C, …]`, its rank, channels and sizes checked. */
export function imagesOf(
  interpreter: Interpreter,
  title: string,
  input: KerasTensor,
  window: ConvolutionWindow,
  channels: number,
): TensorValue {
  const rank = window.kernel.length + 2;
  const shape = shownShape(input);
  if (shape.length !== rank) {
    throw new OpError(`${title} expects an input of ${rank} dimensions, got shape ${formatKerasShape(shape)}.`);
  }
  const axis = channelAxis(window.dataFormat);
  requireSize(
    shape.at(axis),
    channels,
    `${title} expects ${channels} input channels, its input of shape ${formatKerasShape(shape)} has ${shape.at(axis) ?? '?'}.`,
  );
  const x = arranged(interpreter, input, imageOrder(rank, window.dataFormat));
  const spans = window.kernel.map((size, index) => (size - 1) * (window.dilation[index] ?? 1) + 1);
  const fits = x.type.shape.slice(2).every((size, index) => windowFits(size, spans[index] ?? 1));
  if (window.padding === 'valid' && !fits) {
    throw new OpError(
      `${title}: the ${spans.join('×')} window is larger than its input of shape ${formatKerasShape(shape)}.`,
    );
  }
  return x;
}

/** x `[N, C, …]`, kernel `[O, C/groups, …]`; two dimensions pad on their own, others are padded before. */
export function convolve(
  interpreter: Interpreter,
  x: TensorValue,
  kernel: TensorValue,
  bias: TensorValue | undefined,
  window: ConvolutionWindow,
  groups: number,
): TensorValue {
  const padding = paddingOf(x.type.shape.slice(2), window);
  const tensors = [kernel, ...(bias ? [bias] : [])];
  const { strides, dilation } = window;
  if (window.kernel.length === 2) {
    const [[top = 0, bottom = 0] = [], [left = 0, right = 0] = []] = padding;
    const attrs = { stride: strides, padding: [top, left, bottom, right], dilation, groups };
    return applyOp(interpreter, 'conv2d', attrs, x, ...tensors);
  }
  const padded = padTensor(interpreter, x, padding, 0);
  const name = `torch.nn.functional.conv${window.kernel.length}d`;
  return torchCall(interpreter, name, [padded, ...tensors], { stride: strides, dilation, groups });
}

function paddingOf(sizes: readonly Dim[], { kernel, strides, dilation, padding }: ConvolutionWindow): BeforeAfter[] {
  return sizes.map((size, index): BeforeAfter => {
    const [k = 1, s = 1, d = 1] = [kernel[index], strides[index], dilation[index]];
    if (padding === 'causal') return [(k - 1) * d, 0];
    return padding === 'same' ? samePadding(size, k, s, d) : [0, 0];
  });
}

/** Padding (negative: cropping) of the last dimensions by one value. */
export function padTensor(
  interpreter: Interpreter,
  x: TensorValue,
  padding: readonly BeforeAfter[],
  value: number,
): TensorValue {
  if (padding.every(([before, after]) => before === 0 && after === 0)) return x;
  // F.pad counts from the last dimension.
  const pads = [...padding].reverse().flat();
  return torchCall(interpreter, 'torch.nn.functional.pad', [x, pads], value === 0 ? {} : { value });
}

/** The bias that a layer may have. */
export function optionalBias(
  interpreter: Interpreter,
  layer: InstanceValue,
  useBias: boolean,
): TensorValue | undefined {
  return useBias ? weightOf(interpreter, layer, 'bias') : undefined;
}
