import type { Interpreter } from '../runtime/interpreter';
import { hashable } from '../runtime/hashable';
import { truthOf } from '../runtime/truth';
import { textOfValue } from '../runtime/format';
import {
  boolean,
  dict,
  float,
  integer,
  list,
  none,
  set,
  string,
  tuple,
  type DictValue,
  type NativeCall,
  type Value,
} from '../runtime/values';
import { typeMethods } from './type-methods';
import { nativeClass, objectClass } from './native-class';

export const typeClass = nativeClass('type', [objectClass], {}, (interpreter, [value = none]) =>
  typeOf(interpreter, value),
);

export const intClass = nativeClass('int', [objectClass], {}, (interpreter, [value, base]) => {
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
      return interpreter.unknown("A tensor's values are not known before the model runs.");
    default:
      return interpreter.raise('TypeError', `int() argument must be a string or a number, not '${value.kind}'`);
  }
});

export const boolClass = nativeClass('bool', [intClass], {}, (interpreter, [value]) => {
  const truth = value ? truthOf(interpreter, value) : false;
  return typeof truth === 'boolean' ? boolean(truth) : truth;
});

export const floatClass = nativeClass('float', [objectClass], {}, (interpreter, [value]) => {
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
      return interpreter.unknown("A tensor's values are not known before the model runs.");
    default:
      return interpreter.raise('TypeError', `float() argument must be a string or a number, not '${value.kind}'`);
  }
});

export const stringClass = nativeClass('str', [objectClass], {}, (_, [value]) =>
  value?.kind === 'unknown' ? value : string(value ? textOfValue(value) : ''),
);
export const tupleClass = nativeClass(
  'tuple',
  [objectClass],
  {},
  collection((items) => tuple(items)),
);
export const listClass = nativeClass(
  'list',
  [objectClass],
  {},
  collection((items) => list(items)),
);
export const setClass = nativeClass('set', [objectClass], {}, (interpreter, [items]) => {
  const values = items ? interpreter.iterate(items) : [];
  for (const value of values) hashable(interpreter, value);
  return set(values);
});
export const dictClass = nativeClass('dict', [objectClass], {}, (interpreter, positional, keyword) =>
  makeDict(interpreter, positional, keyword),
);
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

/** `dict(pairs, **names)` */
export function makeDict(
  interpreter: Interpreter,
  [source]: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): DictValue {
  const made = dict();
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
