import type { Interpreter } from '../runtime/interpreter';
import { hashable } from '../runtime/hashable';
import { truthOf } from '../runtime/truth';
import {
  boolean,
  contentOf,
  dict,
  float,
  integer,
  iterator,
  list,
  native,
  none,
  set,
  string,
  tuple,
  type DictValue,
  type NativeCall,
  type Value,
} from '../runtime/values';
import { compare } from '../runtime/compare';
import { setEntry, mappingOf } from '../runtime/dict-entries';
import { shownText } from '../runtime/shown-text';
import { findSpecial } from '../runtime/special-methods';
import { deleteSubscript, setSubscript, subscript, subscriptContent } from '../runtime/subscript';
import { typeName } from '../runtime/type-name';
import { tensorItem } from './tensor-methods';
import { typeMethods } from './type-methods';
import { nativeClass, objectClass } from './native-class';

export const typeClass = nativeClass('type', [objectClass], {}, (interpreter, [value = none, bases, namespace]) =>
  bases ? makeClass(interpreter, value, bases, namespace) : typeOf(interpreter, value),
);

export const intClass = nativeClass(
  'int',
  [objectClass],
  {},
  (interpreter, [value, base]) => toInteger(interpreter, value && contentOf(value), base),
  'constant',
);

function toInteger(interpreter: Interpreter, value: Value | undefined, base: Value | undefined): Value {
  if (!value) return integer(0);
  switch (value.kind) {
    case 'unknown':
    case 'integer':
      return value;
    case 'boolean':
      return integer(Number(value.value));
    case 'float':
      return Number.isFinite(value.value)
        ? integer(Math.trunc(value.value))
        : interpreter.raise('ValueError', 'cannot convert float infinity or NaN to integer');
    case 'string': {
      const radix = base?.kind === 'integer' && typeof base.value === 'number' ? base.value : 10;
      const text = value.value.trim();
      const parsed = /^[+-]?[0-9a-z_]+$/i.test(text) ? Number.parseInt(text.replaceAll('_', ''), radix) : NaN;
      return Number.isNaN(parsed)
        ? interpreter.raise('ValueError', `invalid literal for int() with base ${radix}: '${value.value}'`)
        : integer(parsed);
    }
    case 'tensor':
      return tensorItem(interpreter, value);
    default:
      return converted(interpreter, value, 'int', '__int__');
  }
}

/** `int(object)` of an object that says what it is as a number. */
function converted(interpreter: Interpreter, value: Value, name: string, method: string): Value {
  const special = value.kind === 'instance' ? findSpecial(value, method) : undefined;
  if (special) return interpreter.call(special);
  if (value.kind === 'opaque' || value.kind === 'training') return interpreter.unknown('This number is not known.');
  return interpreter.raise('TypeError', `${name}() argument must be a string or a number, not '${typeName(value)}'`);
}

export const boolClass = nativeClass('bool', [intClass], {}, (interpreter, [value]) => {
  const truth = value ? truthOf(interpreter, value) : false;
  return typeof truth === 'boolean' ? boolean(truth) : truth;
});

export const floatClass = nativeClass(
  'float',
  [objectClass],
  {},
  (interpreter, [value]) => toFloat(interpreter, value && contentOf(value)),
  'constant',
);

function toFloat(interpreter: Interpreter, value: Value | undefined): Value {
  if (!value) return float(0);
  switch (value.kind) {
    case 'unknown':
    case 'float':
      return value;
    case 'boolean':
      return float(Number(value.value));
    case 'integer':
      return typeof value.value === 'number'
        ? float(value.value)
        : interpreter.unknown('It depends on a size that is not known.');
    case 'string': {
      const parsed = parseFloatText(value.value.trim());
      return parsed === undefined
        ? interpreter.raise('ValueError', `could not convert string to float: '${value.value}'`)
        : float(parsed);
    }
    case 'tensor':
      return tensorItem(interpreter, value);
    default:
      return converted(interpreter, value, 'float', '__float__');
  }
}

export const stringClass = nativeClass(
  'str',
  [objectClass],
  {},
  (interpreter, [value]) => (value ? shownText(interpreter, value, '__str__') : string('')),
  'constant',
);
export const tupleClass = nativeClass(
  'tuple',
  [objectClass],
  containerMethods(),
  collection((items) => tuple(items)),
  'constant',
);
export const listClass = nativeClass(
  'list',
  [objectClass],
  containerMethods(),
  collection((items) => list(items)),
  'changeable',
);
export const setClass = nativeClass('set', [objectClass], containerMethods(), makeSet, 'changeable');
export const dictClass = nativeClass(
  'dict',
  [objectClass],
  containerMethods(),
  (interpreter, positional, keyword) => makeDict(interpreter, positional, keyword),
  'changeable',
);
for (const [type, construct] of [
  [listClass, collection((items) => list(items))],
  [setClass, makeSet],
  [dictClass, makeDict],
] as const) {
  type.namespace.set('__init__', native('__init__', initialiser(construct)));
}
export const sliceClass = nativeClass('slice', [objectClass], {}, (_, [first = none, second, step = none]) =>
  second ? { kind: 'slice', start: first, stop: second, step } : { kind: 'slice', start: none, stop: first, step },
);
export const noneClass = nativeClass('NoneType', [objectClass]);
export const functionClass = nativeClass('function', [objectClass]);

// `str.join`, `dict.fromkeys`: methods are also reached from the class.
for (const [made, kind] of [
  [stringClass, 'string'],
  [listClass, 'list'],
  [dictClass, 'dict'],
  [tupleClass, 'tuple'],
  [setClass, 'set'],
] as const) {
  for (const [name, method] of typeMethods[kind] ?? []) made.namespace.set(name, method);
}
dictClass.namespace.set('fromkeys', {
  kind: 'staticmethod',
  function: {
    kind: 'native',
    name: 'fromkeys',
    call: (interpreter, [keys = none, value = none]) =>
      dict(interpreter.iterate(keys).map((key) => [key, value] as const)),
  },
});

/** `__init__` of a class derived from a collection: fills it. */
function initialiser(construct: NativeCall): NativeCall {
  return (interpreter, [self, ...positional], keyword) => {
    const made = construct(interpreter, positional, keyword);
    if (made.kind === 'unknown') return interpreter.failUnknown(made);
    const content = self && contentOf(self);
    if (content?.kind === 'dict' && made.kind === 'dict') {
      for (const entry of made.entries.values()) setEntry(interpreter, content, entry.key, entry.value);
    } else if (content?.kind === 'list' && made.kind === 'list') content.items.push(...made.items);
    else if (content?.kind === 'set' && made.kind === 'set') {
      for (const [key, item] of made.items) content.items.set(key, item);
    }
    return none;
  };
}

/** Special methods that a derived class calls of its base: `super().__getitem__(key)`, `dict.__getitem__`. */
function containerMethods(): Record<string, NativeCall> {
  return {
    __getitem__: (interpreter, [self = none, index = none]) => {
      const content = contentOf(self);
      return self.kind === 'instance' && self.content
        ? subscriptContent(interpreter, self, content, index)
        : subscript(interpreter, content, index);
    },
    __setitem__: (interpreter, [self = none, index = none, value = none]) => {
      setSubscript(interpreter, contentOf(self), index, value);
      return none;
    },
    __delitem__: (interpreter, [self = none, index = none]) => {
      deleteSubscript(interpreter, contentOf(self), index);
      return none;
    },
    __contains__: (interpreter, [self = none, item = none]) => compare(interpreter, 'in', item, contentOf(self)),
    __iter__: (interpreter, [self = none]) => iterator(interpreter.iterate(contentOf(self))),
    __len__: (interpreter, [self = none]) => integer(interpreter.iterate(contentOf(self)).length),
  };
}

function makeSet(interpreter: Interpreter, [items]: readonly Value[]): Value {
  if (items?.kind === 'unknown') return items;
  const values = items ? interpreter.iterate(items) : [];
  for (const value of values) hashable(interpreter, value);
  return set(values);
}

/** `type('Net', (nn.Module,), {…})` */
function makeClass(interpreter: Interpreter, name: Value, bases: Value, namespace: Value | undefined): Value {
  const known = interpreter.iterate(bases);
  const types = known.flatMap((base) => (base.kind === 'class' ? [base] : []));
  if (name.kind !== 'string' || types.length !== known.length || namespace?.kind !== 'dict') {
    return interpreter.unknown('This class is not known.');
  }
  const members = [...namespace.entries.values()].flatMap(({ key, value }) =>
    key.kind === 'string' ? [[key.value, value] as const] : [],
  );
  return nativeClass(name.value, types, Object.fromEntries(members));
}

/** `dict(pairs, **names)` */
export function makeDict(
  interpreter: Interpreter,
  [given]: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): DictValue {
  const made = dict();
  const source = given && mappingOf(interpreter, given);
  if (source?.kind === 'unknown') interpreter.failUnknown(source);
  if (source?.kind === 'dict') for (const [key, entry] of source.entries) made.entries.set(key, { ...entry });
  else if (source) {
    for (const pair of interpreter.iterate(source)) {
      const [key = none, value = none] = interpreter.iterate(pair);
      made.entries.set(hashable(interpreter, key), { key, value });
    }
  }
  for (const [name, value] of keyword) made.entries.set(`s:${name}`, { key: string(name), value });
  return made;
}

/** The class of a value; unknown for what is not known. */
export function typeOf(interpreter: Interpreter, value: Value): Value {
  switch (value.kind) {
    case 'instance':
      return value.class;
    case 'unknown':
      return value;
    case 'none':
      return noneClass;
    case 'boolean':
    case 'training':
      return boolClass;
    case 'integer':
      return intClass;
    case 'float':
      return floatClass;
    case 'string':
      return stringClass;
    case 'tuple':
      return tupleClass;
    case 'list':
      return listClass;
    case 'set':
      return setClass;
    case 'dict':
      return dictClass;
    case 'slice':
      return sliceClass;
    case 'class':
      return typeClass;
    case 'function':
    case 'native':
    case 'method':
    case 'partial':
      return functionClass;
    default:
      return interpreter.unknown('The type of this value is not known.');
  }
}

function collection(make: (items: readonly Value[]) => Value): NativeCall {
  return (interpreter, [items]) => (items?.kind === 'unknown' ? items : make(items ? interpreter.iterate(items) : []));
}

function parseFloatText(text: string): number | undefined {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return NaN;
  const value = Number(text.replaceAll('_', ''));
  return text === '' || Number.isNaN(value) ? undefined : value;
}
