import { iterator, list, native, none, tuple, type ModuleValue, type NativeCall, type Value } from '../runtime/values';
import { binaryOperation } from '../runtime/operators';
import { nativeClass, objectClass } from './native-class';
import { knownInteger } from '../runtime/subscript';
import type { BinaryOperator } from '../syntax/syntax';

const partial: NativeCall = (interpreter, [callee, ...positional], keyword) => {
  if (!callee) return interpreter.raise('TypeError', 'partial() needs a function');
  return callee.kind === 'unknown' ? callee : { kind: 'partial', function: callee, positional, keyword };
};

const reduce: NativeCall = (interpreter, [callee = none, items = none, initial]) => {
  const [first, ...rest] = interpreter.iterate(items);
  const all = initial ? [...(first ? [first] : []), ...rest] : rest;
  const start = initial ?? first ?? interpreter.raise('TypeError', 'reduce() of empty iterable with no initial value');
  return all.reduce((total, item) => interpreter.call(callee, [total, item]), start);
};

/** The wrapping function takes the name of the wrapped one. */
const wraps: NativeCall = (_, [wrapped = none]) =>
  native('decorator', (interpreter, [inner = none]) => {
    const name = interpreter.findAttribute(wrapped, '__name__');
    if (inner.kind === 'function' && name) inner.attributes.set('__name__', name);
    return inner;
  });

/** A decorator (`@lru_cache`, `@lru_cache(maxsize=1)`, `@wraps(f)`) that changes nothing here. */
const keepDecorated: NativeCall = (_, [decorated]) =>
  decorated && (decorated.kind === 'function' || decorated.kind === 'class')
    ? decorated
    : native('decorator', (__, [inner = none]) => inner);

const chainClass = nativeClass(
  'chain',
  [objectClass],
  {
    from_iterable: {
      kind: 'staticmethod',
      function: native('from_iterable', (interpreter, [items = none]) =>
        iterator(interpreter.iterate(items).flatMap((part) => interpreter.iterate(part))),
      ),
    },
  },
  (interpreter, positional) => iterator(positional.flatMap((items) => interpreter.iterate(items))),
);

const cartesianProduct: NativeCall = (interpreter, positional, keyword) => {
  const repeat = keyword.get('repeat');
  const times = repeat ? knownInteger(interpreter, repeat, 'repeat must be an int') : 1;
  const pools = Array.from({ length: times }, () => positional.map((items) => interpreter.iterate(items))).flat();
  let rows: Value[][] = [[]];
  for (const pool of pools) {
    rows = rows.flatMap((row) => pool.map((item) => [...row, item]));
    interpreter.spend(rows.length);
  }
  return iterator(rows.map(tuple));
};

const accumulate: NativeCall = (interpreter, [items = none, callee]) => {
  let total: Value | undefined;
  const results = interpreter.iterate(items).map((item) => {
    total = !total
      ? item
      : callee
        ? interpreter.call(callee, [total, item])
        : binaryOperation(interpreter, '+', total, item);
    return total;
  });
  return iterator(results);
};

const pairwise: NativeCall = (interpreter, [items = none]) => {
  const all = interpreter.iterate(items);
  return iterator(all.slice(1).map((item, index) => tuple([all[index] ?? none, item])));
};

const repeatValue: NativeCall = (interpreter, [value = none, times]) => {
  if (!times) return interpreter.unknown('An endless repeat is not supported.');
  return iterator(Array.from({ length: knownInteger(interpreter, times, 'times must be an int') }, () => value));
};

const islice: NativeCall = (interpreter, [items = none, ...bounds]) => {
  const numbers = bounds.map((bound) =>
    bound.kind === 'none' ? undefined : knownInteger(interpreter, bound, 'a bound'),
  );
  const [first, second, step] = numbers;
  const [start, stop] = numbers.length === 1 ? [0, first] : [first ?? 0, second];
  return iterator(
    interpreter
      .iterate(items)
      .slice(start, stop)
      .filter((_, index) => index % (step ?? 1) === 0),
  );
};

const starmap: NativeCall = (interpreter, [callee = none, items = none]) =>
  iterator(interpreter.iterate(items).map((item) => interpreter.call(callee, interpreter.iterate(item))));

const operators: readonly (readonly [string, BinaryOperator])[] = [
  ['add', '+'],
  ['sub', '-'],
  ['mul', '*'],
  ['truediv', '/'],
  ['floordiv', '//'],
  ['mod', '%'],
  ['pow', '**'],
];

/** functools, itertools, operator, copy. */
export const functionalModules: readonly ModuleValue[] = [
  moduleOf('functools', {
    partial: native('partial', partial),
    reduce: native('reduce', reduce),
    wraps: native('wraps', wraps),
    lru_cache: native('lru_cache', keepDecorated),
    cache: native('cache', keepDecorated),
    cached_property: native('cached_property', (_, [getter = none]) => ({
      kind: 'property',
      getter,
      setter: undefined,
    })),
  }),
  moduleOf('itertools', {
    chain: chainClass,
    product: native('product', cartesianProduct),
    accumulate: native('accumulate', accumulate),
    pairwise: native('pairwise', pairwise),
    repeat: native('repeat', repeatValue),
    islice: native('islice', islice),
    starmap: native('starmap', starmap),
    zip_longest: native('zip_longest', (interpreter, positional, keyword) => {
      const columns = positional.map((items) => interpreter.iterate(items));
      const length = Math.max(0, ...columns.map((column) => column.length));
      const fill = keyword.get('fillvalue') ?? none;
      return iterator(Array.from({ length }, (_, row) => tuple(columns.map((column) => column[row] ?? fill))));
    }),
  }),
  moduleOf(
    'operator',
    Object.fromEntries([
      ...operators.map(([name, operator]) => [
        name,
        native(name, (interpreter, [left = none, right = none]) => binaryOperation(interpreter, operator, left, right)),
      ]),
      [
        'itemgetter',
        native('itemgetter', (_, [index = none]) =>
          native('itemgetter', (interpreter, [object = none]) =>
            interpreter.call(native('get', (machine) => machine.callMethod(object, '__getitem__', index))),
          ),
        ),
      ],
    ]) as Record<string, Value>,
  ),
  moduleOf('copy', {
    copy: native('copy', (interpreter, [value = none]) => {
      if (value.kind === 'list') return list(value.items);
      if (value.kind === 'dict')
        return { ...value, entries: new Map([...value.entries].map(([key, entry]) => [key, { ...entry }])) };
      return isPlain(value) ? value : interpreter.unknown('copy of this value is not supported yet.');
    }),
    deepcopy: native('deepcopy', (interpreter, [value = none]) =>
      deepCopy(interpreter.unknown('deepcopy of this value is not supported yet.'), value, new Map()),
    ),
  }),
];

function moduleOf(name: string, members: Readonly<Record<string, Value>>): ModuleValue {
  return { kind: 'module', name, namespace: new Map(Object.entries(members)) };
}

function isPlain(value: Value): boolean {
  return ['none', 'boolean', 'integer', 'float', 'string', 'tuple', 'range', 'class', 'function', 'native'].includes(
    value.kind,
  );
}

/** Copies what a value holds; `otherwise` stands for what cannot be copied. Shared parts stay shared within the copy. */
function deepCopy(otherwise: Value, value: Value, copies: Map<Value, Value>): Value {
  const known = copies.get(value);
  if (known) return known;
  const copy = (inner: Value): Value => deepCopy(otherwise, inner, copies);
  switch (value.kind) {
    case 'list': {
      const made = list([]);
      copies.set(value, made);
      made.items.push(...value.items.map(copy));
      return made;
    }
    case 'tuple':
      return { ...value, items: value.items.map(copy) };
    case 'dict': {
      const made = { ...value, entries: new Map<unknown, { readonly key: Value; value: Value }>() };
      copies.set(value, made);
      for (const [key, entry] of value.entries) made.entries.set(key, { key: entry.key, value: copy(entry.value) });
      return made;
    }
    default:
      return isPlain(value) || value.kind === 'opaque' || value.kind === 'training' ? value : otherwise;
  }
}
