import { formatShape, type Dim } from '../../../../graph/dim';
import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import type { ClassValue, TensorValue } from '../../../runtime/values';
import { applyOp } from '../../tensor-calls';
import { defineLayer, oneTensorCall } from '../define-layer';
import {
  arranged,
  formatKerasShape,
  imageOrder,
  kerasTensor,
  shownShape,
  type DataFormat,
  type KerasTensor,
} from '../keras-tensor';
import { samePadding, windowFits, type BeforeAfter } from '../same-padding';
import { torchCall, type Operand } from '../torch-call';
import { padTensor } from './convolution';

type Kind = 'max' | 'avg';

/** MaxPooling1D … AveragePooling3D and their short names, by class name. Source: keras.layers.MaxPooling2D. */
export const poolingClasses: ReadonlyMap<string, ClassValue> = new Map(
  [1, 2, 3].flatMap((rank) =>
    (['max', 'avg'] as const).flatMap((kind): [string, ClassValue][] => {
      const [long, short] = kind === 'max' ? ['MaxPooling', 'MaxPool'] : ['AveragePooling', 'AvgPool'];
      const made = pooling(`${long}${rank}D`, kind, rank);
      const global = globalPooling(`Global${long}${rank}D`, kind, rank);
      return [
        [`${long}${rank}D`, made],
        [`${short}${rank}D`, made],
        [`Global${long}${rank}D`, global],
        [`Global${short}${rank}D`, global],
      ];
    }),
  ),
);

function pooling(name: string, kind: Kind, rank: number): ClassValue {
  const twos = rank === 1 ? '2' : formatShape(Array<number>(rank).fill(2));
  return defineLayer({
    name,
    signature: `pool_size=${twos}, strides=None, padding='valid', data_format=None`,
    make(args) {
      const window = {
        kernel: args.sizes('pool_size', rank),
        strides: args.isNone('strides') ? args.sizes('pool_size', rank) : args.sizes('strides', rank),
        padding: args.choice('padding', ['valid', 'same']),
        dataFormat: args.dataFormat(),
      };
      return { call: oneTensorCall((_layer, interpreter, input) => pool(interpreter, name, kind, input, window)) };
    },
  });
}

export interface PoolingWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same';
  readonly dataFormat: DataFormat;
}

/** Padding counts for nothing: it is neither a maximum nor part of an average. */
export function pool(
  interpreter: Interpreter,
  title: string,
  kind: Kind,
  input: KerasTensor,
  window: PoolingWindow,
): KerasTensor {
  const x = imagesFor(interpreter, title, input, window.kernel.length, window.dataFormat);
  const order = imageOrder(x.type.shape.length, window.dataFormat);
  const sizes = x.type.shape.slice(2);
  const { kernel, strides } = window;
  if (window.padding === 'valid') {
    if (!sizes.every((size, index) => windowFits(size, kernel[index] ?? 1))) {
      throw new OpError(
        `${title}: the ${kernel.join('×')} window is larger than its input of shape ${formatKerasShape(shownShape(input))}.`,
      );
    }
    return kerasTensor(interpreter, slide(interpreter, kind, x, window, { padding: 0, ceilMode: false }), order);
  }
  const padding = sizes.map((size, index) => samePadding(size, kernel[index] ?? 1, strides[index] ?? 1, 1));
  return kerasTensor(interpreter, poolSame(interpreter, kind, x, window, padding), order);
}

/**
 * PyTorch's pools pad both sides alike. An odd element after the last is what ceil_mode takes in where the stride is
 * greater than 1. With stride 1 one more is padded before, and the first window is left out.
 */
function poolSame(
  interpreter: Interpreter,
  kind: Kind,
  x: TensorValue,
  window: PoolingWindow,
  padding: readonly BeforeAfter[],
): TensorValue {
  const sizes = x.type.shape.slice(2);
  const isOdd = padding.map(([before, after]) => before !== after);
  const isKnown = sizes.every(
    (size, index) => typeof size === 'number' || !isOdd[index] || window.strides[index] === 1,
  );
  if (!isKnown) {
    if (kind === 'max')
      return slide(interpreter, kind, padTensor(interpreter, x, padding, -Infinity), window, {
        padding: 0,
        ceilMode: false,
      });
    return interpreter.fail("An average pool with padding='same' of a size that is not known is not supported yet.");
  }
  const leftOut = isOdd.map((odd, index) => odd && window.strides[index] === 1);
  const before = padding.map(([first, last], index) => (leftOut[index] ? last : first));
  const ceilMode = isOdd.some((odd, index) => odd && !leftOut[index]);
  let result = slide(interpreter, kind, x, window, { padding: before, ceilMode });
  for (const [index, isLeftOut] of leftOut.entries()) {
    if (!isLeftOut) continue;
    const length = sizes[index] ?? 1;
    result = applyOp(interpreter, 'slice', { dim: index + 2, start: 1, length }, result);
  }
  return result;
}

function slide(
  interpreter: Interpreter,
  kind: Kind,
  x: TensorValue,
  { kernel, strides }: PoolingWindow,
  { padding, ceilMode }: { readonly padding: Operand; readonly ceilMode: boolean },
): TensorValue {
  return torchCall(interpreter, `torch.nn.functional.${kind}_pool${kernel.length}d`, [x, kernel], {
    stride: strides,
    padding,
    ceil_mode: ceilMode,
    ...(kind === 'avg' ? { count_include_pad: false } : {}),
  });
}

function globalPooling(name: string, kind: Kind, rank: number): ClassValue {
  return defineLayer({
    name,
    signature: 'data_format=None, keepdims=False',
    make(args) {
      const dataFormat = args.dataFormat();
      const keepDims = args.boolean('keepdims');
      return {
        call: oneTensorCall((_layer, interpreter, input) => {
          const x = imagesFor(interpreter, name, input, rank, dataFormat);
          return globalPool(interpreter, kind, x, rank, keepDims, dataFormat);
        }),
      };
    },
  });
}

function globalPool(
  interpreter: Interpreter,
  kind: Kind,
  x: TensorValue,
  rank: number,
  keepDims: boolean,
  dataFormat: DataFormat,
): KerasTensor {
  const [n = 'N', channels = 1] = x.type.shape;
  if (kind === 'avg' && rank === 2) {
    // The op that PyTorch code has here, too.
    const pooled = torchCall(interpreter, 'torch.nn.functional.adaptive_avg_pool2d', [x, 1]);
    if (keepDims) return kerasTensor(interpreter, pooled, imageOrder(4, dataFormat));
    return kerasTensor(interpreter, applyOp(interpreter, 'reshape', { shape: [n, channels] }, pooled));
  }
  const dims = Array.from({ length: rank }, (_, axis) => axis + 2);
  const pooled = torchCall(interpreter, kind === 'max' ? 'torch.amax' : 'torch.mean', [x, dims, keepDims]);
  return kerasTensor(interpreter, pooled, keepDims ? imageOrder(rank + 2, dataFormat) : [0, 1]);
}

/** The input as `[N, C, …]`, its number of dimensions checked. */
export function imagesFor(
  interpreter: Interpreter,
  title: string,
  input: KerasTensor,
  rank: number,
  dataFormat: DataFormat,
): TensorValue {
  const shape: readonly Dim[] = shownShape(input);
  if (shape.length !== rank + 2) {
    throw new OpError(`${title} expects an input of ${rank + 2} dimensions, got shape ${formatKerasShape(shape)}.`);
  }
  return arranged(interpreter, input, imageOrder(rank + 2, dataFormat));
}
