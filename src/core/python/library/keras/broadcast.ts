import type { Interpreter } from '../../runtime/interpreter';
import type { TensorValue } from '../../runtime/values';
import { applyOp } from '../tensor-calls';
import { arranged, asShown, shownShape, type KerasTensor } from './keras-tensor';
import { rearrange } from './rearrange';

/**
 * Two tensors in one layout, so that broadcasting their nodes is broadcasting what Keras shows: that of the one with more
 * axes, the other gets axes of size 1 in front.
 */
export function alignTensors(
  interpreter: Interpreter,
  left: KerasTensor,
  right: KerasTensor,
): { readonly left: TensorValue; readonly right: TensorValue; readonly order: readonly number[] } {
  const [a, b] = [shownShape(left).length, shownShape(right).length];
  const { order } = a >= b ? left.keras : right.keras;
  return { left: inOrder(interpreter, left, order), right: inOrder(interpreter, right, order), order };
}

function inOrder(interpreter: Interpreter, value: KerasTensor, order: readonly number[]): TensorValue {
  const shape = shownShape(value);
  const missing = order.length - shape.length;
  if (missing === 0) return arranged(interpreter, value, order);
  // A number stays one: it is broadcast in any layout.
  if (shape.length === 0) return value.keras.tensor;
  const padded = [...Array<number>(missing).fill(1), ...shape];
  const node = applyOp(interpreter, 'reshape', { shape: padded }, asShown(interpreter, value));
  return rearrange(
    interpreter,
    node,
    order.map((_, axis) => order.indexOf(axis)),
  );
}
