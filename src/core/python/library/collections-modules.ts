import type { Interpreter } from '../runtime/interpreter';
import {
  dict,
  integer,
  keyOf,
  list,
  native,
  none,
  opaque,
  string,
  tuple,
  type ModuleValue,
  type NativeCall,
  type Value,
} from '../runtime/values';
import { makeDict } from './builtin-classes';
import { nativeClass, objectClass } from './native-class';
import { dictClass } from './builtin-classes';

export const orderedDictClass = nativeClass('OrderedDict', [dictClass], {}, (interpreter, positional, keyword) => ({
  ...makeDict(interpreter, positional, keyword),
  flavour: 'OrderedDict',
}));

const defaultDictClass = nativeClass('defaultdict', [dictClass], {}, (interpreter, [factory, ...rest], keyword) => ({
  ...makeDict(interpreter, rest, keyword),
  flavour: 'defaultdict',
  ...(factory && factory.kind !== 'none' ? { factory } : {}),
}));

/** `namedtuple('Block', 'channels stride')`: a class whose instances are tuples with names. */
const namedTuple = native('namedtuple', (interpreter, [name = none, fields = none], keyword) => {
  const names =
    fields.kind === 'string'
      ? fields.value.split(/[\s,]+/).filter((field) => field !== '')
      : interpreter.iterate(fields).flatMap((field) => (field.kind === 'string' ? [field.value] : []));
  const defaults = keyword.get('defaults');
  const fallbacks = defaults ? interpreter.iterate(defaults) : [];
  return namedTupleClass(
    name.kind === 'string' ? name.value : 'namedtuple',
    names,
    new Map(fallbacks.map((value, index) => [names[names.length - fallbacks.length + index] ?? '', value])),
  );
});

/** A class that makes tuples with named items. */
export function namedTupleClass(name: string, names: readonly string[], defaults: ReadonlyMap<string, Value>): Value {
  const made = nativeClass(name, [objectClass], {}, (interpreter, positional, keyword) => {
    if (positional.length > names.length) {
      interpreter.raise('TypeError', `${name}() takes ${names.length} arguments but ${positional.length} were given`);
    }
    const items = names.map((field, index) => {
      const value = positional[index] ?? keyword.get(field) ?? defaults.get(field);
      return value ?? interpreter.raise('TypeError', `${name}() misses the argument '${field}'`);
    });
    return { ...tuple(items), names };
  });
  made.namespace.set('_fields', tuple(names.map(string)));
  return made;
}

const counter: NativeCall = (interpreter, [items]) => {
  const counts = new Map<unknown, { key: Value; count: number }>();
  for (const item of items ? interpreter.iterate(items) : []) {
    const known = counts.get(keyOf(item));
    if (known) known.count++;
    else counts.set(keyOf(item), { key: item, count: 1 });
  }
  return dict([...counts.values()].map(({ key, count }) => [key, integer(count)] as const));
};

function deque(interpreter: Interpreter, [items]: readonly Value[]): Value {
  return list(items ? interpreter.iterate(items) : []);
}

export const collectionsModules: readonly ModuleValue[] = [
  {
    kind: 'module',
    name: 'collections',
    namespace: new Map<string, Value>([
      ['OrderedDict', orderedDictClass],
      ['defaultdict', defaultDictClass],
      ['namedtuple', namedTuple],
      ['Counter', native('Counter', counter)],
      ['deque', native('deque', deque)],
    ]),
  },
  {
    kind: 'module',
    name: 'collections.abc',
    namespace: new Map<string, Value>(
      ['Iterable', 'Sequence', 'Mapping', 'Callable', 'Iterator', 'MutableMapping', 'Hashable', 'Sized'].map((name) => [
        name,
        opaque(name),
      ]),
    ),
  },
];
