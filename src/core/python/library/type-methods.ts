import type { Interpreter } from '../runtime/interpreter';
import { hashable } from '../runtime/hashable';
import { braceFormat, reprOf } from '../runtime/format';
import { compare, valuesEqual } from '../runtime/compare';
import { itemIndex, knownInteger } from '../runtime/subscript';
import {
  boolean,
  integer,
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
      native(name, (interpreter, [self, ...args], keyword) => {
        if (self?.kind === 'unknown') return self;
        if (self?.kind !== kind) return interpreter.raise('TypeError', `${name}() needs a ${kind}`);
        return method(interpreter, self as Self, args, keyword);
      }),
    ]),
  );
}

function textArgument(interpreter: Interpreter, value: Value | undefined): string {
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
  split: (interpreter, self, [separator]) =>
    list(
      (separator && separator.kind !== 'none'
        ? self.value.split(textArgument(interpreter, separator))
        : self.value.split(/\s+/).filter((part) => part !== '')
      ).map(string),
    ),
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
    self.items.reduce<Value>(
      (product, item) =>
        product.kind === 'integer' &&
        item.kind === 'integer' &&
        typeof product.value === 'number' &&
        typeof item.value === 'number'
          ? integer(product.value * item.value)
          : interpreter.unknown('It depends on a size that is not known.'),
      integer(1),
    ),
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
    const identity = hashable(interpreter, key);
    const known = self.entries.get(identity);
    if (!known) self.entries.set(identity, { key, value });
    return known?.value ?? value;
  },
  pop: (interpreter, self, [key = none, otherwise]) => {
    const identity = hashable(interpreter, key);
    const value = self.entries.get(identity)?.value ?? otherwise;
    self.entries.delete(identity);
    return value ?? interpreter.raise('KeyError', reprOf(key));
  },
  update: (interpreter, self, [other], keyword) => {
    if (other?.kind === 'unknown') interpreter.failUnknown(other);
    if (other?.kind === 'dict') for (const [key, entry] of other.entries) self.entries.set(key, { ...entry });
    else if (other) {
      for (const pair of interpreter.iterate(other)) {
        const [key = none, value = none] = interpreter.iterate(pair);
        self.entries.set(hashable(interpreter, key), { key, value });
      }
    }
    for (const [name, value] of keyword) self.entries.set(`s:${name}`, { key: string(name), value });
    return none;
  },
  copy: (_, self) => ({ ...self, entries: new Map([...self.entries].map(([key, entry]) => [key, { ...entry }])) }),
  clear: (_, self) => {
    self.entries.clear();
    return none;
  },
});

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
  union: (interpreter, self, [items = none]) => set([...self.items.values(), ...interpreter.iterate(items)]),
});

const iteratorMethods = methodsFor<Value & { readonly kind: 'iterator' }>('iterator', {
  __next__: (interpreter, self) => self.items[self.next++] ?? interpreter.raise('StopIteration', ''),
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
