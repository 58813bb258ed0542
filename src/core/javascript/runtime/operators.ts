import { assertNever } from '../../errors';
import { divideExactly } from '../../graph/dim';
import { compare, valuesEqual } from '../../python/runtime/compare';
import type { Interpreter } from '../../python/runtime/interpreter';
import { isPositive, numericOperation } from '../../python/runtime/numbers';
import {
  boolean,
  integer,
  isSubclass,
  string,
  type FloatValue,
  type IntegerValue,
  type UnknownValue,
  type Value,
} from '../../python/runtime/values';
import type { BinaryOperator } from '../syntax/javascript-syntax';
import { functionOf, getOwn, isNullish, numberValue } from './js-values';
import { raiseError } from './raise-error';
import { textOf } from './text-of';

/** Whether JavaScript takes the value for true: empty arrays and objects are, 0, '', NaN, null and undefined are not. */
export function truthOf(interpreter: Interpreter, value: Value): boolean | UnknownValue {
  switch (value.kind) {
    case 'none':
      return false;
    case 'boolean':
      return value.value;
    case 'integer':
      if (typeof value.value === 'number') return value.value !== 0;
      return isPositive(value.value) ? true : interpreter.unknown(`${value.value} may be 0.`);
    case 'float':
      return value.value !== 0 && !Number.isNaN(value.value);
    case 'string':
      return value.value !== '';
    case 'unknown':
      return value;
    case 'opaque':
      return interpreter.unknown(`${value.description} is not known.`);
    default:
      return true;
  }
}

/** Whether a condition holds; an error where that is not known. */
export function decide(interpreter: Interpreter, value: Value): boolean {
  const truth = truthOf(interpreter, value);
  if (typeof truth === 'boolean') return truth;
  if (truth.layer || truth.cause) return interpreter.failUnknown(truth);
  const { file, from } = truth.place;
  const elsewhere = file !== interpreter.place.file || from < interpreter.place.from || from > interpreter.place.to;
  const where = elsewhere ? ` (${file.baseName}:${file.positionAt(from).line})` : '';
  return interpreter.fail(`This condition is not known: ${truth.reason.replace(/\.$/, '')}${where}.`);
}

/** `left operator right`; unknown where that cannot be computed. */
export function binaryOperation(interpreter: Interpreter, operator: BinaryOperator, left: Value, right: Value): Value {
  const unknown = [left, right].find((side) => side.kind === 'unknown');
  if (unknown) return unknown;
  switch (operator) {
    case '===':
    case '!==': {
      const same = strictlyEqual(left, right);
      return same === undefined ? notKnown(interpreter) : boolean(same === (operator === '==='));
    }
    case '==':
    case '!=': {
      const same = looselyEqual(left, right);
      return same === undefined ? notKnown(interpreter) : boolean(same === (operator === '=='));
    }
    case '<':
    case '>':
    case '<=':
    case '>=':
      return order(interpreter, operator, left, right);
    case '+':
      if (!isNumeric(left) || !isNumeric(right)) {
        const texts = [left, right].map(primitiveText);
        const [a, b] = texts;
        if (a === undefined || b === undefined) return notKnown(interpreter);
        if (a.length + b.length > maxTextLength) return interpreter.unknown('This text is too long.');
        return string(a + b);
      }
      return arithmetic(interpreter, operator, left, right);
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
    case '|':
    case '&':
    case '^':
    case '<<':
    case '>>':
    case '>>>':
      return arithmetic(interpreter, operator, left, right);
    case 'in':
      if (left.kind === 'string' && right.kind === 'dict') return boolean(getOwn(right, left.value) !== undefined);
      return notKnown(interpreter);
    case 'instanceof':
      return instanceOf(interpreter, left, right);
    default:
      return assertNever(operator);
  }
}

/** Texts that grow in a loop end here. */
const maxTextLength = 1_000_000;

function notKnown(interpreter: Interpreter): UnknownValue {
  return interpreter.unknown('What this gives is not known.');
}

/** Values that `+` adds: all but texts and objects. */
function isNumeric(value: Value): boolean {
  return ['integer', 'float', 'boolean', 'none'].includes(value.kind);
}

/** The text of a value that `+` appends; undefined where that is not known. */
function primitiveText(value: Value): string | undefined {
  if (value.kind === 'list') {
    return value.items.some((item) => primitiveText(item) === undefined) ? undefined : textOf(value);
  }
  return value.kind === 'string' || isNumeric(value) ? textOf(value) : undefined;
}

/** `Number(value)`; undefined where that is not known. A size may be symbolic. */
export function toNumber(value: Value): IntegerValue | FloatValue | undefined {
  switch (value.kind) {
    case 'integer':
    case 'float':
      return value;
    case 'boolean':
      return integer(value.value ? 1 : 0);
    case 'none':
      // null is 0, undefined is NaN.
      return textOf(value) === 'null' ? integer(0) : { kind: 'float', value: NaN };
    case 'string': {
      const number = numberValue(Number(value.value));
      return number.kind === 'integer' || number.kind === 'float' ? number : undefined;
    }
    default:
      return undefined;
  }
}

function arithmetic(interpreter: Interpreter, operator: BinaryOperator, left: Value, right: Value): Value {
  const [a, b] = [toNumber(left), toNumber(right)];
  if (!a || !b) return notKnown(interpreter);
  if (typeof a.value !== 'number' || typeof b.value !== 'number') {
    if (operator === '/') {
      const exact =
        a.kind === 'integer' && b.kind === 'integer' && b.value !== 0 ? divideExactly(a.value, b.value) : undefined;
      return exact === undefined ? interpreter.unknown('It depends on a size that is not known.') : integer(exact);
    }
    if (operator !== '+' && operator !== '-' && operator !== '*' && operator !== '%') {
      return interpreter.unknown('It depends on a size that is not known.');
    }
    if (operator === '%' && b.value === 0) return numberValue(NaN);
    return numericOperation(interpreter, operator, a, b);
  }
  return numberValue(compute(operator, a.value, b.value));
}

function compute(operator: BinaryOperator, x: number, y: number): number {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      return x / y;
    case '%':
      return x % y;
    case '**':
      return x ** y;
    case '|':
      return x | y;
    case '&':
      return x & y;
    case '^':
      return x ^ y;
    case '<<':
      return x << y;
    case '>>':
      return x >> y;
    case '>>>':
      return x >>> y;
    default:
      return NaN;
  }
}

function order(interpreter: Interpreter, operator: '<' | '>' | '<=' | '>=', left: Value, right: Value): Value {
  if (left.kind === 'string' && right.kind === 'string') {
    const difference = left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
    return compare(interpreter, operator, integer(difference), integer(0));
  }
  const [a, b] = [toNumber(left), toNumber(right)];
  if (!a || !b) return notKnown(interpreter);
  if (Number.isNaN(a.value) || Number.isNaN(b.value)) return boolean(false);
  return compare(interpreter, operator, a, b);
}

/** `===`; undefined where that is not known. */
export function strictlyEqual(left: Value, right: Value): boolean | undefined {
  if (left.kind === 'unknown' || right.kind === 'unknown') return undefined;
  if (left.kind === 'opaque' || right.kind === 'opaque') return isNullish(left) || isNullish(right) ? false : undefined;
  const [a, b] = [left, right].map((value) => value.kind === 'integer' || value.kind === 'float');
  if (a && b) {
    if (isNaNValue(left) || isNaNValue(right)) return false;
    return valuesEqual(left, right);
  }
  if (left.kind !== right.kind) return false;
  if (left.kind === 'string' && right.kind === 'string') return left.value === right.value;
  if (left.kind === 'none') return textOf(left) === textOf(right);
  return left === right;
}

function isNaNValue(value: Value): boolean {
  return value.kind === 'float' && Number.isNaN(value.value);
}

function looselyEqual(left: Value, right: Value): boolean | undefined {
  if (isNullish(left) || isNullish(right)) {
    return left.kind === 'unknown' || right.kind === 'unknown' ? undefined : isNullish(left) && isNullish(right);
  }
  const primitive = ['integer', 'float', 'boolean', 'string'];
  if (left.kind !== right.kind && primitive.includes(left.kind) && primitive.includes(right.kind)) {
    const [a, b] = [toNumber(left), toNumber(right)];
    return a && b ? strictlyEqual(a, b) : undefined;
  }
  if (primitive.includes(left.kind) !== primitive.includes(right.kind)) return undefined;
  return strictlyEqual(left, right);
}

function instanceOf(interpreter: Interpreter, left: Value, right: Value): Value {
  if (right.kind === 'class') {
    if (left.kind === 'instance') {
      const { unknownBase } = left.class;
      return isSubclass(left.class, right) ? boolean(true) : (unknownBase ?? boolean(false));
    }
    // `Array`, `Map` and the like have classes of their own here.
    if (right.name === 'Array') return boolean(left.kind === 'list' || left.kind === 'tuple');
    return ['dict', 'list', 'native', 'class'].includes(left.kind) ? notKnown(interpreter) : boolean(false);
  }
  if (functionOf(right) || right.kind === 'opaque' || right.kind === 'native') return notKnown(interpreter);
  return raiseError(interpreter, 'TypeError', "Right-hand side of 'instanceof' is not callable");
}
