import {
  list,
  native,
  string,
  boolean,
  integer,
  iterator,
  type ListValue,
  type TupleValue,
  type Value,
} from '../../python/runtime/values';
import type { Interpreter } from '../../python/runtime/interpreter';
import { callFunction } from '../runtime/functions';
import { isNullish, isUndefined, numberValue, undefinedValue } from '../runtime/js-values';
import { binaryOperation, decide, strictlyEqual, toNumber } from '../runtime/operators';
import { raiseError } from '../runtime/raise-error';
import { textOf } from '../runtime/text-of';

type ArrayMethod = (interpreter: Interpreter, array: ListValue, args: readonly Value[]) => Value;

/** A method of an array; undefined where there is none of that name. */
export function arrayMethod(interpreter: Interpreter, array: ListValue | TupleValue, name: string): Value | undefined {
  const found = name === 'toString' ? methods.join : Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (found) {
    // What a library gives as a tuple is an array that nobody changes.
    const target = array.kind === 'list' ? array : list(array.items);
    return native(name, (machine, args) => {
      machine.spend(target.items.length);
      return found(machine, target, args);
    });
  }
  return known.has(name) ? interpreter.unknown(`Array.${name} is not supported yet.`) : undefined;
}

/** Methods that arrays have and that are not followed. */
const known: ReadonlySet<string> = new Set(['copyWithin', 'toLocaleString', 'toSorted', 'toSpliced', 'with', 'sort']);

const methods: Readonly<Record<string, ArrayMethod>> = {
  push: (_, { items }, args) => {
    items.push(...args);
    return integer(items.length);
  },
  pop: (_, { items }) => items.pop() ?? undefinedValue,
  shift: (_, { items }) => items.shift() ?? undefinedValue,
  unshift: (_, { items }, args) => integer(items.unshift(...args)),
  concat: (_, { items }, args) =>
    list([
      ...items,
      ...args.flatMap((value) => (value.kind === 'list' || value.kind === 'tuple' ? value.items : [value])),
    ]),
  slice: (interpreter, { items }, [start, end]) =>
    list(items.slice(indexOf(interpreter, start, 0), indexOf(interpreter, end, items.length))),
  splice: (interpreter, { items }, [start, count, ...added]) => {
    const from = indexOf(interpreter, start, 0);
    return list(items.splice(from, indexOf(interpreter, count, items.length), ...added));
  },
  reverse: (_, array) => {
    array.items.reverse();
    return array;
  },
  toReversed: (_, { items }) => list([...items].reverse()),
  join: (interpreter, { items }, [separator]) => {
    const texts = items.map((item) =>
      isNullish(item) ? string('') : binaryOperation(interpreter, '+', string(''), item),
    );
    const unknown = texts.find((text) => text.kind !== 'string');
    if (unknown) return unknown;
    return string(texts.map(textOf).join(separator && !isUndefined(separator) ? textOf(separator) : ','));
  },
  at: (interpreter, { items }, [index]) => items.at(indexOf(interpreter, index, 0)) ?? undefinedValue,
  fill: (interpreter, array, [value = undefinedValue, start, end]) => {
    array.items.fill(value, indexOf(interpreter, start, 0), indexOf(interpreter, end, array.items.length));
    return array;
  },
  includes: (interpreter, { items }, [wanted = undefinedValue]) => {
    const same = items.map((item) => strictlyEqual(item, wanted));
    if (same.includes(true)) return boolean(true);
    return same.includes(undefined) ? interpreter.unknown('Whether it is in this array is not known.') : boolean(false);
  },
  indexOf: (interpreter, { items }, [wanted = undefinedValue]) => {
    const same = items.map((item) => strictlyEqual(item, wanted));
    const index = same.indexOf(true);
    if (same.slice(0, index < 0 ? undefined : index).includes(undefined)) {
      return interpreter.unknown('Where it is in this array is not known.');
    }
    return integer(index);
  },
  forEach: (interpreter, array, args) => {
    each(interpreter, array, args);
    return undefinedValue;
  },
  map: (interpreter, array, args) => list(each(interpreter, array, args)),
  flatMap: (interpreter, array, args) => flatten(each(interpreter, array, args), 1),
  flat: (interpreter, { items }, [depth]) => flatten(items, indexOf(interpreter, depth, 1)),
  filter: (interpreter, array, args) => {
    const { items } = array;
    const kept = items.filter((item, index) => decide(interpreter, callback(interpreter, array, args, item, index)));
    return list(kept);
  },
  find: (interpreter, array, args) => array.items[firstThat(interpreter, array, args)] ?? undefinedValue,
  findIndex: (interpreter, array, args) => integer(firstThat(interpreter, array, args)),
  findLast: (interpreter, array, args) =>
    [...array.items].reverse().find((item) => decide(interpreter, callback(interpreter, array, args, item, 0))) ??
    undefinedValue,
  some: (interpreter, array, args) => boolean(firstThat(interpreter, array, args) >= 0),
  every: (interpreter, array, args) =>
    boolean(array.items.every((item, index) => decide(interpreter, callback(interpreter, array, args, item, index)))),
  reduce: (interpreter, array, args) => reduce(interpreter, array, array.items, args),
  reduceRight: (interpreter, array, args) => reduce(interpreter, array, [...array.items].reverse(), args),
  keys: (_, { items }) => iterator(items.map((_item, index) => integer(index))),
  values: (_, { items }) => iterator(items),
  entries: (_, { items }) => iterator(items.map((item, index) => list([integer(index), item]))),
};

function callback(
  interpreter: Interpreter,
  array: Value,
  [call = undefinedValue, receiver = undefinedValue]: readonly Value[],
  item: Value,
  index: number,
): Value {
  interpreter.spend();
  return callFunction(interpreter, call, receiver, [item, integer(index), array], 'The callback');
}

function each(interpreter: Interpreter, array: ListValue, args: readonly Value[]): Value[] {
  return [...array.items].map((item, index) => callback(interpreter, array, args, item, index));
}

function firstThat(interpreter: Interpreter, array: ListValue, args: readonly Value[]): number {
  return array.items.findIndex((item, index) => decide(interpreter, callback(interpreter, array, args, item, index)));
}

function reduce(
  interpreter: Interpreter,
  array: ListValue,
  items: readonly Value[],
  [call = undefinedValue, ...initial]: readonly Value[],
): Value {
  const [first, ...rest] = initial.length > 0 ? [initial[0], ...items] : items;
  if (!first) return raiseError(interpreter, 'TypeError', 'Reduce of empty array with no initial value');
  const offset = initial.length > 0 ? 0 : 1;
  return rest.reduce<Value>((total, item, index) => {
    interpreter.spend();
    const position = numberValue(index + offset);
    return callFunction(
      interpreter,
      call,
      undefinedValue,
      [total, item ?? undefinedValue, position, array],
      'The callback',
    );
  }, first);
}

function flatten(items: readonly Value[], depth: number): ListValue {
  return list(
    items.flatMap((item) => (item.kind === 'list' && depth > 0 ? flatten(item.items, depth - 1).items : [item])),
  );
}

/** A position that is given to a method: a known whole number; an error where it is not known. */
export function indexOf(interpreter: Interpreter, value: Value | undefined, otherwise: number): number {
  if (value === undefined || isUndefined(value)) return otherwise;
  if (value.kind === 'unknown') return interpreter.failUnknown(value);
  const number = toNumber(value)?.value;
  if (typeof number === 'number') return Math.trunc(number) || (number > 0 ? number : number < 0 ? number : 0);
  return interpreter.fail('A number that is known is needed here.');
}
