import type { Interpreter } from '../runtime/interpreter';
import { binaryOperation } from '../runtime/operators';
import { columnsOf, nextItem, walk } from '../runtime/iterate';
import { compare } from '../runtime/compare';
import { findSpecial } from '../runtime/special-methods';
import { knownInteger } from '../runtime/subscript';
import { truthOf } from '../runtime/truth';
import {
  boolean,
  contentOf,
  generator,
  integer,
  iterator,
  list,
  none,
  tuple,
  type NativeCall,
  type UnknownValue,
  type Value,
} from '../runtime/values';
import { sorted } from './type-methods';

/** Python's own functions over iterables. */
export const iterationFunctions: Readonly<Record<string, NativeCall>> = {
  len: (interpreter, [value = none]) => length(interpreter, value),
  range: (interpreter, args) => {
    const unknown = args.find((value) => value.kind === 'unknown');
    if (unknown) return unknown;
    const numbers = args.map((value) => knownInteger(interpreter, value, 'range() needs integers'));
    const [first = 0, second, step = 1] = numbers;
    if (step === 0) return interpreter.raise('ValueError', 'range() arg 3 must not be zero');
    return { kind: 'range', start: second === undefined ? 0 : first, stop: second ?? first, step };
  },
  enumerate: (interpreter, [items = none, second], keyword) => {
    const offset = second ?? keyword.get('start');
    let index = offset ? knownInteger(interpreter, offset, 'start must be an int') : 0;
    return lazily(interpreter, items, (item, take) => take(tuple([integer(index++), item])));
  },
  zip: (interpreter, positional, keyword) => {
    const unknown = positional.find((value) => value.kind === 'unknown');
    if (unknown) return unknown;
    const strict = keyword.get('strict');
    if (strict?.kind === 'boolean' && strict.value) {
      const lengths = positional.map((items) => interpreter.iterate(items).length);
      const [first] = lengths;
      if (lengths.some((count) => count !== first)) {
        return interpreter.raise('ValueError', 'zip() arguments are not of the same length');
      }
    }
    return iterator(rowsOf(interpreter, positional).map(tuple));
  },
  map: (interpreter, [callee = none, ...sources]) => {
    const [only] = sources;
    if (only && sources.length === 1) {
      return lazily(interpreter, only, (item, take) => take(interpreter.call(callee, [item])));
    }
    return generator((take) => {
      for (const row of rowsOf(interpreter, sources)) take(interpreter.call(callee, row));
    });
  },
  filter: (interpreter, [callee = none, items = none]) =>
    lazily(interpreter, items, (item, take) => {
      if (interpreter.decide(callee.kind === 'none' ? item : interpreter.call(callee, [item]))) take(item);
    }),
  reversed: (interpreter, [items = none]) => {
    if (items.kind === 'unknown') return items;
    const special = items.kind === 'instance' ? findSpecial(items, '__reversed__') : undefined;
    if (special) return interpreter.call(special);
    return iterator([...interpreter.iterate(items)].reverse());
  },
  sorted: (interpreter, [items = none], keyword) =>
    items.kind === 'unknown' ? items : list(sorted(interpreter, interpreter.iterate(items), keyword)),
  iter: (interpreter, [items = none]) => {
    if (items.kind === 'iterator' || items.kind === 'unknown') return items;
    const special = items.kind === 'instance' ? findSpecial(items, '__iter__') : undefined;
    if (special) return interpreter.call(special);
    return iterator(interpreter.iterate(items));
  },
  next: (interpreter, [items = none, otherwise]) => {
    if (items.kind === 'unknown') return items;
    if (items.kind === 'instance') {
      if (!otherwise) return interpreter.callMethod(items, '__next__');
      return interpreter.attempt('StopIteration', () => interpreter.callMethod(items, '__next__')) ?? otherwise;
    }
    if (items.kind !== 'iterator') return interpreter.raise('TypeError', `'${items.kind}' object is not an iterator`);
    return nextItem(items) ?? otherwise ?? interpreter.raise('StopIteration', '');
  },
  sum: (interpreter, [items = none, second], keyword) => {
    if (items.kind === 'unknown') return items;
    // Adding a tensor to the 0 that sum starts with gives the tensor.
    const start = second ?? keyword.get('start') ?? integer(0);
    return interpreter
      .iterate(items)
      .reduce<Value>(
        (total, item) =>
          item.kind === 'tensor' && total.kind === 'integer' && total.value === 0
            ? item
            : binaryOperation(interpreter, '+', total, item),
        start,
      );
  },
  min: (interpreter, args, keyword) => extreme(interpreter, args, keyword, '<'),
  max: (interpreter, args, keyword) => extreme(interpreter, args, keyword, '>'),
  any: (interpreter, [items = none]) => quantify(interpreter, items, true),
  all: (interpreter, [items = none]) => quantify(interpreter, items, false),
};

/** The rows of several iterables side by side. */
export function rowsOf(interpreter: Interpreter, sources: readonly Value[]): (readonly Value[])[] {
  const columns = columnsOf(interpreter, sources);
  const rows = columns.length === 0 ? 0 : Math.min(...columns.map((column) => column.length));
  return Array.from({ length: rows }, (_, row) => columns.map((column) => column[row] ?? none));
}

/** An iterator that makes its items from another's, one by one, as they are wanted. */
function lazily(
  interpreter: Interpreter,
  items: Value,
  make: (item: Value, take: (made: Value) => void) => void,
): Value {
  if (items.kind === 'unknown') return items;
  return generator((take) => walk(interpreter, items, (item) => make(item, take)));
}

export function length(interpreter: Interpreter, value: Value): Value {
  const content = contentOf(value);
  const special = value.kind === 'instance' ? findSpecial(value, '__len__') : undefined;
  if (special) return interpreter.call(special);
  switch (content.kind) {
    case 'unknown':
      return content;
    case 'string':
      return integer([...content.value].length);
    case 'tuple':
    case 'list':
      return integer(content.items.length);
    case 'set':
      return integer(content.items.size);
    case 'dict':
      return integer(content.entries.size);
    case 'range':
    case 'class':
      return integer(interpreter.iterate(content).length);
    case 'tensor':
      return interpreter.callMethod(content, '__len__');
    case 'opaque':
      return interpreter.unknown(`The length of ${content.description} is not known.`);
    default: {
      const type = content.kind === 'instance' ? content.class.name : content.kind;
      const unknownBase = content.kind === 'instance' && content.class.order.find((base) => base.unknownBase);
      if (unknownBase && unknownBase.unknownBase) return unknownBase.unknownBase;
      return interpreter.raise('TypeError', `object of type '${type}' has no len()`);
    }
  }
}

function extreme(
  interpreter: Interpreter,
  args: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
  operator: '<' | '>',
): Value {
  const [first = none] = args;
  if (first.kind === 'unknown') return first;
  const items = args.length === 1 ? interpreter.iterate(first) : args;
  const unknown = items.find((item) => item.kind === 'unknown');
  if (unknown) return unknown;
  const key = keyword.get('key');
  const rank = (item: Value): Value => (key && key.kind !== 'none' ? interpreter.call(key, [item]) : item);
  const [start, ...rest] = items;
  if (!start) return keyword.get('default') ?? interpreter.raise('ValueError', 'arg is an empty sequence');
  let best = start;
  for (const item of rest) {
    const better = truthOf(interpreter, compare(interpreter, operator, rank(item), rank(best)));
    if (typeof better !== 'boolean') return better;
    if (better) best = item;
  }
  return best;
}

function quantify(interpreter: Interpreter, items: Value, wanted: boolean): Value {
  if (items.kind === 'unknown') return items;
  let unknown: UnknownValue | undefined;
  let found = false;
  walk(interpreter, items, (item) => {
    const truth = truthOf(interpreter, item);
    if (truth === wanted) {
      found = true;
      return 'stop';
    }
    if (typeof truth !== 'boolean') {
      unknown = truth.kind === 'unknown' ? truth : interpreter.unknown('It depends on self.training.');
    }
    return undefined;
  });
  return found ? boolean(wanted) : (unknown ?? boolean(!wanted));
}
