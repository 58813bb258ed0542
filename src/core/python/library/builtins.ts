import type { Interpreter } from '../runtime/interpreter';
import { formatValue } from '../runtime/format';
import { shownText } from '../runtime/shown-text';
import { binaryOperation } from '../runtime/operators';
import { knownInteger } from '../runtime/subscript';
import {
  boolean,
  ellipsis,
  float,
  integer,
  native,
  none,
  opaque,
  string,
  tuple,
  type ModuleValue,
  type NativeCall,
  type Value,
} from '../runtime/values';
import {
  boolClass,
  dictClass,
  floatClass,
  intClass,
  listClass,
  setClass,
  sliceClass,
  stringClass,
  tupleClass,
  typeClass,
} from './builtin-classes';
import { exceptionClasses } from './exception-classes';
import { objectClass } from './native-class';
import { knownNumber } from './numeric-modules';
import { isInstance, isSubclassOf } from './is-instance';
import { iterationFunctions } from './iteration-functions';
import { namespaceFunctions } from './namespaces';

const functions: Readonly<Record<string, NativeCall>> = {
  ...iterationFunctions,
  abs: (interpreter, [value = none]) => {
    if (value.kind === 'tensor') return interpreter.callMethod(value, 'abs');
    const number = value.kind === 'unknown' ? undefined : knownNumber(interpreter, value);
    if (number === undefined)
      return value.kind === 'unknown' ? value : interpreter.unknown('It depends on a size that is not known.');
    return value.kind === 'float' ? float(Math.abs(number)) : integer(Math.abs(number));
  },
  round: (interpreter, [value = none, digits]) => round(interpreter, value, digits),
  pow: (interpreter, [base = none, exponent = none]) => binaryOperation(interpreter, '**', base, exponent),
  divmod: (interpreter, [a = none, b = none]) =>
    tuple([binaryOperation(interpreter, '//', a, b), binaryOperation(interpreter, '%', a, b)]),
  isinstance: (interpreter, [value = none, type = none]) => isInstance(interpreter, value, type),
  issubclass: (interpreter, [candidate = none, type = none]) => isSubclassOf(interpreter, candidate, type),
  callable: (interpreter, [value = none]) => isInstance(interpreter, value, opaque('Callable')),
  getattr: (interpreter, [object = none, name = none, otherwise]) => {
    if (name.kind === 'unknown') return name;
    if (name.kind !== 'string') return interpreter.raise('TypeError', 'getattr(): attribute name must be string');
    return otherwise
      ? (interpreter.findAttribute(object, name.value) ?? otherwise)
      : interpreter.getAttribute(object, name.value);
  },
  setattr: (interpreter, [object = none, name = none, value = none]) => {
    if (name.kind === 'unknown') return interpreter.failUnknown(name);
    if (name.kind !== 'string') return interpreter.raise('TypeError', 'setattr(): attribute name must be string');
    interpreter.setAttribute(object, name.value, value);
    return none;
  },
  delattr: (interpreter, [object = none, name = none]) => {
    if (name.kind === 'string') interpreter.deleteAttribute(object, name.value);
    return none;
  },
  hasattr: (interpreter, [object = none, name = none]) => {
    if (name.kind !== 'string') return interpreter.unknown('This name is not known.');
    const value = interpreter.findAttribute(object, name.value);
    if (value?.kind !== 'unknown') return boolean(value !== undefined);
    // The attribute may be there and unknown, or nobody knows whether it is there.
    const isThere = object.kind === 'instance' && !object.class.order.some((base) => base.unknownBase === value);
    return isThere ? boolean(true) : value;
  },
  print: () => none,
  repr: (interpreter, [value = none]) => (value.kind === 'unknown' ? value : shownText(interpreter, value, '__repr__')),
  format: (interpreter, [value = none, spec]) => {
    if (value.kind === 'unknown') return value;
    const text = formatValue(value, spec?.kind === 'string' ? spec.value : '');
    return text === undefined ? interpreter.unknown('This format is not supported yet.') : string(text);
  },
  hash: (interpreter) => interpreter.unknown('The hash of a value is not known.'),
  chr: (interpreter, [code = none]) => string(String.fromCodePoint(knownInteger(interpreter, code, 'an int'))),
  ord: (interpreter, [character = none]) =>
    character.kind === 'string'
      ? integer(character.value.codePointAt(0) ?? 0)
      : interpreter.raise('TypeError', 'ord() expected a character'),
  bin: (interpreter, [value = none]) => string(`0b${knownInteger(interpreter, value, 'an int').toString(2)}`),
  hex: (interpreter, [value = none]) => string(`0x${knownInteger(interpreter, value, 'an int').toString(16)}`),
  dir: (interpreter) => interpreter.unknown('dir() is not supported yet.'),
  __import__: (interpreter) => interpreter.unknown('__import__() is not supported yet.'),
  breakpoint: () => none,
  exit: (interpreter) => interpreter.raise('SystemExit', ''),
  quit: (interpreter) => interpreter.raise('SystemExit', ''),
  id: (interpreter) => interpreter.unknown('The id of an object is not known.'),
  input: (interpreter) => interpreter.unknown('What a person types is not known.'),
  open: (interpreter) => interpreter.unknown('The contents of files are not read.'),
  ...namespaceFunctions,
  property: (_, [getter = none, setter]) => ({ kind: 'property', getter, setter }),
  staticmethod: (_, [value = none]) => ({ kind: 'staticmethod', function: value }),
  classmethod: (_, [value = none]) => ({ kind: 'classmethod', function: value }),
  super: (interpreter, [owner, self]) => {
    if (owner?.kind !== 'class' || (self?.kind !== 'instance' && self?.kind !== 'class')) {
      return interpreter.raise('TypeError', 'super() needs a class and an object');
    }
    return { kind: 'super', after: owner, self };
  },
};

/** Names that every Python file sees. */
export const builtins: ModuleValue = {
  kind: 'module',
  name: 'builtins',
  namespace: new Map<string, Value>([
    ...Object.entries(functions).map(([name, call]) => [name, native(name, call)] as const),
    ...Object.entries(exceptionClasses),
    ['object', objectClass],
    ['type', typeClass],
    ['int', intClass],
    ['bool', boolClass],
    ['float', floatClass],
    ['str', stringClass],
    ['tuple', tupleClass],
    ['list', listClass],
    ['set', setClass],
    ['frozenset', setClass],
    ['dict', dictClass],
    ['slice', sliceClass],
    ['Ellipsis', ellipsis],
    ['NotImplemented', { kind: 'opaque', description: 'NotImplemented' }],
  ]),
};

/** Python rounds halves to the even neighbour. */
function round(interpreter: Interpreter, value: Value, digits: Value | undefined): Value {
  if (value.kind === 'unknown' || (value.kind === 'integer' && !digits)) return value;
  const number = knownNumber(interpreter, value);
  if (number === undefined) return interpreter.unknown('It depends on a size that is not known.');
  if (digits && digits.kind !== 'none') {
    const places = knownInteger(interpreter, digits, 'ndigits must be an int');
    const rounded = places < 0 ? Math.round(number * 10 ** places) / 10 ** places : Number(number.toFixed(places));
    return value.kind === 'float' ? float(rounded) : integer(rounded);
  }
  const floor = Math.floor(number);
  const rest = number - floor;
  return integer(rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1);
}
