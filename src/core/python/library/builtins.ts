import type { Interpreter } from '../runtime/interpreter';
import { reprOf } from '../runtime/format';
import { binaryOperation } from '../runtime/operators';
import { compare } from '../runtime/compare';
import { truthOf } from '../runtime/truth';
import { knownInteger } from '../runtime/subscript';
import {
  boolean,
  ellipsis,
  float,
  integer,
  isSubclass,
  iterator,
  list,
  native,
  none,
  string,
  tuple,
  type ClassValue,
  type ModuleValue,
  type NativeCall,
  type UnknownValue,
  type Value,
} from '../runtime/values';
import {
  boolClass,
  dictClass,
  floatClass,
  functionClass,
  intClass,
  listClass,
  setClass,
  sliceClass,
  stringClass,
  tupleClass,
  typeClass,
  typeOf,
} from './builtin-classes';
import { orderedDictClass } from './collections-modules';
import { exceptionClasses } from './exception-classes';
import { objectClass } from './native-class';
import { knownNumber } from './numeric-modules';
import { parameterClass, tensorClass } from './torch-modules';
import { sorted } from './type-methods';

const functions: Readonly<Record<string, NativeCall>> = {
  len: (interpreter, [value = none]) => length(interpreter, value),
  range: (interpreter, args) => {
    const unknown = args.find((value) => value.kind === 'unknown');
    if (unknown) return unknown;
    const numbers = args.map((value) => knownInteger(interpreter, value, 'range() needs integers'));
    const [first = 0, second, step = 1] = numbers;
    if (step === 0) return interpreter.raise('ValueError', 'range() arg 3 must not be zero');
    return { kind: 'range', start: second === undefined ? 0 : first, stop: second ?? first, step };
  },
  enumerate: (interpreter, [items = none, second], keyword) => {
    const offset = second ?? keyword.get('start');
    const start = offset ? knownInteger(interpreter, offset, 'start must be an int') : 0;
    return iterator(interpreter.iterate(items).map((item, index) => tuple([integer(index + start), item])));
  },
  zip: (interpreter, positional) => {
    const columns = positional.map((items) => interpreter.iterate(items));
    const rows = columns.length === 0 ? 0 : Math.min(...columns.map((column) => column.length));
    return iterator(Array.from({ length: rows }, (_, row) => tuple(columns.map((column) => column[row] ?? none))));
  },
  map: (interpreter, [callee = none, ...sources]) => {
    const columns = sources.map((items) => interpreter.iterate(items));
    const rows = columns.length === 0 ? 0 : Math.min(...columns.map((column) => column.length));
    const results: Value[] = [];
    for (let row = 0; row < rows; row++) {
      results.push(
        interpreter.call(
          callee,
          columns.map((column) => column[row] ?? none),
        ),
      );
    }
    return iterator(results);
  },
  filter: (interpreter, [callee = none, items = none]) =>
    iterator(
      interpreter
        .iterate(items)
        .filter((item) => interpreter.decide(callee.kind === 'none' ? item : interpreter.call(callee, [item]))),
    ),
  reversed: (interpreter, [items = none]) => iterator([...interpreter.iterate(items)].reverse()),
  sorted: (interpreter, [items = none], keyword) => list(sorted(interpreter, interpreter.iterate(items), keyword)),
  iter: (interpreter, [items = none]) => (items.kind === 'iterator' ? items : iterator(interpreter.iterate(items))),
  next: (interpreter, [items = none, otherwise]) => {
    if (items.kind === 'unknown') return items;
    if (items.kind === 'instance') return interpreter.callMethod(items, '__next__');
    if (items.kind !== 'iterator') return interpreter.raise('TypeError', `'${items.kind}' object is not an iterator`);
    return items.items[items.next++] ?? otherwise ?? interpreter.raise('StopIteration', '');
  },
  sum: (interpreter, [items = none, start = integer(0)]) =>
    // Adding a tensor to the 0 that sum starts with gives the tensor.
    interpreter
      .iterate(items)
      .reduce<Value>(
        (total, item) =>
          item.kind === 'tensor' && total.kind === 'integer' && total.value === 0
            ? item
            : binaryOperation(interpreter, '+', total, item),
        start,
      ),
  min: (interpreter, args, keyword) => extreme(interpreter, args, keyword, '<'),
  max: (interpreter, args, keyword) => extreme(interpreter, args, keyword, '>'),
  abs: (interpreter, [value = none]) => {
    const number = value.kind === 'unknown' ? undefined : knownNumber(interpreter, value);
    if (number === undefined)
      return value.kind === 'unknown' ? value : interpreter.unknown('It depends on a size that is not known.');
    return value.kind === 'float' ? float(Math.abs(number)) : integer(Math.abs(number));
  },
  round: (interpreter, [value = none, digits]) => round(interpreter, value, digits),
  pow: (interpreter, [base = none, exponent = none]) => binaryOperation(interpreter, '**', base, exponent),
  divmod: (interpreter, [a = none, b = none]) =>
    tuple([binaryOperation(interpreter, '//', a, b), binaryOperation(interpreter, '%', a, b)]),
  any: (interpreter, [items = none]) => quantify(interpreter, items, true),
  all: (interpreter, [items = none]) => quantify(interpreter, items, false),
  isinstance: (interpreter, [value = none, type = none]) => isInstance(interpreter, value, type),
  issubclass: (interpreter, [candidate = none, type = none]) => {
    if (candidate.kind !== 'class') return interpreter.unknown('This class is not known.');
    const types = type.kind === 'tuple' ? type.items : [type];
    return boolean(types.some((item) => item.kind === 'class' && isSubclass(candidate, item)));
  },
  callable: (_, [value = none]) =>
    value.kind === 'unknown'
      ? value
      : boolean(
          ['function', 'native', 'method', 'class', 'partial'].includes(value.kind) ||
            (value.kind === 'instance' && value.module !== undefined),
        ),
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
    return value?.kind === 'unknown' && object.kind !== 'instance' ? value : boolean(value !== undefined);
  },
  print: () => none,
  repr: (_, [value = none]) => (value.kind === 'unknown' ? value : string(reprOf(value))),
  id: (interpreter) => interpreter.unknown('The id of an object is not known.'),
  input: (interpreter) => interpreter.unknown('What a person types is not known.'),
  open: (interpreter) => interpreter.unknown('The contents of files are not read.'),
  vars: (interpreter) => interpreter.unknown('vars() is not supported yet.'),
  locals: (interpreter) => interpreter.unknown('locals() is not supported yet.'),
  globals: (interpreter) => interpreter.unknown('globals() is not supported yet.'),
  eval: (interpreter) => interpreter.unknown('eval() is not supported.'),
  exec: (interpreter) => interpreter.fail('exec() is not supported.'),
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

function length(interpreter: Interpreter, value: Value): Value {
  switch (value.kind) {
    case 'unknown':
      return value;
    case 'string':
      return integer([...value.value].length);
    case 'tuple':
    case 'list':
      return integer(value.items.length);
    case 'set':
      return integer(value.items.size);
    case 'dict':
      return integer(value.entries.size);
    case 'range':
      return integer(interpreter.iterate(value).length);
    default:
      return interpreter.callMethod(value, '__len__');
  }
}

function extreme(
  interpreter: Interpreter,
  args: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
  operator: '<' | '>',
): Value {
  const [first = none] = args;
  const items = args.length === 1 ? interpreter.iterate(first) : args;
  const unknown = items.find((item) => item.kind === 'unknown');
  if (unknown) return unknown;
  const key = keyword.get('key');
  const rank = (item: Value): Value => (key ? interpreter.call(key, [item]) : item);
  const [start, ...rest] = items;
  if (!start) return keyword.get('default') ?? interpreter.raise('ValueError', 'arg is an empty sequence');
  let best = start;
  for (const item of rest) {
    const better = truthOf(interpreter, compare(interpreter, operator, rank(item), rank(best)));
    if (typeof better !== 'boolean') return better;
    if (better) best = item;
  }
  return best;
}

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

function quantify(interpreter: Interpreter, items: Value, wanted: boolean): Value {
  let unknown: UnknownValue | undefined;
  for (const item of interpreter.iterate(items)) {
    const truth = truthOf(interpreter, item);
    if (truth === wanted) return boolean(wanted);
    if (typeof truth !== 'boolean') {
      unknown = truth.kind === 'unknown' ? truth : interpreter.unknown('It depends on self.training.');
    }
  }
  return unknown ?? boolean(!wanted);
}

function isInstance(interpreter: Interpreter, value: Value, type: Value): Value {
  if (value.kind === 'unknown') return value;
  const types = type.kind === 'tuple' ? type.items : [type];
  let unknown: Value | undefined;
  for (const item of types) {
    const found = isInstanceOf(value, item, interpreter);
    if (found === true) return boolean(true);
    if (found === undefined) {
      unknown = item.kind === 'unknown' ? item : interpreter.unknown('Whether it is of this type is not known.');
    }
  }
  return unknown ?? boolean(false);
}

function isInstanceOf(value: Value, type: Value, interpreter: Interpreter): boolean | undefined {
  if (type.kind === 'opaque') return abstractTypes[type.description]?.(value);
  if (type.kind === 'unknown') {
    // A layer that is not supported: no value that is known is one.
    return type.layer && value.kind === 'instance' && !value.class.order.some((base) => base.unknownBase)
      ? false
      : undefined;
  }
  if (type.kind !== 'class') return undefined;
  if (value.kind === 'tensor')
    return type === tensorClass || type === objectClass || (type === parameterClass && value.parameter);
  if (value.kind === 'dict' && type === orderedDictClass) return value.flavour === 'OrderedDict';
  if (['function', 'native', 'method', 'partial'].includes(value.kind))
    return type === functionClass || type === objectClass;
  const own = typeOf(interpreter, value);
  if (own.kind !== 'class') return undefined;
  if (isSubclass(own, type)) return true;
  return own.order.some((base) => base.unknownBase) ? undefined : false;
}

const collections = ['tuple', 'list', 'set', 'dict', 'string', 'range', 'iterator'];

/** What `isinstance` says for abstract types of `collections.abc` and `typing`. */
const abstractTypes: Partial<Record<string, (value: Value) => boolean>> = {
  Iterable: (value) =>
    collections.includes(value.kind) || (value.kind === 'instance' && hasMethod(value.class, '__iter__')),
  Sequence: (value) => ['tuple', 'list', 'string', 'range'].includes(value.kind),
  Mapping: (value) => value.kind === 'dict',
  Dict: (value) => value.kind === 'dict',
  List: (value) => value.kind === 'list',
  Tuple: (value) => value.kind === 'tuple',
  Callable: (value) =>
    ['function', 'native', 'method', 'partial', 'class'].includes(value.kind) ||
    (value.kind === 'instance' && value.module !== undefined),
};

function hasMethod(value: ClassValue, name: string): boolean {
  return value.order.some((base) => base.namespace.has(name));
}
