import {
  integer,
  iterator,
  native,
  none,
  tuple,
  type ModuleValue,
  type NativeCall,
  type Value,
} from '../runtime/values';
import { compare } from '../runtime/compare';
import type { Interpreter } from '../runtime/interpreter';
import { walk } from '../runtime/iterate';
import { binaryOperation, unaryOperation } from '../runtime/operators';
import { deepCopy, shallowCopy } from './copy-values';
import { nativeClass, objectClass } from './native-class';
import { knownInteger, subscript } from '../runtime/subscript';
import type { BinaryOperator, CompareOperator } from '../syntax/syntax';

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
    if (inner.kind === 'function') {
      if (name) inner.attributes.set('__name__', name);
      inner.attributes.set('__wrapped__', wrapped);
    }
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

const repeatValue: NativeCall = (interpreter, [value = none, given], keyword) => {
  const times = given ?? keyword.get('times');
  if (!times) return { ...iterator([]), beyond: () => value };
  return iterator(Array.from({ length: knownInteger(interpreter, times, 'times must be an int') }, () => value));
};

const islice: NativeCall = (interpreter, [items = none, ...bounds]) => {
  const numbers = bounds.map((bound) =>
    bound.kind === 'none' ? undefined : knownInteger(interpreter, bound, 'a bound'),
  );
  const [first, second, step] = numbers;
  const [start, stop] = numbers.length === 1 ? [0, first] : [first ?? 0, second];
  const taken: Value[] = [];
  if (stop === undefined) taken.push(...interpreter.iterate(items));
  else if (stop > 0) {
    walk(interpreter, items, (item) => {
      taken.push(item);
      return taken.length >= stop ? 'stop' : undefined;
    });
  }
  return iterator(taken.slice(start).filter((_, index) => index % (step ?? 1) === 0));
};

/** `count(10, 2)`: 10, 12, 14, … */
const count: NativeCall = (interpreter, [first = integer(0), second], keyword) => {
  const start = keyword.get('start') ?? first;
  const step = second ?? keyword.get('step') ?? integer(1);
  const at = (index: number): Value =>
    binaryOperation(interpreter, '+', start, binaryOperation(interpreter, '*', step, integer(index)));
  return { ...iterator([]), beyond: at };
};

const cycle: NativeCall = (interpreter, [items = none]) => {
  const all = interpreter.iterate(items);
  return all.length === 0 ? iterator([]) : { ...iterator([]), beyond: (index) => all[index % all.length] ?? none };
};

/** `combinations('abc', 2)`, in Python's order; with `repeated`, an item may stand several times. */
function choices(flavour: 'combinations' | 'permutations' | 'repeated'): NativeCall {
  return (interpreter, [items = none, size], keyword) => {
    const all = interpreter.iterate(items);
    const wanted = size ?? keyword.get('r');
    const length =
      wanted && wanted.kind !== 'none' ? knownInteger(interpreter, wanted, 'r must be an int') : all.length;
    const rows: Value[][] = [];
    const extend = (row: readonly number[]): void => {
      interpreter.spend();
      if (row.length === length) {
        rows.push(row.map((index) => all[index] ?? none));
        return;
      }
      const last = row.at(-1) ?? -1;
      const from = flavour === 'permutations' ? 0 : flavour === 'repeated' ? Math.max(0, last) : last + 1;
      for (let index = from; index < all.length; index++) {
        if (flavour !== 'permutations' || !row.includes(index)) extend([...row, index]);
      }
    };
    extend([]);
    return iterator(rows.map(tuple));
  };
}

/** Neighbours with the same key as `(key, items)`. */
const groupBy: NativeCall = (interpreter, [items = none, key], keyword) => {
  const by = key ?? keyword.get('key');
  const groups: { key: Value; items: Value[] }[] = [];
  for (const item of interpreter.iterate(items)) {
    const value = by && by.kind !== 'none' ? interpreter.call(by, [item]) : item;
    const last = groups.at(-1);
    const same = last && interpreter.decide(compare(interpreter, '==', last.key, value));
    if (last && same) last.items.push(item);
    else groups.push({ key: value, items: [item] });
  }
  return iterator(groups.map((group) => tuple([group.key, iterator(group.items)])));
};

/** The items up to the first that fails, or those from there on. */
function whileTrue(part: 'head' | 'tail'): NativeCall {
  return (interpreter, [callee = none, items = none]) => {
    const all = interpreter.iterate(items);
    const end = all.findIndex((item) => !interpreter.decide(interpreter.call(callee, [item])));
    const at = end < 0 ? all.length : end;
    return iterator(part === 'head' ? all.slice(0, at) : all.slice(at));
  };
}

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
  ['matmul', '@'],
  ['and_', '&'],
  ['or_', '|'],
  ['xor', '^'],
];

const comparisons: readonly (readonly [string, CompareOperator])[] = [
  ['eq', '=='],
  ['ne', '!='],
  ['lt', '<'],
  ['le', '<='],
  ['gt', '>'],
  ['ge', '>='],
  ['is_', 'is'],
];

/** `itemgetter(0, 2)` and `attrgetter('a.b')` */
function getter(read: (interpreter: Interpreter, object: Value, key: Value) => Value): NativeCall {
  return (_, keys) =>
    native('getter', (interpreter, [object = none]) => {
      const values = keys.map((key) => read(interpreter, object, key));
      return values.length === 1 && values[0] ? values[0] : tuple(values);
    });
}

/** functools, itertools, operator, copy. */
export const functionalModules: readonly ModuleValue[] = [
  moduleOf('functools', {
    partial: nativeClass('partial', [objectClass], {}, partial),
    reduce: native('reduce', reduce),
    wraps: native('wraps', wraps),
    lru_cache: native('lru_cache', keepDecorated),
    cache: native('cache', keepDecorated),
    cached_property: native('cached_property', (_, [getter = none]) => cachedProperty(getter)),
    total_ordering: native('total_ordering', (_, [decorated = none]) => decorated),
    singledispatch: native('singledispatch', (interpreter) =>
      interpreter.unknown('singledispatch is not supported yet.'),
    ),
    partialmethod: native('partialmethod', partial),
    update_wrapper: native('update_wrapper', (_, [wrapper = none]) => wrapper),
  }),
  moduleOf('itertools', {
    chain: chainClass,
    product: native('product', cartesianProduct),
    accumulate: native('accumulate', accumulate),
    pairwise: native('pairwise', pairwise),
    repeat: native('repeat', repeatValue),
    islice: native('islice', islice),
    starmap: native('starmap', starmap),
    count: native('count', count),
    cycle: native('cycle', cycle),
    combinations: native('combinations', choices('combinations')),
    combinations_with_replacement: native('combinations_with_replacement', choices('repeated')),
    permutations: native('permutations', choices('permutations')),
    groupby: native('groupby', groupBy),
    takewhile: native('takewhile', whileTrue('head')),
    dropwhile: native('dropwhile', whileTrue('tail')),
    tee: native('tee', (interpreter, [items = none, copies = integer(2)]) => {
      const all = interpreter.iterate(items);
      const times = knownInteger(interpreter, copies, 'n must be an int');
      return tuple(Array.from({ length: times }, () => iterator(all)));
    }),
    compress: native('compress', (interpreter, [items = none, selectors = none]) => {
      const chosen = interpreter.iterate(selectors);
      return iterator(
        interpreter.iterate(items).filter((_, index) => {
          const selector = chosen[index];
          return selector !== undefined && interpreter.decide(selector);
        }),
      );
    }),
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
      ...comparisons.map(([name, operator]) => [
        name,
        native(name, (interpreter, [left = none, right = none]) => compare(interpreter, operator, left, right)),
      ]),
      ['neg', native('neg', (interpreter, [value = none]) => unaryOperation(interpreter, '-', value))],
      ['not_', native('not_', (interpreter, [value = none]) => unaryOperation(interpreter, 'not', value))],
      [
        'contains',
        native('contains', (interpreter, [all = none, item = none]) => compare(interpreter, 'in', item, all)),
      ],
      ['getitem', native('getitem', (interpreter, [object = none, key = none]) => subscript(interpreter, object, key))],
      [
        'itemgetter',
        native(
          'itemgetter',
          getter((interpreter, object, key) => subscript(interpreter, object, key)),
        ),
      ],
      [
        'attrgetter',
        native(
          'attrgetter',
          getter((interpreter, object, key) =>
            key.kind === 'string'
              ? key.value.split('.').reduce((found, name) => interpreter.getAttribute(found, name), object)
              : interpreter.raise('TypeError', 'attribute name must be a string'),
          ),
        ),
      ],
    ]) as Record<string, Value>,
  ),
  moduleOf('copy', {
    copy: native('copy', (interpreter, [value = none]) => shallowCopy(interpreter, value)),
    deepcopy: native('deepcopy', (interpreter, [value = none]) => deepCopy(interpreter, value, new Map())),
  }),
];

function moduleOf(name: string, members: Readonly<Record<string, Value>>): ModuleValue {
  return { kind: 'module', name, namespace: new Map(Object.entries(members)) };
}

/** A property whose function runs once for each object. */
function cachedProperty(getter: Value): Value {
  const known = new WeakMap<Value, Value>();
  return {
    kind: 'property',
    setter: undefined,
    getter: native('cached_property', (interpreter, [self = none]) => {
      const value = known.get(self) ?? interpreter.call(getter, [self]);
      known.set(self, value);
      return value;
    }),
  };
}
