import type { Interpreter } from '../runtime/interpreter';
import {
  dict,
  integer,
  keyOf,
  list,
  native,
  opaque,
  type ModuleValue,
  type NativeCall,
  type Value,
} from '../runtime/values';
import { dictClass, makeDict } from './builtin-classes';
import { namedTupleFunction } from './named-tuple';
import { nativeClass } from './native-class';

export const orderedDictClass = nativeClass(
  'OrderedDict',
  [dictClass],
  {},
  (interpreter, positional, keyword) => ({
    ...makeDict(interpreter, positional, keyword),
    flavour: 'OrderedDict',
  }),
  'changeable',
);

export const defaultDictClass = nativeClass(
  'defaultdict',
  [dictClass],
  {},
  (interpreter, [factory, ...rest], keyword) => ({
    ...makeDict(interpreter, rest, keyword),
    flavour: 'defaultdict',
    ...(factory && factory.kind !== 'none' ? { factory } : {}),
  }),
);

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
      ['namedtuple', native('namedtuple', namedTupleFunction)],
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
