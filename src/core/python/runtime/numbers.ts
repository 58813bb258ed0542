import { addDims, divideExactly, floorDivideDims, multiplyDims, subtractDims, type Dim } from '../../graph/dim';
import type { BinaryOperator } from '../syntax/syntax';
import type { Interpreter } from './interpreter';
import { float, integer, type Value } from './values';

/** A symbolic size without minus signs is at least 1, as every size is. */
export function isPositive(dim: Dim): boolean {
  return typeof dim === 'number' ? dim > 0 : !dim.includes('-') && !dim.includes('//');
}

export type NumberValue =
  { readonly kind: 'integer'; readonly value: Dim } | { readonly kind: 'float'; readonly value: number };

/** Numbers; True and False count as 1 and 0. */
export function toNumber(value: Value): NumberValue | undefined {
  if (value.kind === 'integer' || value.kind === 'float') return value;
  return value.kind === 'boolean' ? { kind: 'integer', value: value.value ? 1 : 0 } : undefined;
}

/** Arithmetic as Python does it: `/` gives floats, `//` and `%` round down; sizes may be symbolic. */
export function numericOperation(
  interpreter: Interpreter,
  operator: BinaryOperator,
  a: NumberValue,
  b: NumberValue,
): Value {
  if (typeof a.value !== 'number' || typeof b.value !== 'number') return symbolicOperation(interpreter, operator, a, b);
  const [x, y] = [a.value, b.value];
  const wrap = a.kind === 'float' || b.kind === 'float' ? float : wholeNumber(interpreter);
  if (y === 0 && (operator === '/' || operator === '//' || operator === '%')) {
    return interpreter.raise('ZeroDivisionError', 'division by zero');
  }
  const isBitwise = ['<<', '>>', '|', '&', '^'].includes(operator);
  if (isBitwise && (a.kind === 'float' || b.kind === 'float')) {
    return interpreter.raise('TypeError', `unsupported operand type(s) for ${operator}: '${a.kind}' and '${b.kind}'`);
  }
  if ((operator === '<<' || operator === '>>') && y < 0) return interpreter.raise('ValueError', 'negative shift count');
  if (operator === '**' && x === 0 && y < 0) {
    return interpreter.raise('ZeroDivisionError', '0.0 cannot be raised to a negative power');
  }
  if (operator === '**' && x < 0 && !Number.isInteger(y)) {
    return interpreter.unknown('Complex numbers are not supported.');
  }
  switch (operator) {
    case '+':
      return wrap(x + y);
    case '-':
      return wrap(x - y);
    case '*':
      return wrap(x * y);
    case '/':
      return float(x / y);
    case '//':
      return wrap(Math.floor(x / y));
    case '%':
      return wrap(x - y * Math.floor(x / y));
    case '**':
      return a.kind === 'integer' && b.kind === 'integer' && y < 0 ? float(x ** y) : wrap(x ** y);
    case '<<':
      return wrap(x * 2 ** y);
    case '>>':
      return wrap(Math.floor(x / 2 ** y));
    case '|':
      return wrap(Number(BigInt(x) | BigInt(y)));
    case '&':
      return wrap(Number(BigInt(x) & BigInt(y)));
    case '^':
      return wrap(Number(BigInt(x) ^ BigInt(y)));
    case '@':
      return interpreter.raise('TypeError', "unsupported operand type(s) for @: 'int' and 'int'");
  }
}

/** JavaScript's numbers hold whole numbers up to 2^53 only. */
function wholeNumber(interpreter: Interpreter): (value: number) => Value {
  return (value) => (Number.isSafeInteger(value) ? integer(value) : interpreter.unknown('This number is too large.'));
}

function symbolicOperation(interpreter: Interpreter, operator: BinaryOperator, a: NumberValue, b: NumberValue): Value {
  if (a.kind === 'float' || b.kind === 'float') return interpreter.unknown('It depends on a size that is not known.');
  switch (operator) {
    case '+':
      return integer(addDims(a.value, b.value));
    case '-':
      return integer(subtractDims(a.value, b.value));
    case '*':
      return integer(multiplyDims(a.value, b.value));
    case '//':
      if (b.value === 0) return interpreter.raise('ZeroDivisionError', 'integer division or modulo by zero');
      return integer(floorDivideDims(a.value, b.value));
    case '%': {
      if (b.value === 0) return interpreter.raise('ZeroDivisionError', 'integer division or modulo by zero');
      if (divideExactly(a.value, b.value) !== undefined) return integer(0);
      return integer(subtractDims(a.value, multiplyDims(b.value, floorDivideDims(a.value, b.value))));
    }
    case '**':
      if (b.value === 2) return integer(multiplyDims(a.value, a.value));
      return interpreter.unknown('It depends on a size that is not known.');
    default:
      return interpreter.unknown('It depends on a size that is not known.');
  }
}
