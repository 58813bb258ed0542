import { productOfDims } from '../../graph/dim';
import type { Interpreter } from '../runtime/interpreter';
import { emptyLike, mappingOf, removeEntry, setEntry } from '../runtime/dict-entries';
import { hashable } from '../runtime/hashable';
import { braceFormat, reprOf } from '../runtime/format';
import { compare, valuesEqual } from '../runtime/compare';
import { nextItem } from '../runtime/iterate';
import { itemIndex, knownInteger } from '../runtime/subscript';
import { readArguments } from './read-arguments';
import {
  boolean,
  contentOf,
  integer,
  keyOf,
  list,
  native,
  none,
  set,
  string,
  tuple,
  type DictValue,
  type ListValue,
  type NativeFunctionValue,
  type SetValue,
  type StringValue,
  type TupleValue,
  type Value,
} from '../runtime/values';

type Methods = ReadonlyMap<string, NativeFunctionValue>;

/** Methods of a built-in type by name; self is the first argument. */
export function methodsOf(kind: Value['kind']): Methods | undefined {
  return typeMethods[kind];
}

type Method<Self> = (
  interpreter: Interpreter,
  self: Self,
  args: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
) => Value;

function methodsFor<Self extends Value>(kind: Self['kind'], methods: Readonly<Record<string, Method<Self>>>): Methods {
  return new Map(
    Object.entries(methods).map(([name, method]) => [
      name,
      native(name, (interpreter, [given, ...args], keyword) => {
        if (given?.kind === 'unknown') return given;
        const self = given && contentOf(given);
        if (self?.kind !== kind) return interpreter.raise('TypeError', `${name}() needs a ${kind}`);
        return method(interpreter, self as Self, args, keyword);
      }),
    ]),
  );
}

function textArgument(interpreter: Interpreter, given: Value | undefined): string {
  const value = given && contentOf(given);
  if (value?.kind === 'string') return value.value;
  if (value?.kind === 'unknown') return interpreter.failUnknown(value);
  return interpreter.raise('TypeError', 'expected a str');
}

const stringMethods = methodsFor<StringValue>('string', {
  format: (interpreter, self, args, keyword) => {
    const text = braceFormat(self.value, args, keyword);
    return text === undefined ? interpreter.unknown('This formatting is not supported yet.') : string(text);
  },
  join: (interpreter, self, [items = none]) =>
    string(
      interpreter
        .iterate(items)
        .map((item) => textArgument(interpreter, item))
        .join(self.value),
    ),
  lower: (_, self) => string(self.value.toLowerCase()),
  upper: (_, self) => string(self.value.toUpperCase()),
  capitalize: (_, self) => string(self.value.slice(0, 1).toUpperCase() + self.value.slice(1).toLowerCase()),
  title: (_, self) =>
    string(self.value.toLowerCase().replace(/[a-z]+/g, (word) => word.slice(0, 1).toUpperCase() + word.slice(1))),
  strip: (_, self, [characters]) => string(strip(self.value, characters, true, true)),
  lstrip: (_, self, [characters]) => string(strip(self.value, characters, true, false)),
  rstrip: (_, self, [characters]) => string(strip(self.value, characters, false, true)),
  split: (interpreter, self, args, keyword) => {
    const { sep, maxsplit } = readArguments(interpreter, 'split', ['sep?', 'maxsplit?'], args, keyword);
    const limit = maxsplit ? knownInteger(interpreter, maxsplit, 'maxsplit') : -1;
    if (!sep || sep.kind === 'none') {
      const words = self.value
        .trim()
        .split(/\s+/)
        .filter((part) => part !== '');
      if (limit < 0 || words.length <= limit + 1) return list(words.map(string));
      const rest = new RegExp(`^\\s*(?:\\S+\\s+){${limit}}`).exec(self.value)?.[0].length ?? 0;
      return list([...words.slice(0, limit), self.value.slice(rest).trimEnd()].map(string));
    }
    const separator = textArgument(interpreter, sep);
    const parts = self.value.split(separator);
    if (limit < 0 || parts.length <= limit + 1) return list(parts.map(string));
    return list([...parts.slice(0, limit), parts.slice(limit).join(separator)].map(string));
  },
  rsplit: (interpreter, self, args, keyword) => {
    const { sep, maxsplit } = readArguments(interpreter, 'rsplit', ['sep', 'maxsplit?'], args, keyword);
    const limit = maxsplit ? knownInteger(interpreter, maxsplit, 'maxsplit') : -1;
    const separator = textArgument(interpreter, sep);
    const parts = self.value.split(separator);
    if (limit < 0 || parts.length <= limit + 1) return list(parts.map(string));
    const head = parts.length - limit;
    return list([parts.slice(0, head).join(separator), ...parts.slice(head)].map(string));
  },
  partition: (interpreter, self, [separator]) => {
    const text = textArgument(interpreter, separator);
    const at = self.value.indexOf(text);
    const parts = at < 0 ? [self.value, '', ''] : [self.value.slice(0, at), text, self.value.slice(at + text.length)];
    return tuple(parts.map(string));
  },
  rpartition: (interpreter, self, [separator]) => {
    const text = textArgument(interpreter, separator);
    const at = self.value.lastIndexOf(text);
    const parts = at < 0 ? ['', '', self.value] : [self.value.slice(0, at), text, self.value.slice(at + text.length)];
    return tuple(parts.map(string));
  },
  splitlines: (_, self) =>
    list(
      self.value
        .split(/\r?\n/)
        .filter((line, i, all) => line !== '' || i < all.length - 1)
        .map(string),
    ),
  removeprefix: (interpreter, self, [prefix]) => {
    const text = textArgument(interpreter, prefix);
    return string(self.value.startsWith(text) ? self.value.slice(text.length) : self.value);
  },
  removesuffix: (interpreter, self, [suffix]) => {
    const text = textArgument(interpreter, suffix);
    return string(text !== '' && self.value.endsWith(text) ? self.value.slice(0, -text.length) : self.value);
  },
  casefold: (_, self) => string(self.value.toLowerCase()),
  swapcase: (_, self) =>
    string([...self.value].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join('')),
  index: (interpreter, self, [part]) => {
    const at = self.value.indexOf(textArgument(interpreter, part));
    return at < 0 ? interpreter.raise('ValueError', 'substring not found') : integer(at);
  },
  rfind: (interpreter, self, [part]) => integer(self.value.lastIndexOf(textArgument(interpreter, part))),
  islower: (_, self) => boolean(self.value !== self.value.toUpperCase() && self.value === self.value.toLowerCase()),
  isalnum: (_, self) => boolean(/^[\p{L}\p{N}]+$/u.test(self.value)),
  isnumeric: (_, self) => boolean(/^\p{N}+$/u.test(self.value)),
  isdecimal: (_, self) => boolean(/^\d+$/.test(self.value)),
  isspace: (_, self) => boolean(/^\s+$/.test(self.value)),
  isidentifier: (_, self) => boolean(/^[\p{L}_][\p{L}\p{N}_]*$/u.test(self.value)),
  ljust: (interpreter, self, [width = none]) => string(self.value.padEnd(knownInteger(interpreter, width, 'width'))),
  rjust: (interpreter, self, [width = none]) => string(self.value.padStart(knownInteger(interpreter, width, 'width'))),
  encode: (interpreter) => interpreter.unknown('Bytes are not supported yet.'),
  replace: (interpreter, self, [from, to]) =>
    string(self.value.replaceAll(textArgument(interpreter, from), textArgument(interpreter, to))),
  startswith: (interpreter, self, [prefix = none]) =>
    boolean(alternatives(prefix).some((item) => self.value.startsWith(textArgument(interpreter, item)))),
  endswith: (interpreter, self, [suffix = none]) =>
    boolean(alternatives(suffix).some((item) => self.value.endsWith(textArgument(interpreter, item)))),
  find: (interpreter, self, [part]) => integer(self.value.indexOf(textArgument(interpreter, part))),
  count: (interpreter, self, [part]) => integer(self.value.split(textArgument(interpreter, part)).length - 1),
  isdigit: (_, self) => boolean(/^\d+$/.test(self.value)),
  isalpha: (_, self) => boolean(/^\p{L}+$/u.test(self.value)),
  isupper: (_, self) => boolean(self.value !== self.value.toLowerCase() && self.value === self.value.toUpperCase()),
  zfill: (interpreter, self, [width = none]) =>
    string(self.value.padStart(knownInteger(interpreter, width, 'width'), '0')),
});

const listMethods = methodsFor<ListValue>('list', {
  append: (_, self, [item = none]) => {
    self.items.push(item);
    return none;
  },
  extend: (interpreter, self, [items = none]) => {
    self.items.push(...interpreter.iterate(items));
    return none;
  },
  insert: (interpreter, self, [index = none, item = none]) => {
    self.items.splice(knownInteger(interpreter, index, 'index'), 0, item);
    return none;
  },
  pop: (interpreter, self, [index = integer(-1)]) => {
    if (self.items.length === 0) return interpreter.raise('IndexError', 'pop from empty list');
    return self.items.splice(itemIndex(interpreter, index, self.items.length, 'pop'), 1)[0] ?? none;
  },
  popleft: (interpreter, self) => self.items.shift() ?? interpreter.raise('IndexError', 'pop from an empty deque'),
  remove: (interpreter, self, [item = none]) => {
    const at = positionOf(interpreter, self.items, item);
    if (at < 0) return interpreter.raise('ValueError', 'list.remove(x): x not in list');
    self.items.splice(at, 1);
    return none;
  },
  clear: (_, self) => {
    self.items.length = 0;
    return none;
  },
  reverse: (_, self) => {
    self.items.reverse();
    return none;
  },
  sort: (interpreter, self, _, keyword) => {
    self.items.splice(0, self.items.length, ...sorted(interpreter, self.items, keyword));
    return none;
  },
  copy: (_, self) => list(self.items),
  index: (interpreter, self, [item = none]) => {
    const at = positionOf(interpreter, self.items, item);
    return at < 0 ? interpreter.raise('ValueError', `${reprOf(item)} is not in list`) : integer(at);
  },
  count: (_, self, [item = none]) =>
    integer(self.items.filter((candidate) => valuesEqual(candidate, item) === true).length),
});

const tupleMethods = methodsFor<TupleValue>('tuple', {
  index: (interpreter, self, [item = none]) => {
    const at = positionOf(interpreter, self.items, item);
    return at < 0 ? interpreter.raise('ValueError', 'tuple.index(x): x not in tuple') : integer(at);
  },
  count: (_, self, [item = none]) =>
    integer(self.items.filter((candidate) => valuesEqual(candidate, item) === true).length),
  // torch.Size is a tuple with this method.
  numel: (interpreter, self) =>
    self.items.every((item) => item.kind === 'integer')
      ? integer(productOfDims(self.items.map((item) => item.value)))
      : interpreter.unknown('It depends on a size that is not known.'),
  _asdict: (_, self) => ({
    kind: 'dict',
    entries: new Map(
      (self.names ?? []).map((name, index) => [`s:${name}`, { key: string(name), value: self.items[index] ?? none }]),
    ),
  }),
});

const dictMethods = methodsFor<DictValue>('dict', {
  keys: (_, self) => list([...self.entries.values()].map((entry) => entry.key)),
  values: (_, self) => list([...self.entries.values()].map((entry) => entry.value)),
  items: (_, self) => list([...self.entries.values()].map((entry) => tuple([entry.key, entry.value]))),
  get: (interpreter, self, [key = none, otherwise = none]) => {
    if (key.kind === 'unknown') return key;
    return self.entries.get(hashable(interpreter, key))?.value ?? otherwise;
  },
  setdefault: (interpreter, self, [key = none, value = none]) => {
    const known = self.entries.get(hashable(interpreter, key));
    if (!known) setEntry(interpreter, self, key, value);
    return known?.value ?? value;
  },
  pop: (interpreter, self, [key = none, otherwise]) => {
    if (key.kind === 'unknown') return key;
    return removeEntry(interpreter, self, key) ?? otherwise ?? interpreter.raise('KeyError', reprOf(key));
  },
  popitem: (interpreter, self) => {
    const last = [...self.entries.values()].at(-1) ?? interpreter.raise('KeyError', 'popitem(): dictionary is empty');
    removeEntry(interpreter, self, last.key);
    return tuple([last.key, last.value]);
  },
  move_to_end: (_, self, [key = none]) => {
    const identity = keyOf(key);
    const entry = self.entries.get(identity);
    if (entry) {
      self.entries.delete(identity);
      self.entries.set(identity, entry);
    }
    return none;
  },
  most_common: (interpreter, self, [count]) => {
    const entries = [...self.entries.values()].map((entry) => tuple([entry.key, entry.value]));
    const ranked = sorted(interpreter, entries, new Map([['key', native('', (_, [pair = none]) => secondOf(pair))]]));
    return list(ranked.reverse().slice(0, count ? knownInteger(interpreter, count, 'n') : undefined));
  },
  update: (interpreter, self, [other], keyword) => {
    const source = other && mappingOf(interpreter, other);
    if (source?.kind === 'unknown') interpreter.failUnknown(source);
    if (source?.kind === 'dict') {
      for (const { key, value } of [...source.entries.values()]) setEntry(interpreter, self, key, value);
    } else if (source) {
      for (const pair of interpreter.iterate(source)) {
        const [key = none, value = none] = interpreter.iterate(pair);
        setEntry(interpreter, self, key, value);
      }
    }
    for (const [name, value] of keyword) setEntry(interpreter, self, string(name), value);
    return none;
  },
  copy: (_, self) => {
    const made = emptyLike(self);
    for (const [key, entry] of self.entries) made.entries.set(key, { ...entry });
    return made;
  },
  clear: (interpreter, self) => {
    for (const { key } of [...self.entries.values()]) removeEntry(interpreter, self, key);
    return none;
  },
});

function secondOf(pair: Value): Value {
  return (pair.kind === 'tuple' && pair.items[1]) || none;
}

const setMethods = methodsFor<SetValue>('set', {
  add: (interpreter, self, [item = none]) => {
    self.items.set(hashable(interpreter, item), item);
    return none;
  },
  discard: (interpreter, self, [item = none]) => {
    self.items.delete(hashable(interpreter, item));
    return none;
  },
  update: (interpreter, self, [items = none]) => {
    for (const item of interpreter.iterate(items)) self.items.set(hashable(interpreter, item), item);
    return none;
  },
  remove: (interpreter, self, [item = none]) => {
    if (!self.items.delete(hashable(interpreter, item))) interpreter.raise('KeyError', reprOf(item));
    return none;
  },
  pop: (interpreter, self) => {
    const [first] = self.items;
    if (!first) return interpreter.raise('KeyError', 'pop from an empty set');
    if (self.items.size > 1) return interpreter.unknown('Which item a set gives first is not known.');
    self.items.delete(first[0]);
    return first[1];
  },
  clear: (_, self) => {
    self.items.clear();
    return none;
  },
  copy: (_, self) => set(self.items.values()),
  union: (interpreter, self, others) =>
    set([...self.items.values(), ...others.flatMap((items) => interpreter.iterate(items))]),
  intersection: (interpreter, self, [items = none]) => {
    const keys = new Set(interpreter.iterate(items).map(keyOf));
    return set([...self.items].filter(([key]) => keys.has(key)).map(([, item]) => item));
  },
  difference: (interpreter, self, [items = none]) => {
    const keys = new Set(interpreter.iterate(items).map(keyOf));
    return set([...self.items].filter(([key]) => !keys.has(key)).map(([, item]) => item));
  },
  issubset: (interpreter, self, [items = none]) => {
    const keys = new Set(interpreter.iterate(items).map(keyOf));
    return boolean([...self.items.keys()].every((key) => keys.has(key)));
  },
  issuperset: (interpreter, self, [items = none]) =>
    boolean(interpreter.iterate(items).every((item) => self.items.has(keyOf(item)))),
});

const iteratorMethods = methodsFor<Value & { readonly kind: 'iterator' }>('iterator', {
  __next__: (interpreter, self) => nextItem(self) ?? interpreter.raise('StopIteration', ''),
});

/** Methods by kind of value. */
export const typeMethods: Partial<Record<Value['kind'], Methods>> = {
  string: stringMethods,
  list: listMethods,
  tuple: tupleMethods,
  dict: dictMethods,
  set: setMethods,
  iterator: iteratorMethods,
};

/** `sorted(items, key=…, reverse=…)` */
export function sorted(
  interpreter: Interpreter,
  items: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value[] {
  const key = keyword.get('key');
  const reverse = keyword.get('reverse');
  const direction = reverse?.kind === 'boolean' && reverse.value ? -1 : 1;
  const keyed = items.map((item) => ({ item, by: key && key.kind !== 'none' ? interpreter.call(key, [item]) : item }));
  const less = (a: Value, b: Value): boolean => interpreter.decide(compare(interpreter, '<', a, b));
  keyed.sort((a, b) => (less(a.by, b.by) ? -direction : less(b.by, a.by) ? direction : 0));
  return keyed.map(({ item }) => item);
}

function positionOf(interpreter: Interpreter, items: readonly Value[], item: Value): number {
  return items.findIndex((candidate) => {
    const equal = valuesEqual(candidate, item);
    return equal === undefined ? interpreter.fail('Whether these are equal is not known.') : equal;
  });
}

function alternatives(value: Value): readonly Value[] {
  return value.kind === 'tuple' ? value.items : [value];
}

function strip(text: string, characters: Value | undefined, left: boolean, right: boolean): string {
  const wanted = characters?.kind === 'string' ? characters.value : ' \t\n\r\v\f';
  let [start, end] = [0, text.length];
  while (left && start < end && wanted.includes(text.charAt(start))) start++;
  while (right && end > start && wanted.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
