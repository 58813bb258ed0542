import { addDims, divideExactly, floorDivideDims, multiplyDims, subtractDims, type Dim } from '../../graph/dim';
import { tensorBinary, tensorNegative } from '../library/tensor-arithmetic';
import type { BinaryOperator, CompareOperator, UnaryOperator } from '../syntax/syntax';
import { percentFormat } from './format';
import { hashable } from './evaluate';
import type { Interpreter } from './interpreter';
import { typeName } from './type-name';
import {
  boolean,
  float,
  integer,
  keyOf,
  list,
  set,
  string,
  tuple,
  type TrainingValue,
  type UnknownValue,
  type Value,
} from './values';

/** `a operator b`; `inPlace` for `a operator= b`. */
export function binaryOperation(
  interpreter: Interpreter,
  operator: BinaryOperator,
  left: Value,
  right: Value,
  { inPlace = false } = {},
): Value {
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown') return right;
  if (left.kind === 'tensor' || right.kind === 'tensor') {
    return tensorBinary(interpreter, operator, left, right, inPlace && left.kind === 'tensor');
  }
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a && b) return numericOperation(interpreter, operator, a, b);
  const result = collectionOperation(interpreter, operator, left, right, inPlace);
  if (result) return result;
  const custom = customOperation(interpreter, operator, left, right);
  if (custom) return custom;
  if (left.kind === 'opaque' || right.kind === 'opaque') return interpreter.unknown('This value is not known.');
  if (left.kind === 'training' || right.kind === 'training') return interpreter.unknown('It depends on self.training.');
  return interpreter.raise(
    'TypeError',
    `unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`,
  );
}

export function unaryOperation(interpreter: Interpreter, operator: UnaryOperator, operand: Value): Value {
  if (operator === 'not') {
    const truth = truthOf(interpreter, operand);
    if (typeof truth === 'boolean') return boolean(!truth);
    return truth.kind === 'training' ? interpreter.unknown('it depends on self.training') : truth;
  }
  if (operand.kind === 'unknown') return operand;
  if (operand.kind === 'tensor' && operator === '-') return tensorNegative(interpreter, operand);
  const number = toNumber(operand);
  if (!number) return interpreter.raise('TypeError', `bad operand type for unary ${operator}: '${typeName(operand)}'`);
  switch (operator) {
    case '-':
      if (number.kind === 'float') return float(-number.value);
      return integer(typeof number.value === 'number' ? 0 - number.value : multiplyDims(-1, number.value));
    case '+':
      return number;
    case '~':
      return number.kind === 'integer' && typeof number.value === 'number'
        ? integer(~number.value)
        : interpreter.raise('TypeError', `bad operand type for unary ~: '${typeName(operand)}'`);
  }
}

/** Whether Python takes the value for true; what is not known stays so. */
export function truthOf(interpreter: Interpreter, value: Value): boolean | UnknownValue | TrainingValue {
  switch (value.kind) {
    case 'none':
      return false;
    case 'boolean':
      return value.value;
    case 'integer':
      // A size that is a product of sizes is positive.
      if (typeof value.value === 'number') return value.value !== 0;
      return isPositive(value.value) ? true : interpreter.unknown(`${value.value} may be 0.`);
    case 'float':
      return value.value !== 0;
    case 'string':
      return value.value !== '';
    case 'tuple':
    case 'list':
      return value.items.length > 0;
    case 'set':
      return value.items.size > 0;
    case 'dict':
      return value.entries.size > 0;
    case 'range':
      return value.step > 0 ? value.start < value.stop : value.start > value.stop;
    case 'unknown':
    case 'training':
      return value;
    case 'tensor':
      return interpreter.unknown("A tensor's values are not known before the model runs.");
    case 'opaque':
      return interpreter.unknown(`${value.description} is not known.`);
    case 'instance': {
      const method = interpreter.findAttribute(value, '__bool__') ?? interpreter.findAttribute(value, '__len__');
      return method && method.kind !== 'unknown' ? truthOf(interpreter, interpreter.call(method)) : true;
    }
    default:
      return true;
  }
}

export function compare(interpreter: Interpreter, operator: CompareOperator, left: Value, right: Value): Value {
  if (operator === 'is' || operator === 'is not') {
    const same = identical(left, right);
    if (same === undefined)
      return left.kind === 'unknown'
        ? left
        : right.kind === 'unknown'
          ? right
          : interpreter.unknown('This identity is not known.');
    return boolean(same === (operator === 'is'));
  }
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown') return right;
  if (operator === 'in' || operator === 'not in') {
    const contained = contains(interpreter, right, left);
    return typeof contained === 'boolean' ? boolean(contained === (operator === 'in')) : contained;
  }
  if (operator === '==' || operator === '!=') {
    const equal = valuesEqual(left, right);
    if (equal === undefined) return interpreter.unknown('Whether these are equal is not known.');
    return boolean(equal === (operator === '=='));
  }
  return order(interpreter, operator, left, right);
}

/** Whether two values are equal in Python's sense; undefined where that is not known. */
export function valuesEqual(left: Value, right: Value): boolean | undefined {
  const undecidable = ['unknown', 'tensor', 'training', 'opaque'];
  if (left === right) return left.kind === 'unknown' || left.kind === 'tensor' ? undefined : true;
  if (undecidable.includes(left.kind) || undecidable.includes(right.kind)) {
    const other = undecidable.includes(left.kind) ? right : left;
    return left.kind === 'opaque' && right.kind === 'opaque'
      ? left.description === right.description
      : other.kind === 'none'
        ? false
        : undefined;
  }
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a && b) {
    if (typeof a.value === 'number' && typeof b.value === 'number') return a.value === b.value;
    const difference = subtractDims(a.value, b.value);
    if (typeof difference === 'number') return difference === 0;
    return isPositive(difference) ? false : undefined;
  }
  if ((left.kind === 'tuple' && right.kind === 'tuple') || (left.kind === 'list' && right.kind === 'list')) {
    if (left.items.length !== right.items.length) return false;
    return every(left.items.map((item, index) => valuesEqual(item, right.items[index] ?? item)));
  }
  if (left.kind === 'dict' && right.kind === 'dict') {
    if (left.entries.size !== right.entries.size) return false;
    return every(
      [...left.entries].map(([key, entry]) => {
        const other = right.entries.get(key);
        return other ? valuesEqual(entry.value, other.value) : false;
      }),
    );
  }
  if (left.kind === 'set' && right.kind === 'set') {
    return left.items.size === right.items.size && [...left.items.keys()].every((key) => right.items.has(key));
  }
  const key = keyOf(left);
  return key !== undefined && key === keyOf(right);
}

function every(results: readonly (boolean | undefined)[]): boolean | undefined {
  if (results.includes(false)) return false;
  return results.includes(undefined) ? undefined : true;
}

function identical(left: Value, right: Value): boolean | undefined {
  if (left.kind === 'unknown' || right.kind === 'unknown') return undefined;
  if (left.kind !== right.kind)
    return left.kind === 'training' || right.kind === 'training'
      ? left.kind === 'none' || right.kind === 'none'
        ? false
        : undefined
      : false;
  switch (left.kind) {
    case 'none':
    case 'ellipsis':
      return true;
    case 'boolean':
    case 'integer':
    case 'float':
    case 'string':
      return valuesEqual(left, right);
    case 'method':
      return right.kind === 'method' && left.self === right.self && left.function === right.function;
    case 'opaque':
      return right.kind === 'opaque' && left.description === right.description;
    case 'training':
      return undefined;
    default:
      return left === right;
  }
}

function contains(interpreter: Interpreter, container: Value, item: Value): boolean | UnknownValue {
  switch (container.kind) {
    case 'dict':
      return container.entries.has(hashable(interpreter, item));
    case 'set':
      return container.items.has(hashable(interpreter, item));
    case 'string':
      if (item.kind !== 'string')
        return interpreter.raise('TypeError', `'in <string>' requires string as left operand`);
      return container.value.includes(item.value);
    case 'instance': {
      const method = interpreter.findAttribute(container, '__contains__');
      if (method) {
        const truth = truthOf(interpreter, interpreter.call(method, [item]));
        return typeof truth === 'boolean' ? truth : interpreter.unknown('This is not known.');
      }
      break;
    }
    default:
  }
  const results = interpreter.iterate(container).map((candidate) => valuesEqual(candidate, item));
  if (results.includes(true)) return true;
  return results.includes(undefined) ? interpreter.unknown('Whether it is contained is not known.') : false;
}

function order(interpreter: Interpreter, operator: '<' | '>' | '<=' | '>=', left: Value, right: Value): Value {
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a && b) {
    if (typeof a.value === 'number' && typeof b.value === 'number') return boolean(holds(operator, a.value - b.value));
    const difference = subtractDims(a.value, b.value);
    if (typeof difference === 'number') return boolean(holds(operator, difference));
    if (isPositive(difference)) return boolean(holds(operator, 1));
    const negated = multiplyDims(-1, difference);
    if (isPositive(negated)) return boolean(holds(operator, -1));
    return interpreter.unknown(`How ${a.value} compares to ${b.value} is not known.`);
  }
  if (left.kind === 'string' && right.kind === 'string') {
    return boolean(holds(operator, left.value < right.value ? -1 : left.value > right.value ? 1 : 0));
  }
  if ((left.kind === 'tuple' && right.kind === 'tuple') || (left.kind === 'list' && right.kind === 'list')) {
    for (const [index, item] of left.items.entries()) {
      const other = right.items[index];
      if (!other) break;
      const equal = valuesEqual(item, other);
      if (equal === undefined) return interpreter.unknown('How these compare is not known.');
      if (!equal) return order(interpreter, operator, item, other);
    }
    return boolean(holds(operator, left.items.length - right.items.length));
  }
  if (left.kind === 'tensor' || right.kind === 'tensor') {
    return interpreter.unknown("A tensor's values are not known before the model runs.");
  }
  if (left.kind === 'opaque' || right.kind === 'opaque') return interpreter.unknown('This value is not known.');
  return interpreter.raise(
    'TypeError',
    `'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
  );
}

function holds(operator: '<' | '>' | '<=' | '>=', difference: number): boolean {
  switch (operator) {
    case '<':
      return difference < 0;
    case '>':
      return difference > 0;
    case '<=':
      return difference <= 0;
    case '>=':
      return difference >= 0;
  }
}

/** A symbolic size without minus signs is at least 1, as every size is. */
function isPositive(dim: Dim): boolean {
  return typeof dim === 'number' ? dim > 0 : !dim.includes('-') && !dim.includes('//');
}

type NumberValue =
  { readonly kind: 'integer'; readonly value: Dim } | { readonly kind: 'float'; readonly value: number };

/** Numbers; True and False count as 1 and 0. */
function toNumber(value: Value): NumberValue | undefined {
  if (value.kind === 'integer' || value.kind === 'float') return value;
  return value.kind === 'boolean' ? { kind: 'integer', value: value.value ? 1 : 0 } : undefined;
}

function numericOperation(interpreter: Interpreter, operator: BinaryOperator, a: NumberValue, b: NumberValue): Value {
  if (typeof a.value !== 'number' || typeof b.value !== 'number') return symbolicOperation(interpreter, operator, a, b);
  const [x, y] = [a.value, b.value];
  const wrap = a.kind === 'float' || b.kind === 'float' ? float : wholeNumber(interpreter);
  if (y === 0 && (operator === '/' || operator === '//' || operator === '%')) {
    return interpreter.raise('ZeroDivisionError', 'division by zero');
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

function collectionOperation(
  interpreter: Interpreter,
  operator: BinaryOperator,
  left: Value,
  right: Value,
  inPlace: boolean,
): Value | undefined {
  if (operator === '+') {
    if (left.kind === 'string' && right.kind === 'string') return string(left.value + right.value);
    if (left.kind === 'tuple' && right.kind === 'tuple') return tuple([...left.items, ...right.items]);
    if (left.kind === 'list' && inPlace) {
      left.items.push(...interpreter.iterate(right));
      return left;
    }
    if (left.kind === 'list' && right.kind === 'list') return list([...left.items, ...right.items]);
  }
  if (operator === '*') {
    const [collection, count] = right.kind === 'integer' || right.kind === 'boolean' ? [left, right] : [right, left];
    const times = toNumber(count)?.value;
    if (typeof times === 'number') {
      interpreter.spend(Math.max(0, times));
      if (collection.kind === 'string') return string(collection.value.repeat(Math.max(0, times)));
      if (collection.kind === 'tuple') return tuple(repeat(collection.items, times));
      if (collection.kind === 'list') return list(repeat(collection.items, times));
    }
  }
  if (operator === '%' && left.kind === 'string') {
    const text = percentFormat(left.value, right);
    return text === undefined ? interpreter.unknown('This formatting is not supported yet.') : string(text);
  }
  if (operator === '|' && left.kind === 'dict' && right.kind === 'dict') {
    return { kind: 'dict', entries: new Map([...left.entries, ...right.entries]) };
  }
  if (left.kind === 'set' && right.kind === 'set') {
    if (operator === '|') return set([...left.items.values(), ...right.items.values()]);
    if (operator === '&') return set([...left.items].filter(([key]) => right.items.has(key)).map(([, item]) => item));
    if (operator === '-') return set([...left.items].filter(([key]) => !right.items.has(key)).map(([, item]) => item));
  }
  // `int | None` in an annotation.
  if (operator === '|' && (left.kind === 'class' || left.kind === 'opaque' || left.kind === 'none')) {
    return { kind: 'opaque', description: 'a union of types' };
  }
  return undefined;
}

function repeat(items: readonly Value[], times: number): Value[] {
  return Array.from({ length: Math.max(0, times) }, () => items).flat();
}

const operatorMethods: Partial<Record<BinaryOperator, string>> = {
  '+': '__add__',
  '-': '__sub__',
  '*': '__mul__',
  '/': '__truediv__',
  '//': '__floordiv__',
  '%': '__mod__',
  '**': '__pow__',
  '@': '__matmul__',
  '|': '__or__',
  '&': '__and__',
};

function customOperation(
  interpreter: Interpreter,
  operator: BinaryOperator,
  left: Value,
  right: Value,
): Value | undefined {
  const name = operatorMethods[operator];
  if (!name) return undefined;
  const method = left.kind === 'instance' ? interpreter.findAttribute(left, name) : undefined;
  if (method) return interpreter.call(method, [right]);
  const reflected = right.kind === 'instance' ? interpreter.findAttribute(right, name.replace('__', '__r')) : undefined;
  return reflected && interpreter.call(reflected, [left]);
}
