import type { Interpreter } from '../runtime/interpreter';
import { binaryOperation } from '../runtime/operators';
import { knownInteger } from '../runtime/subscript';
import {
  boolean,
  float,
  integer,
  list,
  native,
  none,
  opaque,
  type ClassValue,
  type InstanceValue,
  type ListValue,
  type ModuleValue,
  type NativeCall,
  type Value,
} from '../runtime/values';
import { nativeClass, objectClass } from './native-class';

/** A numpy array of known numbers, which stands for nothing but these: widths, depths, drop rates. */
const arrayClass: ClassValue = nativeClass('ndarray', [objectClass], {
  ...Object.fromEntries(
    (
      [
        ['__add__', '+'],
        ['__sub__', '-'],
        ['__mul__', '*'],
        ['__truediv__', '/'],
        ['__floordiv__', '//'],
        ['__mod__', '%'],
        ['__pow__', '**'],
      ] as const
    ).flatMap(([name, operator]) => [
      [name, arithmetic(operator, false)],
      [name.replace('__', '__r'), arithmetic(operator, true)],
    ]),
  ),
  astype: (interpreter, [self = none, type = none]) => {
    const whole = /int/.test(type.kind === 'class' ? type.name : type.kind === 'opaque' ? type.description : '');
    return each(interpreter, self, (value) => (whole ? integer(Math.trunc(value)) : float(value)));
  },
  tolist: (_, [self = none]) => list(itemsOf(self) ?? []),
  sum: (interpreter, [self = none]) => total(interpreter, itemsOf(self) ?? []),
  copy: (interpreter, [self = none]) => arrayOf(interpreter, itemsOf(self) ?? []),
  round: (interpreter, [self = none]) => each(interpreter, self, (value) => float(roundHalfEven(value))),
  item: (interpreter, [self = none]) =>
    itemsOf(self)?.[0] ?? interpreter.raise('ValueError', 'can only convert an array of size 1'),
});

function arithmetic(operator: '+' | '-' | '*' | '/' | '//' | '%' | '**', reflected: boolean): NativeCall {
  return (interpreter, [self = none, other = none]) => {
    const [mine, theirs] = [itemsOf(self) ?? [], itemsOf(other)];
    if (theirs && theirs.length !== mine.length) {
      return interpreter.raise(
        'ValueError',
        `operands could not be broadcast together with shapes (${mine.length},) (${theirs.length},)`,
      );
    }
    return arrayOf(
      interpreter,
      mine.map((item, index) => {
        const second = theirs?.[index] ?? other;
        const [left, right] = reflected ? [second, item] : [item, second];
        return binaryOperation(interpreter, operator, left, right);
      }),
    );
  };
}

function itemsOf(value: Value): readonly Value[] | undefined {
  if (value.kind === 'list' || value.kind === 'tuple') return value.items;
  return value.kind === 'instance' && value.content?.kind === 'list' ? value.content.items : undefined;
}

function arrayOf(interpreter: Interpreter, items: readonly Value[]): InstanceValue {
  const content: ListValue = list(items);
  return {
    kind: 'instance',
    class: arrayClass,
    attributes: new Map(),
    content,
    module: undefined,
    place: interpreter.place,
  };
}

function numberOf(value: Value): number | undefined {
  if (value.kind === 'boolean') return Number(value.value);
  if (value.kind !== 'integer' && value.kind !== 'float') return undefined;
  return typeof value.value === 'number' ? value.value : undefined;
}

/** A function of each number of an array, or of one number. */
function each(interpreter: Interpreter, value: Value, apply: (value: number) => Value): Value {
  if (value.kind === 'unknown') return value;
  const convert = (item: Value): Value => {
    if (item.kind === 'unknown') return item;
    const number = numberOf(item);
    return number === undefined ? interpreter.unknown('This number is not known.') : apply(number);
  };
  const items = itemsOf(value);
  return items ? arrayOf(interpreter, items.map(convert)) : convert(value);
}

function total(interpreter: Interpreter, items: readonly Value[]): Value {
  return items.reduce<Value>((sum, item) => binaryOperation(interpreter, '+', sum, item), integer(0));
}

/** numpy rounds halves to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

function elementwise(apply: (value: number) => Value): NativeCall {
  return (interpreter, [value = none]) => each(interpreter, value, apply);
}

function known(interpreter: Interpreter, value: Value | undefined, otherwise: number): number {
  if (!value) return otherwise;
  if (value.kind === 'unknown') return interpreter.failUnknown(value);
  return numberOf(value) ?? interpreter.fail('This number is not known.');
}

const linspace: NativeCall = (interpreter, [first = none, last = none, given], keyword) => {
  const count = knownInteger(interpreter, given ?? keyword.get('num') ?? integer(50), 'num must be an int');
  const [start, stop] = [known(interpreter, first, 0), known(interpreter, last, 0)];
  const open = keyword.get('endpoint');
  const parts = open?.kind === 'boolean' && !open.value ? count : count - 1;
  const step = parts > 0 ? (stop - start) / parts : 0;
  return arrayOf(
    interpreter,
    Array.from({ length: count }, (_, index) =>
      float(index === count - 1 && parts === count - 1 && count > 1 ? stop : start + index * step),
    ),
  );
};

const arange: NativeCall = (interpreter, [first = none, second, third], keyword) => {
  const numbers = [first, second, third ?? keyword.get('step')];
  const isFloat = numbers.some((value) => value?.kind === 'float');
  const start = second ? known(interpreter, first, 0) : 0;
  const stop = known(interpreter, second ?? first, 0);
  const step = known(interpreter, numbers[2], 1);
  const length = Math.max(0, Math.ceil((stop - start) / step));
  interpreter.spend(length);
  return arrayOf(
    interpreter,
    Array.from({ length }, (_, index) => {
      const value = start + index * step;
      return isFloat ? float(value) : integer(value);
    }),
  );
};

/** The product of an array's numbers, or of sizes. */
const product: NativeCall = (interpreter, [value = none]) => {
  if (value.kind === 'unknown') return value;
  return interpreter
    .iterate(value)
    .reduce<Value>((result, item) => binaryOperation(interpreter, '*', result, item), integer(1));
};

function extreme(pick: (...values: number[]) => number): NativeCall {
  return (interpreter, [value = none]) => {
    const items = itemsOf(value);
    const numbers = items?.map(numberOf);
    if (!items || !numbers?.every((number) => number !== undefined))
      return interpreter.unknown('This number is not known.');
    return items[numbers.indexOf(pick(...numbers))] ?? interpreter.raise('ValueError', 'zero-size array');
  };
}

const array: NativeCall = (interpreter, [data = none]) => {
  if (data.kind === 'unknown') return data;
  if (numberOf(data) !== undefined) return data;
  const items = interpreter.iterate(data);
  return items.every((item) => numberOf(item) !== undefined)
    ? arrayOf(interpreter, items)
    : interpreter.unknown('Arrays of more than one dimension are not followed.');
};

const functions: Readonly<Record<string, NativeCall>> = {
  array,
  asarray: array,
  linspace,
  arange,
  prod: product,
  product,
  floor: elementwise((value) => float(Math.floor(value))),
  ceil: elementwise((value) => float(Math.ceil(value))),
  trunc: elementwise((value) => float(Math.trunc(value))),
  rint: elementwise((value) => float(roundHalfEven(value))),
  sqrt: elementwise((value) => float(Math.sqrt(value))),
  exp: elementwise((value) => float(Math.exp(value))),
  log: elementwise((value) => float(Math.log(value))),
  log2: elementwise((value) => float(Math.log2(value))),
  log10: elementwise((value) => float(Math.log10(value))),
  sin: elementwise((value) => float(Math.sin(value))),
  cos: elementwise((value) => float(Math.cos(value))),
  tanh: elementwise((value) => float(Math.tanh(value))),
  abs: elementwise((value) => (Number.isInteger(value) ? integer(Math.abs(value)) : float(Math.abs(value)))),
  round: (interpreter, [value = none, given], keyword) => {
    const places = known(interpreter, given ?? keyword.get('decimals'), 0);
    return each(interpreter, value, (number) => float(roundHalfEven(number * 10 ** places) / 10 ** places));
  },
  around: elementwise((value) => float(roundHalfEven(value))),
  power: (interpreter, [base = none, exponent = none]) => binaryOperation(interpreter, '**', base, exponent),
  multiply: (interpreter, [left = none, right = none]) => binaryOperation(interpreter, '*', left, right),
  divide: (interpreter, [left = none, right = none]) => binaryOperation(interpreter, '/', left, right),
  add: (interpreter, [left = none, right = none]) => binaryOperation(interpreter, '+', left, right),
  sum: (interpreter, [value = none]) =>
    value.kind === 'unknown' ? value : total(interpreter, interpreter.iterate(value)),
  cumsum: (interpreter, [value = none]) => {
    let sum: Value = integer(0);
    return arrayOf(
      interpreter,
      interpreter.iterate(value).map((item) => (sum = binaryOperation(interpreter, '+', sum, item))),
    );
  },
  max: extreme(Math.max),
  min: extreme(Math.min),
  amax: extreme(Math.max),
  amin: extreme(Math.min),
  maximum: (interpreter, [a = none, b = none]) => extreme(Math.max)(interpreter, [list([a, b])], new Map()),
  minimum: (interpreter, [a = none, b = none]) => extreme(Math.min)(interpreter, [list([a, b])], new Map()),
  unique: (interpreter, [value = none]) => {
    const numbers = interpreter.iterate(value).map(numberOf);
    if (!numbers.every((number) => number !== undefined)) return interpreter.unknown('These numbers are not known.');
    const isFloat = interpreter.iterate(value).some((item) => item.kind === 'float');
    return arrayOf(
      interpreter,
      [...new Set(numbers)].sort((a, b) => a - b).map((value) => (isFloat ? float(value) : integer(value))),
    );
  },
  float32: (interpreter, [value = none]) => each(interpreter, value, float),
  float64: (interpreter, [value = none]) => each(interpreter, value, float),
  int64: (interpreter, [value = none]) => each(interpreter, value, (number) => integer(Math.trunc(number))),
  int32: (interpreter, [value = none]) => each(interpreter, value, (number) => integer(Math.trunc(number))),
  isscalar: (_, [value = none]) => boolean(numberOf(value) !== undefined),
};

/** What model code takes from numpy: arithmetic with known numbers; the rest is unknown. */
export const numpyModule: ModuleValue = {
  kind: 'module',
  name: 'numpy',
  namespace: new Map<string, Value>([
    ...Object.entries(functions).map(([name, call]) => [name, native(name, call)] as const),
    ['ndarray', arrayClass],
    ['pi', float(Math.PI)],
    ['e', float(Math.E)],
    ['inf', float(Infinity)],
    ['nan', float(NaN)],
    ['newaxis', none],
    ['float', opaque('numpy.float64')],
    ['int', opaque('numpy.int64')],
    [
      'random',
      {
        kind: 'module',
        name: 'numpy.random',
        namespace: new Map<string, Value>([['seed', native('seed', () => none)]]),
        missing: (name) => native(name, (interpreter) => interpreter.unknown('It is a random number.')),
      },
    ],
  ]),
};
