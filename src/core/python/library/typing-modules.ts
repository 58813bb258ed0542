import { functionClass } from './builtin-classes';
import { namedTupleBase } from './named-tuple';
import { nativeClass, objectClass } from './native-class';
import { native, none, opaque, type ModuleValue, type NativeCall, type Value } from '../runtime/values';
import type { Interpreter } from '../runtime/interpreter';

/** A library whose functions only tell or measure something: all calls do nothing. */
function silent(name: string): ModuleValue {
  const nothing: Value = native(name, () => none);
  return {
    kind: 'module',
    name,
    namespace: new Map(),
    missing: (member) => (member.startsWith('__') ? undefined : silentMember(member, nothing)),
  };
}

function silentMember(name: string, nothing: Value): Value {
  if (name === 'getLogger') return native(name, () => opaque('a logger'));
  return /^[A-Z]+$/.test(name) ? opaque(name) : nothing;
}

function types(name: string): ModuleValue {
  return {
    kind: 'module',
    name,
    namespace: new Map<string, Value>([
      ['NamedTuple', namedTupleBase],
      ['TYPE_CHECKING', { kind: 'boolean', value: false }],
      ['cast', native('cast', (_, [, value = none]) => value)],
      ['overload', native('overload', (_, [value = none]) => value)],
      ['final', native('final', (_, [value = none]) => value)],
      ['runtime_checkable', native('runtime_checkable', (_, [value = none]) => value)],
      ['TypeVar', native('TypeVar', () => opaque('a type variable'))],
      ['NewType', native('NewType', () => native('NewType', (_, [value = none]) => value))],
    ]),
    missing: (member) => (member.startsWith('_') ? undefined : opaque(member)),
  };
}

/** `@dataclass`: an `__init__` from the annotated names of the class, those of its bases first. */
const dataclass: NativeCall = (_, [decorated]) => {
  if (!decorated) return native('dataclass', (machine, [inner = none]) => dataclass(machine, [inner], new Map()));
  if (decorated.kind !== 'class') return decorated;
  const names: string[] = [];
  for (const ancestor of [...decorated.order].reverse()) {
    const annotations = ancestor.namespace.get('__annotations__');
    if (annotations?.kind !== 'dict') continue;
    for (const { key, value } of annotations.entries.values()) {
      const isClassVariable = value.kind === 'string' && /^(typing\.)?ClassVar\b/.test(value.value);
      if (key.kind === 'string' && !isClassVariable && !names.includes(key.value)) names.push(key.value);
    }
  }
  const init: NativeCall = (machine, [self, ...positional], keyword) => {
    if (self?.kind !== 'instance') return none;
    if (positional.length > names.length) {
      machine.raise(
        'TypeError',
        `${decorated.name}() takes ${names.length} arguments but ${positional.length} were given`,
      );
    }
    for (const name of keyword.keys()) {
      if (!names.includes(name))
        machine.raise('TypeError', `${decorated.name}() got an unexpected keyword argument '${name}'`);
    }
    for (const [index, name] of names.entries()) {
      const value = positional[index] ?? keyword.get(name) ?? fieldDefault(machine, decorated.order, name);
      machine.setAttribute(
        self,
        name,
        value ?? machine.raise('TypeError', `${decorated.name}() misses the argument '${name}'`),
      );
    }
    const after = machine.findAttribute(self, '__post_init__');
    if (after) machine.call(after);
    return none;
  };
  if (!decorated.namespace.has('__init__')) decorated.namespace.set('__init__', native('__init__', init));
  return decorated;
};

function fieldDefault(
  interpreter: Interpreter,
  order: readonly { readonly namespace: ReadonlyMap<string, Value> }[],
  name: string,
): Value | undefined {
  const value = order.map((ancestor) => ancestor.namespace.get(name)).find((found) => found !== undefined);
  if (value?.kind !== 'instance' || value.class !== fieldClass) return value;
  const factory = value.attributes.get('default_factory');
  return factory ? interpreter.call(factory) : value.attributes.get('default');
}

const fieldClass = nativeClass('Field', [objectClass]);

const field: NativeCall = (interpreter, _, keyword) => ({
  kind: 'instance',
  class: fieldClass,
  attributes: new Map(keyword),
  module: undefined,
  place: interpreter.place,
});

/** typing, dataclasses, abc, and libraries that only tell something. */
export const typingModules: readonly ModuleValue[] = [
  types('typing'),
  types('typing_extensions'),
  {
    kind: 'module',
    name: 'abc',
    namespace: new Map<string, Value>([
      ['ABC', nativeClass('ABC', [objectClass])],
      ['ABCMeta', opaque('ABCMeta')],
      ['abstractmethod', native('abstractmethod', (_, [value = none]) => value)],
    ]),
  },
  {
    kind: 'module',
    name: 'dataclasses',
    namespace: new Map<string, Value>([
      ['dataclass', native('dataclass', dataclass)],
      ['field', native('field', field)],
    ]),
  },
  {
    kind: 'module',
    name: 'warnings',
    namespace: new Map<string, Value>([
      ['warn', native('warn', () => none)],
      ['filterwarnings', native('filterwarnings', () => none)],
      ['simplefilter', native('simplefilter', () => none)],
    ]),
  },
  {
    kind: 'module',
    name: 'types',
    namespace: new Map<string, Value>([
      ['FunctionType', functionClass],
      ['MethodType', functionClass],
      ['ModuleType', opaque('ModuleType')],
    ]),
  },
  silent('logging'),
];
