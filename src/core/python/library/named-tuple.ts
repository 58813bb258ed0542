import type { Interpreter } from '../runtime/interpreter';
import type { Scope } from '../runtime/scope';
import {
  dict,
  lookUp,
  native,
  none,
  string,
  tuple,
  type ClassValue,
  type InstanceValue,
  type NativeCall,
  type TupleValue,
  type Value,
} from '../runtime/values';
import { tupleClass } from './builtin-classes';
import { nativeClass, objectClass } from './native-class';

/** Names of the items in order, and what stands for those that are not given. */
export interface NamedTupleFields {
  readonly names: readonly string[];
  readonly defaults: ReadonlyMap<string, Value>;
}

/** `namedtuple('Block', 'channels stride')`: a class whose objects are tuples with names. */
export const namedTupleFunction: NativeCall = (interpreter, [name = none, fields = none], keyword) => {
  const names =
    fields.kind === 'string'
      ? fields.value.split(/[\s,]+/).filter((field) => field !== '')
      : interpreter.iterate(fields).flatMap((field) => (field.kind === 'string' ? [field.value] : []));
  const defaults = keyword.get('defaults');
  const fallbacks = defaults && defaults.kind !== 'none' ? interpreter.iterate(defaults) : [];
  const known = fallbacks.map((value, index) => [names[names.length - fallbacks.length + index] ?? '', value] as const);
  return namedTupleClass(name.kind === 'string' ? name.value : 'namedtuple', { names, defaults: new Map(known) });
};

/** What `class Block(NamedTuple)` derives from; called, it is another `namedtuple`. */
export const namedTupleBase = nativeClass(
  'NamedTuple',
  [objectClass],
  {},
  (interpreter, [name = none, fields = none]) => {
    const names = interpreter.iterate(fields).flatMap((field) => {
      const [first] = interpreter.iterate(field);
      return first?.kind === 'string' ? [first.value] : [];
    });
    return namedTupleClass(name.kind === 'string' ? name.value : 'NamedTuple', { names, defaults: new Map() });
  },
);

function namedTupleClass(name: string, fields: NamedTupleFields): ClassValue {
  const made: ClassValue = nativeClass(
    name,
    [tupleClass],
    {},
    (interpreter, positional, keyword) => makeNamedTuple(interpreter, made, fields, positional, keyword),
    'constant',
  );
  made.namespace.set('_fields', tuple(fields.names.map(string)));
  made.namespace.set('_make', {
    kind: 'classmethod',
    function: native('_make', (interpreter, [type = none, items = none]) =>
      interpreter.call(type, interpreter.iterate(items)),
    ),
  });
  return made;
}

/** What a class derived from NamedTuple really derives from. */
export function namedTupleBases(): readonly ClassValue[] {
  return [tupleClass];
}

/** The annotated names of a class body. */
export function namedTupleFields(scope: Scope): NamedTupleFields {
  const annotations = lookUp(scope.names, '__annotations__');
  const names =
    annotations?.kind === 'dict'
      ? [...annotations.entries.values()].flatMap(({ key }) => (key.kind === 'string' ? [key.value] : []))
      : [];
  const defaults = new Map<string, Value>();
  for (const name of names) {
    const value = lookUp(scope.names, name);
    if (value) defaults.set(name, value);
  }
  scope.assign('_fields', tuple(names.map(string)));
  scope.assign('__match_args__', tuple(names.map(string)));
  return { names, defaults };
}

/** An object of a class with named items: a tuple whose class may have methods. */
export function makeNamedTuple(
  interpreter: Interpreter,
  type: ClassValue,
  { names, defaults }: NamedTupleFields,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  if (positional.length > names.length) {
    interpreter.raise(
      'TypeError',
      `${type.name}() takes ${names.length} arguments but ${positional.length} were given`,
    );
  }
  for (const name of keyword.keys()) {
    if (!names.includes(name)) {
      interpreter.raise('TypeError', `${type.name}() got an unexpected keyword argument '${name}'`);
    }
  }
  const items = names.map(
    (name, index) =>
      positional[index] ??
      keyword.get(name) ??
      defaults.get(name) ??
      interpreter.raise('TypeError', `${type.name}() misses the argument '${name}'`),
  );
  const content: TupleValue = { ...tuple(items), names };
  const instance: InstanceValue = {
    kind: 'instance',
    class: type,
    attributes: new Map(names.map((name, index) => [name, items[index] ?? none])),
    content,
    module: undefined,
    place: interpreter.place,
  };
  instance.attributes.set(
    '_replace',
    native('_replace', (machine, _, changes) => {
      const changed = names.map((name, index) => changes.get(name) ?? items[index] ?? none);
      return makeNamedTuple(machine, type, { names, defaults }, changed, new Map());
    }),
  );
  instance.attributes.set(
    '_asdict',
    native('_asdict', () => dict(names.map((name, index) => [string(name), items[index] ?? none] as const))),
  );
  return instance;
}
