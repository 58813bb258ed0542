import type { Interpreter } from '../../runtime/interpreter';
import type { TensorValue } from '../../runtime/values';
import { applyOp } from '../tensor-calls';
import { torchCall } from './torch-call';

/**
 * The tensor with axis i of the result being axis `order[i]`. Where only axes of size 1 change their place, no value
 * moves: then it is a view.
 */
export function rearrange(interpreter: Interpreter, tensor: TensorValue, order: readonly number[]): TensorValue {
  if (order.every((axis, index) => axis === index)) return tensor;
  const { shape } = tensor.type;
  const moving = order.filter((axis) => shape[axis] !== 1);
  if (moving.every((axis, index) => index === 0 || axis > (moving[index - 1] ?? 0))) {
    return applyOp(interpreter, 'reshape', { shape: order.map((axis) => shape[axis] ?? 1) }, tensor);
  }
  return torchCall(interpreter, 'torch.permute', [tensor, order]);
}
