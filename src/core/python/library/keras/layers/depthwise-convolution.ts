import { formatShape } from '../../../../graph/dim';
import type { ClassValue, InstanceValue } from '../../../runtime/values';
import type { Interpreter } from '../../../runtime/interpreter';
import { activate } from '../activations';
import { fansOf, makeWeight } from '../add-weight';
import { defineLayer, knownSize, oneTensorCall, weightOf } from '../define-layer';
import type { FirstValues } from '../initializers';
import { imageOrder, kerasTensor } from '../keras-tensor';
import { channelAxis, convolve, imagesOf, kernelOrder, optionalBias, readWindow } from './convolution';

/** Convolutions that treat every channel on its own. Source: keras.layers.DepthwiseConv2D, SeparableConv2D. */
export const depthwiseClasses: ReadonlyMap<string, ClassValue> = new Map(
  [1, 2].flatMap((rank): [string, ClassValue][] => [
    [`DepthwiseConv${rank}D`, depthwise(rank)],
    [`SeparableConv${rank}D`, separable(rank)],
    [`SeparableConvolution${rank}D`, separable(rank)],
  ]),
);

function regularizers(name: string): string {
  return `${name}_regularizer=None`;
}

function constraints(name: string): string {
  return `${name}_constraint=None`;
}

function depthwise(rank: number): ClassValue {
  const ones = rank === 1 ? '1' : formatShape([1, 1]);
  const name = `DepthwiseConv${rank}D`;
  return defineLayer({
    name,
    signature: `kernel_size, strides=${ones}, padding='valid', depth_multiplier=1, data_format=None, dilation_rate=${ones}, activation=None, use_bias=True, depthwise_initializer='glorot_uniform', bias_initializer='zeros', ${['depthwise', 'bias', 'activity'].map(regularizers).join(', ')}, ${['depthwise', 'bias'].map(constraints).join(', ')}`,
    make(args) {
      const window = readWindow(args, rank);
      const multiplier = args.positiveInteger('depth_multiplier');
      const useBias = args.boolean('use_bias');
      const activation = args.activation();
      const values = args.initializer('depthwise_initializer');
      const biasValues = args.initializer('bias_initializer');
      return {
        build(layer, interpreter, [shape]) {
          const channels = knownSize(shape, channelAxis(window.dataFormat), name);
          depthwiseKernel(interpreter, layer, 'kernel', channels, multiplier, window.kernel, values);
          const fans = fansOf([channels * multiplier, channels * multiplier]);
          if (useBias)
            makeWeight(interpreter, layer, { name: 'bias', shape: [channels * multiplier], init: biasValues(fans) });
        },
        call: oneTensorCall((layer, interpreter, input) => {
          const kernel = weightOf(interpreter, layer, 'kernel');
          const channels = (kernel.type.shape[0] as number) / multiplier;
          const x = imagesOf(interpreter, name, input, window, channels);
          const bias = optionalBias(interpreter, layer, useBias);
          const result = convolve(interpreter, x, kernel, bias, window, channels);
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

/** A depthwise convolution, then a 1×1 convolution over the channels; the bias comes last. */
function separable(rank: number): ClassValue {
  const ones = rank === 1 ? '1' : formatShape([1, 1]);
  const name = `SeparableConv${rank}D`;
  const parts = ['depthwise', 'pointwise', 'bias'];
  return defineLayer({
    name,
    signature: `filters, kernel_size, strides=${ones}, padding='valid', data_format=None, dilation_rate=${ones}, depth_multiplier=1, activation=None, use_bias=True, depthwise_initializer='glorot_uniform', pointwise_initializer='glorot_uniform', bias_initializer='zeros', ${[...parts, 'activity'].map(regularizers).join(', ')}, ${parts.map(constraints).join(', ')}`,
    make(args) {
      const filters = args.positiveInteger('filters');
      const window = readWindow(args, rank);
      const multiplier = args.positiveInteger('depth_multiplier');
      const useBias = args.boolean('use_bias');
      const activation = args.activation();
      const [depthValues, pointValues, biasValues] = [
        args.initializer('depthwise_initializer'),
        args.initializer('pointwise_initializer'),
        args.initializer('bias_initializer'),
      ];
      const ones = window.kernel.map(() => 1);
      const point = { ...window, kernel: ones, strides: ones, dilation: ones, padding: 'valid' } as const;
      return {
        build(layer, interpreter, [shape]) {
          const channels = knownSize(shape, channelAxis(window.dataFormat), name);
          depthwiseKernel(interpreter, layer, 'depthwise_kernel', channels, multiplier, window.kernel, depthValues);
          const fans = fansOf([...ones, channels * multiplier, filters]);
          makeWeight(interpreter, layer, {
            name: 'pointwise_kernel',
            shape: [filters, channels * multiplier, ...ones],
            order: kernelOrder(rank),
            init: pointValues(fans),
          });
          if (useBias) makeWeight(interpreter, layer, { name: 'bias', shape: [filters], init: biasValues(fans) });
        },
        call: oneTensorCall((layer, interpreter, input) => {
          const kernel = weightOf(interpreter, layer, 'depthwise_kernel');
          const channels = (kernel.type.shape[0] as number) / multiplier;
          const x = imagesOf(interpreter, name, input, window, channels);
          const deep = convolve(interpreter, x, kernel, undefined, window, channels);
          const pointwise = weightOf(interpreter, layer, 'pointwise_kernel');
          const bias = optionalBias(interpreter, layer, useBias);
          const result = convolve(interpreter, deep, pointwise, bias, point, 1);
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

/** Keras' kernel (…, in, multiplier) as PyTorch's [in·multiplier, 1, …]: output channel c·multiplier + m in both. */
function depthwiseKernel(
  interpreter: Interpreter,
  layer: InstanceValue,
  name: string,
  channels: number,
  multiplier: number,
  kernel: readonly number[],
  values: FirstValues,
): void {
  makeWeight(interpreter, layer, {
    name,
    shape: [channels * multiplier, 1, ...kernel],
    order: kernelOrder(kernel.length),
    init: values(fansOf([...kernel, channels, multiplier])),
  });
}
