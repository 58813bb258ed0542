import { multiplyDims, subtractDims } from '../../graph/dim';
import { tensorCompare } from '../library/tensor-arithmetic';
import type { CompareOperator } from '../syntax/syntax';
import { hashable } from './hashable';
import type { Interpreter } from './interpreter';
import { isPositive, toNumber } from './numbers';
import { findSpecial } from './special-methods';
import { truthOf } from './truth';
import { typeName } from './type-name';
import { boolean, contentOf, keyOf, type UnknownValue, type Value } from './values';

/** `left operator right`, one of `<`, `==`, `in`, `is`, …; unknown where that cannot be decided. */
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
  const custom = customComparison(interpreter, operator, left, right);
  if (custom) return custom;
  if (left.kind === 'tensor' || right.kind === 'tensor') return tensorCompare(interpreter, operator, left, right);
  if (operator === '==' || operator === '!=') {
    const equal = valuesEqual(left, right, interpreter);
    if (equal === undefined) return interpreter.unknown('Whether these are equal is not known.');
    return boolean(equal === (operator === '=='));
  }
  return order(interpreter, operator, left, right);
}

const comparisonMethods = {
  '==': ['__eq__', '__eq__'],
  '!=': ['__ne__', '__ne__'],
  '<': ['__lt__', '__gt__'],
  '>': ['__gt__', '__lt__'],
  '<=': ['__le__', '__ge__'],
  '>=': ['__ge__', '__le__'],
} as const;

/** As one of the objects' classes says it. */
function customComparison(
  interpreter: Interpreter,
  operator: keyof typeof comparisonMethods,
  left: Value,
  right: Value,
): Value | undefined {
  const [name, reflected] = comparisonMethods[operator];
  const method = left.kind === 'instance' ? findSpecial(left, name) : undefined;
  if (method) return interpreter.call(method, [right]);
  const other = right.kind === 'instance' ? findSpecial(right, reflected) : undefined;
  if (other) return interpreter.call(other, [left]);
  if (operator !== '!=') return undefined;
  const equal = customComparison(interpreter, '==', left, right);
  const truth = equal && truthOf(interpreter, equal);
  return typeof truth === 'boolean' ? boolean(!truth) : equal;
}

/** Whether two values are equal in Python's sense; undefined where that is not known. */
export function valuesEqual(givenLeft: Value, givenRight: Value, interpreter?: Interpreter): boolean | undefined {
  const [left, right] = [contentOf(givenLeft), contentOf(givenRight)];
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
    return every(left.items.map((item, index) => valuesEqual(item, right.items[index] ?? item, interpreter)));
  }
  if (left.kind === 'dict' && right.kind === 'dict') {
    if (left.entries.size !== right.entries.size) return false;
    return every(
      [...left.entries].map(([key, entry]) => {
        const other = right.entries.get(key);
        return other ? valuesEqual(entry.value, other.value, interpreter) : false;
      }),
    );
  }
  if (left.kind === 'set' && right.kind === 'set') {
    return left.items.size === right.items.size && [...left.items.keys()].every((key) => right.items.has(key));
  }
  const isCustom = [left, right].some((side) => side.kind === 'instance' && findSpecial(side, '__eq__'));
  if (isCustom) {
    const result = interpreter && customComparison(interpreter, '==', left, right);
    const truth = interpreter && result ? truthOf(interpreter, result) : undefined;
    return typeof truth === 'boolean' ? truth : undefined;
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
      item = contentOf(item);
      if (item.kind !== 'string')
        return interpreter.raise('TypeError', `'in <string>' requires string as left operand`);
      return container.value.includes(item.value);
    case 'opaque':
      return interpreter.unknown('This value is not known.');
    case 'instance': {
      const method = findSpecial(container, '__contains__');
      if (method) {
        const truth = truthOf(interpreter, interpreter.call(method, [item]));
        return typeof truth === 'boolean' ? truth : interpreter.unknown('This is not known.');
      }
      if (container.content) return contains(interpreter, container.content, item);
      break;
    }
    default:
  }
  const results = interpreter.iterate(container).map((candidate) => valuesEqual(candidate, item, interpreter));
  if (results.includes(true)) return true;
  return results.includes(undefined) ? interpreter.unknown('Whether it is contained is not known.') : false;
}

function order(
  interpreter: Interpreter,
  operator: '<' | '>' | '<=' | '>=',
  givenLeft: Value,
  givenRight: Value,
): Value {
  const [left, right] = [contentOf(givenLeft), contentOf(givenRight)];
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
