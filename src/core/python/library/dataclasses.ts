import type { Interpreter } from '../runtime/interpreter';
import { compare } from '../runtime/compare';
import {
  boolean,
  dict,
  list,
  native,
  none,
  opaque,
  string,
  tuple,
  type ClassValue,
  type InstanceValue,
  type ModuleValue,
  type NativeCall,
  type Value,
} from '../runtime/values';
import { nativeClass, objectClass } from './native-class';

interface Field {
  readonly name: string;
  /** An argument of `__init__`; `field(init=False)` is none. */
  readonly isArgument: boolean;
  /** `InitVar`: given to `__post_init__`, not kept. */
  readonly onlyForInit: boolean;
}

const fieldsOfClass = new WeakMap<ClassValue, readonly Field[]>();

/** `@dataclass`: an `__init__` from the annotated names of the class, those of its bases first. */
const dataclass: NativeCall = (_, [decorated], options) => {
  if (!decorated) return native('dataclass', (machine, [inner = none]) => dataclass(machine, [inner], options));
  if (decorated.kind !== 'class') return decorated;
  const fields = fieldsOf(decorated);
  fieldsOfClass.set(decorated, fields);
  const isOn = (name: string): boolean => {
    const value = options.get(name);
    return value?.kind === 'boolean' && value.value;
  };
  const own = (name: string, method: NativeCall): void => {
    if (!decorated.namespace.has(name)) decorated.namespace.set(name, native(name, method));
  };
  own('__init__', initOf(decorated, fields, isOn('kw_only')));
  own('__eq__', (interpreter, [self = none, other = none]) => {
    const [a, b] = [itemsOf(self, fields), itemsOf(other, fields)];
    return a && b && self.kind === 'instance' && other.kind === 'instance' && self.class === other.class
      ? compare(interpreter, '==', tuple(a), tuple(b))
      : boolean(false);
  });
  if (isOn('order')) {
    for (const [name, operator] of [
      ['__lt__', '<'],
      ['__le__', '<='],
      ['__gt__', '>'],
      ['__ge__', '>='],
    ] as const) {
      own(name, (interpreter, [self = none, other = none]) =>
        compare(interpreter, operator, tuple(itemsOf(self, fields) ?? []), tuple(itemsOf(other, fields) ?? [])),
      );
    }
  }
  if (isOn('frozen')) {
    decorated.namespace.set(
      '__setattr__',
      native('__setattr__', (interpreter, [, name]) =>
        interpreter.raise('AttributeError', `cannot assign to field '${name?.kind === 'string' ? name.value : ''}'`),
      ),
    );
  }
  const names = fields.filter((field) => field.isArgument).map((field) => string(field.name));
  if (!decorated.namespace.has('__match_args__')) decorated.namespace.set('__match_args__', tuple(names));
  return decorated;
};

function fieldsOf(decorated: ClassValue): readonly Field[] {
  const fields = new Map<string, Field>();
  for (const ancestor of [...decorated.order].reverse()) {
    if (ancestor !== decorated && !fieldsOfClass.has(ancestor)) continue;
    const annotations = ancestor.namespace.get('__annotations__');
    if (annotations?.kind !== 'dict') continue;
    for (const { key, value } of annotations.entries.values()) {
      const text = value.kind === 'string' ? value.value.replace(/^['"]/, '') : '';
      if (key.kind !== 'string' || /^(\w+\.)?(ClassVar|KW_ONLY)\b/.test(text)) continue;
      const declared = ancestor.namespace.get(key.value);
      const init = declared?.kind === 'instance' && declared.class === fieldClass && declared.attributes.get('init');
      const isArgument = !init || init.kind !== 'boolean' || init.value;
      fields.set(key.value, { name: key.value, isArgument, onlyForInit: /^(\w+\.)?InitVar\b/.test(text) });
    }
  }
  return [...fields.values()];
}

function initOf(decorated: ClassValue, fields: readonly Field[], keywordOnly: boolean): NativeCall {
  const parameters = fields.filter((field) => field.isArgument);
  return (interpreter, [self, ...positional], keyword) => {
    if (self?.kind !== 'instance') return none;
    const limit = keywordOnly ? 0 : parameters.length;
    if (positional.length > limit) {
      interpreter.raise(
        'TypeError',
        `${decorated.name}() takes ${limit} arguments but ${positional.length} were given`,
      );
    }
    for (const name of keyword.keys()) {
      if (!parameters.some((field) => field.name === name)) {
        interpreter.raise('TypeError', `${decorated.name}() got an unexpected keyword argument '${name}'`);
      }
    }
    const passedOn: Value[] = [];
    for (const field of fields) {
      const index = parameters.indexOf(field);
      const given = index < 0 ? undefined : (positional[index] ?? keyword.get(field.name));
      const value = given ?? defaultOf(interpreter, self.class.order, field.name);
      if (!value) {
        if (!field.isArgument) continue;
        return interpreter.raise('TypeError', `${decorated.name}() misses the argument '${field.name}'`);
      }
      if (field.onlyForInit) passedOn.push(value);
      else assign(interpreter, self, field.name, value);
    }
    const after = interpreter.findAttribute(self, '__post_init__');
    if (after && after.kind !== 'unknown') interpreter.call(after, passedOn);
    return none;
  };
}

/** A frozen class refuses assignments from outside only; a module registers what it is given. */
function assign(interpreter: Interpreter, self: InstanceValue, name: string, value: Value): void {
  if (self.module) interpreter.setAttribute(self, name, value);
  else self.attributes.set(name, value);
}

function defaultOf(interpreter: Interpreter, order: readonly ClassValue[], name: string): Value | undefined {
  const value = order.map((ancestor) => ancestor.namespace.get(name)).find((found) => found !== undefined);
  if (value?.kind !== 'instance' || value.class !== fieldClass) return value;
  const factory = value.attributes.get('default_factory');
  return factory ? interpreter.call(factory) : value.attributes.get('default');
}

/** Those that objects have. */
function kept(fields: readonly Field[]): readonly Field[] {
  return fields.filter((known) => !known.onlyForInit);
}

function itemsOf(value: Value, fields: readonly Field[]): Value[] | undefined {
  if (value.kind !== 'instance') return undefined;
  return kept(fields).map(({ name }) => value.attributes.get(name) ?? none);
}

const fieldClass = nativeClass('Field', [objectClass]);

const field: NativeCall = (interpreter, _, keyword) => ({
  kind: 'instance',
  class: fieldClass,
  attributes: new Map(keyword),
  module: undefined,
  place: interpreter.place,
});

function knownFields(interpreter: Interpreter, value: Value): readonly Field[] {
  const type = value.kind === 'instance' ? value.class : value;
  const fields = type.kind === 'class' ? type.order.map((base) => fieldsOfClass.get(base)).find(Boolean) : undefined;
  return fields ?? interpreter.raise('TypeError', 'must be called with a dataclass type or instance');
}

/** `asdict(config)`, dataclasses inside of it too. */
function asDict(interpreter: Interpreter, value: Value): Value {
  switch (value.kind) {
    case 'instance':
      if (!value.class.order.some((base) => fieldsOfClass.has(base))) return value;
      return dict(
        kept(knownFields(interpreter, value)).map(
          ({ name }) => [string(name), asDict(interpreter, value.attributes.get(name) ?? none)] as const,
        ),
      );
    case 'list':
      return list(value.items.map((item) => asDict(interpreter, item)));
    case 'tuple':
      return { ...value, items: value.items.map((item) => asDict(interpreter, item)) };
    case 'dict':
      return dict([...value.entries.values()].map(({ key, value: item }) => [key, asDict(interpreter, item)] as const));
    default:
      return value;
  }
}

export const dataclassModule: ModuleValue = {
  kind: 'module',
  name: 'dataclasses',
  namespace: new Map<string, Value>([
    ['dataclass', native('dataclass', dataclass)],
    ['field', native('field', field)],
    ['InitVar', opaque('InitVar')],
    ['KW_ONLY', opaque('KW_ONLY')],
    ['MISSING', opaque('MISSING')],
    ['asdict', native('asdict', (interpreter, [value = none]) => asDict(interpreter, value))],
    [
      'astuple',
      native('astuple', (interpreter, [value = none]) => tuple(itemsOf(value, knownFields(interpreter, value)) ?? [])),
    ],
    [
      'is_dataclass',
      native('is_dataclass', (_, [value = none]) => {
        const type = value.kind === 'instance' ? value.class : value;
        return boolean(type.kind === 'class' && type.order.some((base) => fieldsOfClass.has(base)));
      }),
    ],
    [
      'fields',
      native('fields', (interpreter, [value = none]) =>
        tuple(
          kept(knownFields(interpreter, value)).map(({ name }) => ({
            kind: 'instance',
            class: fieldClass,
            attributes: new Map<string, Value>([['name', string(name)]]),
            module: undefined,
            place: interpreter.place,
          })),
        ),
      ),
    ],
    [
      'replace',
      native('replace', (interpreter, [value = none], changes) => {
        if (value.kind !== 'instance') return interpreter.raise('TypeError', 'replace() needs a dataclass instance');
        const given = kept(knownFields(interpreter, value))
          .filter((known) => known.isArgument)
          .map(({ name }) => [name, value.attributes.get(name) ?? none] as const);
        return interpreter.call(value.class, [], new Map([...given, ...changes]));
      }),
    ],
  ]),
};
