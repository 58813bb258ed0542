import { addDims, formatShape } from '../../../../graph/dim';
import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import type { ClassValue, TensorValue } from '../../../runtime/values';
import { applyOp } from '../../tensor-calls';
import { activate } from '../activations';
import { fansOf, makeWeight } from '../add-weight';
import { defineLayer, knownSize, oneTensorCall, weightOf } from '../define-layer';
import { imageOrder, kerasTensor } from '../keras-tensor';
import { torchCall } from '../torch-call';
import { channelAxis, imagesOf, optionalBias, readWindow, type ConvolutionWindow } from './convolution';

/** Conv1DTranspose to Conv3DTranspose; kernel (…, out, in). Source: keras.layers.Conv2DTranspose. */
export const transposedClasses: ReadonlyMap<string, ClassValue> = new Map(
  [1, 2, 3].flatMap((rank): [string, ClassValue][] => {
    const made = transposed(rank);
    return [
      [`Conv${rank}DTranspose`, made],
      [`Convolution${rank}DTranspose`, made],
    ];
  }),
);

function transposed(rank: number): ClassValue {
  const ones = rank === 1 ? '1' : formatShape(Array<number>(rank).fill(1));
  const name = `Conv${rank}DTranspose`;
  return defineLayer({
    name,
    signature: `filters, kernel_size, strides=${ones}, padding='valid', output_padding=None, data_format=None, dilation_rate=${ones}, activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None`,
    make(args) {
      const filters = args.positiveInteger('filters');
      const window = readWindow(args, rank);
      if (window.padding === 'causal') throw new OpError(`${name}: padding must be 'valid' or 'same'.`);
      const outputPadding = args.isNone('output_padding') ? undefined : args.sizes('output_padding', rank, 0);
      const useBias = args.boolean('use_bias');
      const activation = args.activation();
      const kernelValues = args.initializer('kernel_initializer');
      const biasValues = args.initializer('bias_initializer');
      return {
        build(layer, interpreter, [shape]) {
          const channels = knownSize(shape, channelAxis(window.dataFormat), name);
          const fans = fansOf([...window.kernel, filters, channels]);
          makeWeight(interpreter, layer, {
            name: 'kernel',
            shape: [channels, filters, ...window.kernel],
            order: [...window.kernel.map((_, axis) => axis + 2), 1, 0],
            init: kernelValues(fans),
          });
          if (useBias) makeWeight(interpreter, layer, { name: 'bias', shape: [filters], init: biasValues(fans) });
        },
        call: oneTensorCall((layer, interpreter, input) => {
          const kernel = weightOf(interpreter, layer, 'kernel');
          // A window need not fit into what it enlarges.
          const anySize = { ...window, padding: 'same' } as const;
          const x = imagesOf(interpreter, name, input, anySize, kernel.type.shape[0] as number);
          const bias = optionalBias(interpreter, layer, useBias);
          const result = enlarge(interpreter, x, kernel, bias, window, outputPadding);
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

/**
 * (size − 1)·stride + span elements, of which 'same' leaves out span − stride, the odd one at the end, so that size·stride
 * stay. With an output_padding p, 'same' gives (size − 1)·stride + span mod 2 + p, 'valid' (size − 1)·stride + span + p.
 */
function enlarge(
  interpreter: Interpreter,
  x: TensorValue,
  kernel: TensorValue,
  bias: TensorValue | undefined,
  { kernel: sizes, strides, dilation, padding }: ConvolutionWindow,
  outputPadding: readonly number[] | undefined,
): TensorValue {
  const leftOut = sizes.map((size, axis) => {
    const [stride = 1, d = 1] = [strides[axis], dilation[axis]];
    const span = (size - 1) * d + 1;
    const more = outputPadding?.[axis];
    if (padding === 'same') return more === undefined ? span - stride : span - (span % 2) - more;
    return more === undefined ? Math.min(span - stride, 0) : -more;
  });
  const before = leftOut.map((count) => Math.max(0, Math.floor(count / 2)));
  const name = `torch.nn.functional.conv_transpose${sizes.length}d`;
  let result = torchCall(interpreter, name, [x, kernel, ...(bias ? [bias] : [])], {
    stride: strides,
    padding: before,
    output_padding: leftOut.map((count) => Math.max(0, -count)),
    dilation,
  });
  for (const [axis, count] of leftOut.entries()) {
    if (count <= 0 || count % 2 === 0) continue;
    const dim = axis + 2;
    const length = addDims(result.type.shape[dim] ?? 1, -1);
    result = applyOp(interpreter, 'slice', { dim, start: 0, length }, result);
  }
  return result;
}
