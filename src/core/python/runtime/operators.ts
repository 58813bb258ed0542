import { multiplyDims } from '../../graph/dim';
import { tensorBinary, tensorUnary } from '../library/tensor-arithmetic';
import type { BinaryOperator, UnaryOperator } from '../syntax/syntax';
import { setEntry } from './dict-entries';
import { percentFormat } from './format';
import type { Interpreter } from './interpreter';
import { numericOperation, toNumber } from './numbers';
import { findSpecial } from './special-methods';
import { truthOf } from './truth';
import { typeName } from './type-name';
import {
  boolean,
  contentOf,
  dict,
  float,
  integer,
  list,
  set,
  string,
  tuple,
  type SetValue,
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
  const custom = customOperation(interpreter, operator, left, right, inPlace);
  if (custom) return custom;
  if (left.kind === 'boolean' && right.kind === 'boolean') {
    if (operator === '&') return boolean(left.value && right.value);
    if (operator === '|') return boolean(left.value || right.value);
    if (operator === '^') return boolean(left.value !== right.value);
  }
  const [a, b] = [toNumber(contentOf(left)), toNumber(contentOf(right))];
  if (a && b) return numericOperation(interpreter, operator, a, b);
  const result = collectionOperation(interpreter, operator, contentOf(left), contentOf(right), inPlace);
  if (result) return result;
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
  if (operand.kind === 'tensor') return tensorUnary(interpreter, operator, operand);
  const name = operator === '-' ? '__neg__' : operator === '+' ? '__pos__' : '__invert__';
  const special = operand.kind === 'instance' ? findSpecial(operand, name) : undefined;
  if (special) return interpreter.call(special);
  if (operand.kind === 'opaque') return interpreter.unknown('This value is not known.');
  const number = toNumber(contentOf(operand));
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
    const target = inPlace ? left : dict([...left.entries.values()].map(({ key, value }) => [key, value] as const));
    for (const { key, value } of right.entries.values()) setEntry(interpreter, target, key, value);
    return target;
  }
  if (left.kind === 'set' && right.kind === 'set') {
    if (operator === '|') return set([...left.items.values(), ...right.items.values()]);
    if (operator === '&') return set([...left.items].filter(([key]) => right.items.has(key)).map(([, item]) => item));
    const without = (from: SetValue, other: SetValue): Value[] =>
      [...from.items].filter(([key]) => !other.items.has(key)).map(([, item]) => item);
    if (operator === '-') return set(without(left, right));
    if (operator === '^') return set([...without(left, right), ...without(right, left)]);
  }
  // `int | None` in an annotation.
  const isType = (side: Value): boolean => ['class', 'opaque', 'none'].includes(side.kind);
  if (operator === '|' && isType(left) && (isType(right) || right.kind === 'string')) {
    return { kind: 'opaque', description: 'a union of types', parts: [left, right] };
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
  inPlace: boolean,
): Value | undefined {
  const name = operatorMethods[operator];
  if (!name) return undefined;
  const find = (method: string): Value | undefined =>
    left.kind === 'instance' ? findSpecial(left, method) : undefined;
  const method = (inPlace ? find(name.replace('__', '__i')) : undefined) ?? find(name);
  if (method) return interpreter.call(method, [right]);
  const reflected = right.kind === 'instance' ? findSpecial(right, name.replace('__', '__r')) : undefined;
  if (reflected) return interpreter.call(reflected, [left]);
  const unknownBase = [left, right].flatMap((side) =>
    side.kind === 'instance' ? side.class.order.flatMap((base) => base.unknownBase ?? []) : [],
  );
  return unknownBase[0];
}
