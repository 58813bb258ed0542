import type { Dim } from '../../graph/dim';
import type { DType, TensorType } from '../../graph/graph';
import { categoryOf, isFloating, resultDtype } from '../../ops/arithmetic/promote';
import { sameShape } from '../../ops/shapes';
import type { BinaryOperator, CompareOperator } from '../syntax/syntax';
import type { Interpreter } from '../runtime/interpreter';
import { toNumber, type NumberValue } from '../runtime/numbers';
import { typeName } from '../runtime/type-name';
import { boolean, tensor, type TensorValue, type UnknownValue, type Value } from '../runtime/values';
import { addNode, applyOp, constantNode, nodeOf } from './tensor-calls';
import { writeInto } from './tensor-views';

/** Ops of Python's operators; those of `+`, `-`, `*`, `/` and `**` are taken apart further. */
const opOfOperator: Readonly<Record<BinaryOperator, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '//': 'floor_divide',
  '%': 'remainder',
  '**': 'power',
  '@': 'matmul',
  '&': 'bitwise_and',
  '|': 'bitwise_or',
  '^': 'bitwise_xor',
  '<<': 'left_shift',
  '>>': 'right_shift',
};

/** `a operator b` where one is a tensor. */
export function tensorBinary(
  interpreter: Interpreter,
  operator: BinaryOperator,
  left: Value,
  right: Value,
  inPlace: boolean,
): Value {
  const undecided = left.kind === 'tensor' ? undecidedOperand(interpreter, right) : undecidedOperand(interpreter, left);
  if (undecided) return undecided;
  if (!isOperand(left) || !isOperand(right) || (operator === '@' && (toNumber(left) ?? toNumber(right)))) {
    return interpreter.raise(
      'TypeError',
      `unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`,
    );
  }
  const result = binaryOp(interpreter, opOfOperator[operator], left, right);
  return inPlace && left.kind === 'tensor' ? writeInto(interpreter, left, result) : result;
}

const opOfComparison: Partial<Record<CompareOperator, string>> = {
  '==': 'equal_to',
  '!=': 'not_equal',
  '<': 'less',
  '<=': 'less_equal',
  '>': 'greater',
  '>=': 'greater_equal',
};

/** `a operator b` where one is a tensor: a tensor of truth values. */
export function tensorCompare(interpreter: Interpreter, operator: CompareOperator, left: Value, right: Value): Value {
  const op = opOfComparison[operator];
  const undecided = left.kind === 'tensor' ? undecidedOperand(interpreter, right) : undecidedOperand(interpreter, left);
  if (undecided) return undecided;
  if (op && isOperand(left) && isOperand(right)) return binaryOp(interpreter, op, left, right);
  // Python compares what knows nothing of each other by identity.
  if (operator === '==' || operator === '!=') return boolean(operator === '!=');
  return interpreter.raise(
    'TypeError',
    `'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
  );
}

/** What stands beside a tensor and cannot be computed with, though Python may well do. */
function undecidedOperand(interpreter: Interpreter, value: Value): UnknownValue | undefined {
  if (value.kind === 'training') return interpreter.unknown('It depends on self.training.');
  const isForeign = value.kind === 'instance' && (!value.module || value.class.order.some((base) => base.unknownBase));
  return value.kind === 'opaque' || isForeign ? interpreter.unknown('This value is not known.') : undefined;
}

/** `-x`, `+x` and `~x` */
export function tensorUnary(interpreter: Interpreter, operator: '-' | '+' | '~', operand: TensorValue): TensorValue {
  if (operator === '~') return tensorInvert(interpreter, operand);
  return operator === '-' ? tensorNegative(interpreter, operand) : operand;
}

export function tensorNegative(interpreter: Interpreter, operand: TensorValue): TensorValue {
  if (operand.type.dtype === 'bool') {
    interpreter.raise('RuntimeError', 'Negation, the `-` operator, on a bool tensor is not supported.');
  }
  return applyOp(interpreter, 'scale', { factor: -1 }, operand);
}

function tensorInvert(interpreter: Interpreter, operand: TensorValue): TensorValue {
  if (isFloating(operand.type.dtype)) {
    interpreter.raise('TypeError', '~ (operator.invert) is only implemented on integer and Boolean-type tensors');
  }
  return applyOp(interpreter, 'bitwise_not', {}, operand);
}

/** A tensor or a number. */
export type Operand = TensorValue | NumberValue | (Value & { readonly kind: 'boolean' });

export function isOperand(value: Value): value is Operand {
  return value.kind === 'tensor' || toNumber(value) !== undefined;
}

/**
 * An element-wise op of tensors and numbers. Sums, differences and products of floats are `add`, `multiply` and `scale`
 * where these say the same: that is what can be trained.
 */
export function binaryOp(interpreter: Interpreter, op: string, left: Operand, right: Operand): TensorValue {
  if (op === 'subtract' && (left.kind === 'boolean' || right.kind === 'boolean')) {
    interpreter.raise('RuntimeError', 'Subtraction, the `-` operator, with a bool tensor is not supported.');
  }
  if (left.kind === 'tensor' && right.kind === 'tensor') return ofTensors(interpreter, op, left, right);
  const [like, other] = left.kind === 'tensor' ? [left, right] : [right, left];
  if (like.kind !== 'tensor')
    return applyOp(interpreter, op, {}, scalar(interpreter, left), scalar(interpreter, right));
  const number = known(other);
  if (number !== undefined) {
    const drawn = scaledInitial(interpreter, op, like, number, other.kind === 'float', left.kind === 'tensor');
    if (drawn) return drawn;
    const simple = withNumber(interpreter, op, like, number, other, left.kind === 'tensor');
    if (simple) return simple;
  }
  const constant = asTensor(interpreter, other, like.type);
  return left.kind === 'tensor'
    ? applyOp(interpreter, op, {}, like, constant)
    : applyOp(interpreter, op, {}, constant, like);
}

function ofTensors(interpreter: Interpreter, op: string, left: TensorValue, right: TensorValue): TensorValue {
  const plain = left.type.dtype === right.type.dtype && sameShape(left.type.shape, right.type.shape);
  if (op === 'subtract' && plain && left.type.dtype !== 'bool') {
    return applyOp(interpreter, 'add', {}, left, tensorNegative(interpreter, right));
  }
  return applyOp(interpreter, op, {}, left, right);
}

/** Where number and result are of the tensor's dtype, by the ops that have gradients. */
function withNumber(
  interpreter: Interpreter,
  op: string,
  value: TensorValue,
  number: number,
  other: Operand,
  tensorIsLeft: boolean,
): TensorValue | undefined {
  const { dtype } = value.type;
  if (dtype === 'bool' || categoryOf(dtypeOfNumber(other)) > categoryOf(dtype) || !Number.isFinite(number)) {
    return undefined;
  }
  switch (op) {
    case 'add':
      return addNumber(interpreter, value, number);
    case 'subtract':
      return tensorIsLeft
        ? addNumber(interpreter, value, -number)
        : addNumber(interpreter, tensorNegative(interpreter, value), number);
    case 'multiply':
      return applyOp(interpreter, 'scale', { factor: number }, value);
    case 'divide':
      return tensorIsLeft && isFloating(dtype) && number !== 0
        ? applyOp(interpreter, 'scale', { factor: 1 / number }, value)
        : undefined;
    case 'power':
      if (tensorIsLeft && number === 2) return applyOp(interpreter, 'multiply', {}, value, value);
      if (tensorIsLeft && number < 0 && !isFloating(dtype)) {
        return interpreter.raise('RuntimeError', 'Integers to negative integer powers are not allowed.');
      }
      return undefined;
    default:
      return undefined;
  }
}

function addNumber(interpreter: Interpreter, value: TensorValue, number: number): TensorValue {
  const { id, type } = nodeOf(interpreter, value);
  const shape = type.dtype === 'f32' ? type.shape : [];
  return addNode(interpreter, 'add', {}, [id, constantNode(interpreter, number, { shape, dtype: type.dtype })]);
}

/** An operand beside a tensor of that type: a number takes the tensor's dtype, unless it is of a higher category. */
export function asTensor(interpreter: Interpreter, value: Operand, like: TensorType): TensorValue {
  if (value.kind === 'tensor') return value;
  const own = dtypeOfNumber(value);
  return scalar(interpreter, value, categoryOf(own) > categoryOf(like.dtype) ? own : like.dtype);
}

/** A number as a tensor without dimensions. */
export function scalar(interpreter: Interpreter, value: Operand, dtype?: DType): TensorValue {
  if (value.kind === 'tensor') return value;
  const number: Dim = value.kind === 'boolean' ? (value.value ? 1 : 0) : value.value;
  const type: TensorType = { shape: [], dtype: dtype ?? dtypeOfNumber(value) };
  const id = constantNode(interpreter, number, type);
  return tensor(type, { kind: 'node', builder: interpreter.tracer.builder, id });
}

/** What `torch.tensor` makes of a number. */
export function dtypeOfNumber(value: Operand): DType {
  if (value.kind === 'tensor') return value.type.dtype;
  if (value.kind === 'boolean') return 'bool';
  return value.kind === 'float' ? 'f32' : 'i64';
}

function known(value: Operand): number | undefined {
  if (value.kind === 'boolean') return value.value ? 1 : 0;
  return value.kind !== 'tensor' && typeof value.value === 'number' ? value.value : undefined;
}

/** dtype that operands have together, numbers counted as PyTorch counts them. */
export function commonDtype(operands: readonly Operand[]): DType {
  const tensors = operands.flatMap((operand) => (operand.kind === 'tensor' ? [operand.type] : []));
  const numbers = operands.filter((operand) => operand.kind !== 'tensor').map(dtypeOfNumber);
  const highest = numbers.sort((a, b) => categoryOf(b) - categoryOf(a))[0];
  if (tensors.length === 0) return highest ?? 'f32';
  const dtype = resultDtype(tensors);
  return highest && categoryOf(highest) > categoryOf(dtype) ? highest : dtype;
}

/** `torch.randn(8, 4) * 0.02`, `torch.zeros(3) + 1`: still a tensor that is drawn, not computed. */
function scaledInitial(
  interpreter: Interpreter,
  op: string,
  value: TensorValue,
  number: number,
  isFloat: boolean,
  tensorIsLeft: boolean,
): TensorValue | undefined {
  const { data, type } = value;
  if (data.kind !== 'initial' || value.parameter || interpreter.tracer.stateTensor(value)) return undefined;
  if (value.changesSeen !== value.storage.changes || (isFloat && !isFloating(type.dtype)) || type.dtype === 'bool') {
    return undefined;
  }
  const divides = op === 'divide' && tensorIsLeft && number !== 0 && isFloating(type.dtype);
  const factor = op === 'multiply' ? number : divides ? 1 / number : undefined;
  const sign = op === 'subtract' && tensorIsLeft ? -1 : op === 'add' ? 1 : undefined;
  const { init } = data;
  const withInit = (made: typeof init): TensorValue => tensor(type, { kind: 'initial', init: made });
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
    // They are known one by one: what is computed from them is known as a constant is.
    case 'values':
      return undefined;
  }
}
