import { pytorchFunction } from '../../ops/table';
import { dtypeName, isFloating } from '../../ops/arithmetic/promote';
import type { DType } from '../../graph/graph';
import type { Interpreter } from '../runtime/interpreter';
import {
  boolean,
  integer,
  native,
  none,
  opaque,
  tuple,
  type NativeFunctionValue,
  type TensorValue,
  type Value,
} from '../runtime/values';
import { applyOp, callBinding } from './tensor-calls';
import { bytesOf } from '../../ops/arithmetic/promote';
import { tensorMethod } from './tensor-methods';

/** An attribute or method of a tensor; what nobody here knows is unknown. */
export function tensorAttribute(interpreter: Interpreter, value: TensorValue, name: string): Value | undefined {
  const { shape, dtype } = value.type;
  const rank = shape.length;
  switch (name) {
    case 'shape':
      return tuple(shape.map(integer));
    case 'ndim':
      return integer(rank);
    case 'dtype':
      return dtypeValue(dtype);
    case 'device':
      return opaque("device(type='cpu')");
    case 'layout':
      return opaque('torch.strided');
    case 'itemsize':
      return integer(bytesOf(dtype));
    case 'names':
      return tuple(shape.map(() => none));
    case 'is_leaf':
      return value.data.kind === 'node'
        ? interpreter.unknown('Whether a tensor is a leaf is not known.')
        : boolean(true);
    case 'requires_grad':
      return value.data.kind === 'node' && interpreter.tracer.final && isFloating(dtype)
        ? interpreter.unknown('Whether a computed tensor needs a gradient depends on how the model is run.')
        : boolean(value.requiresGrad);
    case 'is_cuda':
    case 'is_quantized':
    case 'is_sparse':
    case 'is_mps':
    case 'is_meta':
      return boolean(false);
    case 'data':
    case 'real':
      return value;
    case 'grad':
    case 'grad_fn':
      return none;
    case 'T':
      return reversed(interpreter, value, 0);
    case 'mT':
    case 'mH':
      if (rank < 2)
        return interpreter.raise(
          'RuntimeError',
          `tensor.${name} is only supported on matrices or batches of matrices. Got ${rank}-D tensor.`,
        );
      return reversed(interpreter, value, rank - 2);
    case 'H':
      if (rank !== 2 && rank !== 0)
        return interpreter.raise(
          'RuntimeError',
          `tensor.H is only supported on matrices (2-D tensors). Got ${rank}-D tensor.`,
        );
      return reversed(interpreter, value, 0);
    default:
  }
  const method = methodNamed(name);
  if (method) return { kind: 'method', self: value, function: method };
  return interpreter.unknown(`Tensor.${name} is not supported yet.`);
}

/** `torch.Tensor.add`: a method as a function of the tensor. */
export function tensorClassAttribute(interpreter: Interpreter, name: string): Value {
  return methodNamed(name) ?? interpreter.unknown(`Tensor.${name} is not supported yet.`);
}

function methodNamed(name: string): NativeFunctionValue | undefined {
  const method = tensorMethod(name);
  if (method) return method;
  const binding = pytorchFunction(`torch.Tensor.${name}`);
  return (
    binding &&
    native(name, (machine, positional, keyword) => callBinding(machine, `Tensor.${name}`, binding, positional, keyword))
  );
}

export function dtypeValue(dtype: DType): Value {
  return opaque(`torch.${dtypeName(dtype)}`);
}

/** The dimensions from `from` on in reverse order. */
function reversed(interpreter: Interpreter, value: TensorValue, from: number): TensorValue {
  const dims = value.type.shape.map((_, dim) => dim);
  const order = [...dims.slice(0, from), ...dims.slice(from).reverse()];
  return order.length < 2 ? value : applyOp(interpreter, 'permute', { order }, value);
}
