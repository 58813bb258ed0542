import type { Interpreter } from './interpreter';
import { findSpecial } from './special-methods';
import { typeName } from './type-name';
import { integer, string, type IteratorValue, type Value } from './values';

/** All items of an iterable; an error where it is none, or is not known. */
export function iterate(interpreter: Interpreter, value: Value): readonly Value[] {
  switch (value.kind) {
    case 'tuple':
      return value.items;
    case 'list':
      return [...value.items];
    case 'set':
      return [...value.items.values()];
    case 'dict':
      return [...value.entries.values()].map((entry) => entry.key);
    case 'string':
      return [...value.value].map(string);
    case 'range':
      return rangeItems(interpreter, value.start, value.stop, value.step);
    case 'iterator': {
      if (value.beyond) return interpreter.fail('This iterator has no end.');
      const rest = itemsOf(value).slice(value.next);
      value.next = value.items.length;
      return rest;
    }
    case 'unknown':
      return interpreter.failUnknown(value);
    case 'tensor':
      return iterateTensor(interpreter, value);
    case 'instance':
      return iterateInstance(interpreter, value);
    case 'class': {
      // An Enum's members, which its class lists.
      const members = value.namespace.get('__members__');
      if (members?.kind === 'dict') return [...new Set([...members.entries.values()].map((entry) => entry.value))];
      return interpreter.raise('TypeError', `'type' object is not iterable`);
    }
    default:
      return interpreter.raise('TypeError', `'${typeName(value)}' object is not iterable`);
  }
}

/**
 * Calls `take` with one item after the other, a generator's as it makes them: what it does between two items happens
 * there. `take` may say 'stop'.
 */
export function walk(interpreter: Interpreter, value: Value, take: (item: Value) => 'stop' | undefined | void): void {
  if (value.kind === 'iterator' && value.source) {
    const { source } = value;
    value.source = undefined;
    try {
      source((item) => {
        if (take(item) === 'stop') throw new GeneratorLeft(value);
      });
    } catch (error) {
      if (!(error instanceof GeneratorLeft) || error.iterator !== value) throw error;
    }
    return;
  }
  if (value.kind === 'iterator' && value.beyond) {
    for (;;) {
      interpreter.spend();
      const item = nextItem(value);
      if (!item || take(item) === 'stop') return;
    }
  }
  if (value.kind === 'iterator') {
    for (let item = nextItem(value); item; item = nextItem(value)) if (take(item) === 'stop') return;
    return;
  }
  for (const item of iterate(interpreter, value)) if (take(item) === 'stop') return;
}

/** The next item of an iterator; undefined at its end. */
export function nextItem(value: IteratorValue): Value | undefined {
  const items = itemsAhead(value);
  return items[value.next++] ?? value.beyond?.(value.next - 1 - items.length);
}

/** Iterables walked through side by side, as far as all of them go; those without end go as far as the others. */
export function columnsOf(interpreter: Interpreter, sources: readonly Value[]): (readonly Value[])[] {
  // A generator may have no end: it is asked for no more than the others have.
  const isOpen = (value: Value): boolean =>
    value.kind === 'iterator' && (value.beyond !== undefined || (value.source !== undefined && sources.length > 1));
  const ends = sources.map((source) => (isOpen(source) ? undefined : interpreter.iterate(source)));
  const known = ends.flatMap((items) => (items ? [items.length] : []));
  const rows = known.length === 0 ? maxItemsAhead : Math.min(...known);
  const columns = sources.map((source, index) => {
    const items = ends[index];
    if (items) return items.slice(0, rows);
    const made: Value[] = [];
    while (source.kind === 'iterator' && made.length < rows) {
      const item = nextItem(source);
      if (!item) break;
      made.push(item);
    }
    return made;
  });
  const endless = sources.length > 0 && columns.every((column) => column.length >= maxItemsAhead);
  return endless ? interpreter.fail('These iterators have no end.') : columns;
}

/** Thrown through a generator that nobody wants more of. */
export class GeneratorLeft extends Error {
  constructor(readonly iterator: IteratorValue) {
    super('The generator is not walked through further');
  }
}

/** A generator that has not begun is run to its end. */
function itemsOf(value: IteratorValue): readonly Value[] {
  const { source } = value;
  if (source) {
    const items: Value[] = [];
    value.items = items;
    value.source = undefined;
    source((item) => items.push(item));
  }
  return value.items;
}

/** As many items of a generator as `next` is ever called for in practice. */
const maxItemsAhead = 1000;

/**
 * Items of a generator that is only asked for the next one: nobody may ever ask for those that it could not make, or for
 * more than a thousand.
 */
function itemsAhead(value: IteratorValue): readonly Value[] {
  const { source } = value;
  if (!source) return value.items;
  const items: Value[] = [];
  value.items = items;
  value.source = undefined;
  try {
    source((item) => {
      items.push(item);
      if (items.length >= maxItemsAhead) throw new GeneratorLeft(value);
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    value.beyond = () => {
      throw error;
    };
  }
  return items;
}

function iterateInstance(interpreter: Interpreter, value: Value & { readonly kind: 'instance' }): readonly Value[] {
  const method = findSpecial(value, '__iter__');
  if (method) {
    const made = interpreter.call(method);
    return made.kind === 'instance' && findSpecial(made, '__next__')
      ? stepThrough(interpreter, made)
      : iterate(interpreter, made);
  }
  if (value.content) return iterate(interpreter, value.content);
  const length = findSpecial(value, '__len__');
  if (!length) return interpreter.raise('TypeError', `'${value.class.name}' object is not iterable`);
  const count = interpreter.call(length);
  if (count.kind !== 'integer' || typeof count.value !== 'number') return interpreter.fail('Its length is not known.');
  return rangeItems(interpreter, 0, count.value, 1).map((index) => interpreter.callMethod(value, '__getitem__', index));
}

/** Items of an object with `__next__`, until it raises StopIteration. */
function stepThrough(interpreter: Interpreter, value: Value): readonly Value[] {
  const items: Value[] = [];
  for (;;) {
    const item = interpreter.attempt('StopIteration', () => interpreter.callMethod(value, '__next__'));
    if (!item) return items;
    if (item.kind === 'unknown') return interpreter.failUnknown(item);
    items.push(item);
  }
}

function rangeItems(interpreter: Interpreter, start: number, stop: number, step: number): Value[] {
  const count = Math.max(0, Math.ceil((stop - start) / step));
  interpreter.spend(count);
  return Array.from({ length: count }, (_, index) => integer(start + index * step));
}

function iterateTensor(interpreter: Interpreter, value: Value & { readonly kind: 'tensor' }): readonly Value[] {
  const [count] = value.type.shape;
  if (typeof count !== 'number') return interpreter.fail('The number of items of this tensor is not known.');
  return Array.from({ length: count }, (_, index) =>
    interpreter.call(interpreter.getAttribute(value, '__getitem__'), [integer(index)]),
  );
}
