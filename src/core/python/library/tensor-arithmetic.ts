import type { BinaryOperator } from '../syntax/syntax';
import type { Interpreter } from '../runtime/interpreter';
import { typeName } from '../runtime/type-name';
import type { TensorValue, Value } from '../runtime/values';
import { addNode, applyOp, changeInPlace, nodeOf } from './tensor-calls';

/** `a operator b` where one is a tensor. */
export function tensorBinary(
  interpreter: Interpreter,
  operator: BinaryOperator,
  left: Value,
  right: Value,
  inPlace: boolean,
): Value {
  const result = compute(interpreter, operator, left, right);
  return inPlace && left.kind === 'tensor' && result.kind === 'tensor' ? changeInPlace(left, result) : result;
}

export function tensorNegative(interpreter: Interpreter, operand: TensorValue): TensorValue {
  return applyOp(interpreter, 'scale', { factor: -1 }, operand);
}

function compute(interpreter: Interpreter, operator: BinaryOperator, left: Value, right: Value): Value {
  if (left.kind === 'tensor' && right.kind === 'tensor') return ofTensors(interpreter, operator, left, right);
  const tensor = left.kind === 'tensor' ? left : right;
  const other = left.kind === 'tensor' ? right : left;
  if (tensor.kind !== 'tensor') return interpreter.unknown('This operation is not supported yet.');
  const number = numberOf(other);
  if (number === undefined) {
    if (other.kind === 'integer')
      return interpreter.unknown('Arithmetic with a size that is not known is not supported yet.');
    return interpreter.raise(
      'TypeError',
      `unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`,
    );
  }
  const initial = scaledInitial(operator, tensor, number, left.kind === 'tensor');
  if (initial) return initial;
  return withNumber(interpreter, operator, tensor, number, left.kind === 'tensor');
}

function ofTensors(interpreter: Interpreter, operator: BinaryOperator, left: TensorValue, right: TensorValue): Value {
  switch (operator) {
    case '+':
      return applyOp(interpreter, 'add', {}, left, right);
    case '-':
      return applyOp(interpreter, 'add', {}, left, tensorNegative(interpreter, right));
    case '*':
      return applyOp(interpreter, 'multiply', {}, left, right);
    default:
      return notSupported(interpreter, operator);
  }
}

function withNumber(
  interpreter: Interpreter,
  operator: BinaryOperator,
  tensor: TensorValue,
  number: number,
  tensorIsLeft: boolean,
): Value {
  switch (operator) {
    case '+':
      return addNumber(interpreter, tensor, number);
    case '-':
      return tensorIsLeft
        ? addNumber(interpreter, tensor, -number)
        : addNumber(interpreter, tensorNegative(interpreter, tensor), number);
    case '*':
      return applyOp(interpreter, 'scale', { factor: number }, tensor);
    case '/':
      if (tensorIsLeft) return applyOp(interpreter, 'scale', { factor: 1 / number }, tensor);
      break;
    case '**':
      if (tensorIsLeft && number === 2) return applyOp(interpreter, 'multiply', {}, tensor, tensor);
      break;
    default:
  }
  return notSupported(interpreter, operator);
}

function notSupported(interpreter: Interpreter, operator: BinaryOperator): Value {
  return interpreter.unknown(`The operator ${operator} between these tensors or numbers is not supported yet.`);
}

function addNumber(interpreter: Interpreter, tensor: TensorValue, number: number): TensorValue {
  const { id, type } = nodeOf(interpreter, tensor);
  const constant = interpreter.tracer.builder.constant(number, type.shape);
  return addNode(interpreter, 'add', {}, [id, constant]);
}

function numberOf(value: Value): number | undefined {
  if (value.kind === 'float') return value.value;
  if (value.kind === 'boolean') return value.value ? 1 : 0;
  return value.kind === 'integer' && typeof value.value === 'number' ? value.value : undefined;
}

/** `torch.randn(8, 4) * 0.02`, `torch.zeros(3) + 1`: still a tensor that is drawn, not computed. */
function scaledInitial(
  operator: BinaryOperator,
  tensor: TensorValue,
  number: number,
  tensorIsLeft: boolean,
): TensorValue | undefined {
  if (tensor.data.kind !== 'initial' || tensor.parameter) return undefined;
  const { init } = tensor.data;
  const factor = operator === '*' ? number : operator === '/' && tensorIsLeft ? 1 / number : undefined;
  const sign = operator === '-' && tensorIsLeft ? -1 : operator === '+' ? 1 : undefined;
  const withInit = (made: typeof init): TensorValue => ({
    ...tensor,
    data: { kind: 'initial', init: made },
    storage: { changes: 0 },
    changesSeen: 0,
  });
  switch (init.kind) {
    case 'constant':
      if (factor !== undefined) return withInit({ kind: 'constant', value: init.value * factor });
      return sign === undefined ? undefined : withInit({ kind: 'constant', value: init.value + sign * number });
    case 'normal':
      if (factor !== undefined) {
        return withInit({ kind: 'normal', mean: init.mean * factor, std: init.std * Math.abs(factor) });
      }
      return sign === undefined ? undefined : withInit({ ...init, mean: init.mean + sign * number });
    case 'uniform':
      return factor === undefined ? undefined : withInit({ kind: 'uniform', bound: init.bound * Math.abs(factor) });
  }
}
