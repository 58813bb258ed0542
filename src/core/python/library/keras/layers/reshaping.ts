import { divideExactly, productOfDims, type Dim } from '../../../../graph/dim';
import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import type { ClassValue, TensorValue } from '../../../runtime/values';
import { applyOp } from '../../tensor-calls';
import { defineLayer, oneTensorCall } from '../define-layer';
import {
  arranged,
  asShown,
  formatKerasShape,
  identityOrder,
  kerasTensor,
  shownShape,
  type KerasTensor,
} from '../keras-tensor';

/** All but the batch in one axis, in the order of Keras' axes. Source: keras.layers.Flatten. */
const flatten = defineLayer({
  name: 'Flatten',
  signature: 'data_format=None',
  make(args) {
    const dataFormat = args.dataFormat();
    return {
      call: oneTensorCall((_layer, interpreter, input) => {
        const rank = shownShape(input).length;
        // With channels_first, Keras puts the channels last before it flattens.
        const moves = dataFormat === 'channels_first' && rank > 2;
        const x = moves
          ? arranged(interpreter, input, [0, rank - 1, ...identityOrder(rank).slice(1, rank - 1)])
          : asShown(interpreter, input);
        if (rank === 1)
          return kerasTensor(interpreter, applyOp(interpreter, 'reshape', { shape: [...x.type.shape, 1] }, x));
        return kerasTensor(interpreter, applyOp(interpreter, 'flatten', { startDim: 1, endDim: -1 }, x));
      }),
    };
  },
});

const reshape = defineLayer({
  name: 'Reshape',
  signature: 'target_shape',
  make(args) {
    const target = args.integers('target_shape');
    if (target.filter((size) => size === -1).length > 1 || target.some((size) => size < -1)) {
      throw new OpError(`Reshape: target_shape may have one -1, got (${target.join(', ')}).`);
    }
    return {
      call: oneTensorCall((_layer, interpreter, input) => {
        const [batch = 'N', ...sizes] = shownShape(input);
        return reshapeShown(interpreter, input, [batch, ...fill(input, sizes, target)]);
      }),
    };
  },
});

function fill(input: KerasTensor, sizes: readonly Dim[], target: readonly number[]): readonly Dim[] {
  const total = productOfDims(sizes);
  const known = productOfDims(target.filter((size) => size !== -1));
  const rest = known === 0 ? undefined : divideExactly(total, known);
  const fits = target.includes(-1) ? rest !== undefined : total === known;
  if (!fits && typeof total === 'number') {
    throw new OpError(
      `Reshape: an input of shape ${formatKerasShape(shownShape(input))} with ${total} elements cannot take the shape (${target.join(', ')}).`,
    );
  }
  return target.map((size) => (size === -1 ? (rest ?? size) : size));
}

/** The tensor under another shown shape: the values keep Keras' order. */
export function reshapeShown(interpreter: Interpreter, input: KerasTensor, shape: readonly Dim[]): KerasTensor {
  const x: TensorValue = asShown(interpreter, input);
  return kerasTensor(interpreter, applyOp(interpreter, 'reshape', { shape: [...shape] }, x));
}

/** Reorders the axes but the batch, numbered from 1. Source: keras.layers.Permute. */
const permute = defineLayer({
  name: 'Permute',
  signature: 'dims',
  make(args) {
    const dims = args.integers('dims');
    if ([...dims].sort((a, b) => a - b).some((dim, index) => dim !== index + 1)) {
      throw new OpError(`Permute: dims must be the numbers from 1 to ${dims.length}, got (${dims.join(', ')}).`);
    }
    return {
      call: oneTensorCall((_layer, interpreter, input) => {
        const { tensor, order } = input.keras;
        if (order.length !== dims.length + 1) {
          throw new OpError(
            `Permute: dims has ${dims.length} axes, its input of shape ${formatKerasShape(shownShape(input))} has ${order.length - 1} besides the batch.`,
          );
        }
        // Nothing moves: the axes are shown in another order.
        return kerasTensor(interpreter, tensor, [order[0] ?? 0, ...dims.map((dim) => order[dim] ?? dim)]);
      }),
    };
  },
});

/** (N, features) → (N, n, features). Source: keras.layers.RepeatVector. */
const repeatVector = defineLayer({
  name: 'RepeatVector',
  signature: 'n',
  make(args) {
    const count = args.positiveInteger('n');
    return {
      call: oneTensorCall((_layer, interpreter, input) => {
        const [batch = 'N', features = 1, ...more] = shownShape(input);
        if (more.length > 0) {
          throw new OpError(
            `RepeatVector expects an input (None, features), got shape ${formatKerasShape(shownShape(input))}.`,
          );
        }
        const row = applyOp(interpreter, 'reshape', { shape: [batch, 1, features] }, asShown(interpreter, input));
        const rows = Array<TensorValue>(count).fill(row);
        return kerasTensor(interpreter, applyOp(interpreter, 'concat', { dim: 1 }, ...rows));
      }),
    };
  },
});

export const reshapingClasses: ReadonlyMap<string, ClassValue> = new Map([
  ['Flatten', flatten],
  ['Reshape', reshape],
  ['Permute', permute],
  ['RepeatVector', repeatVector],
]);
