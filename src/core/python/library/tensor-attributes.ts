import { pytorchFunction } from '../../ops/table';
import type { Interpreter } from '../runtime/interpreter';
import { boolean, integer, native, opaque, tuple, type TensorValue, type Value } from '../runtime/values';
import { callBinding } from './tensor-calls';
import { tensorMethods } from './tensor-methods';

/** An attribute or method of a tensor; what the ops table does not have is unknown. */
export function tensorAttribute(interpreter: Interpreter, value: TensorValue, name: string): Value | undefined {
  const { shape } = value.type;
  switch (name) {
    case 'shape':
      return tuple(shape.map(integer));
    case 'ndim':
      return integer(shape.length);
    case 'dtype':
      return opaque(
        value.type.dtype === 'f32' ? 'torch.float32' : value.type.dtype === 'i64' ? 'torch.int64' : 'torch.int32',
      );
    case 'device':
      return opaque("device(type='cpu')");
    case 'requires_grad':
      return boolean(value.requiresGrad);
    case 'is_cuda':
    case 'is_quantized':
    case 'is_sparse':
      return boolean(false);
    case 'data':
      return value;
    case 'grad':
      return { kind: 'none' };
    default:
  }
  const method = tensorMethods.get(name);
  if (method) return { kind: 'method', self: value, function: method };
  const binding = pytorchFunction(`torch.Tensor.${name}`);
  if (binding) {
    const call = native(name, (machine, positional, keyword) =>
      callBinding(machine, `Tensor.${name}`, binding, positional, keyword),
    );
    return { kind: 'method', self: value, function: call };
  }
  return interpreter.unknown(`Tensor.${name} is not supported yet.`);
}
