import type { Interpreter } from '../../python/runtime/interpreter';
import { boolean, integer, list, native, set, string, type Value } from '../../python/runtime/values';
import { nativeClass, objectClass } from '../../python/library/native-class';
import { callFunction } from '../runtime/functions';
import { iterateValue } from '../runtime/iterate-value';
import { errorClasses, mapClass, promiseClass } from '../runtime/js-classes';
import {
  functionOf,
  getOwn,
  isUndefined,
  nullValue,
  numberValue,
  objectValue,
  ownNames,
  promiseOf,
  setOwn,
  settled,
  undefinedValue,
} from '../runtime/js-values';
import { mapContents, mapKey } from '../runtime/map-entries';
import { toNumber, truthOf } from '../runtime/operators';
import { functionWith, getProperty, setProperty } from '../runtime/properties';
import { errorValue, raiseError } from '../runtime/raise-error';
import { JavaScriptScope } from '../runtime/scope';
import { textOf } from '../runtime/text-of';
import { mathObject } from './math-object';
import { charts, tensorFlow } from './tensorflow';

/** JavaScript's own names, and `tf`, which a script tag may have brought. */
export function globalScope(): JavaScriptScope {
  const scope = new JavaScriptScope(undefined, 'function');
  for (const [name, value] of globals()) scope.declare(name, value);
  return scope;
}

let made: readonly (readonly [string, Value])[] | undefined;

/** Made at the first use: the modules of this folder need each other. */
function globals(): readonly (readonly [string, Value])[] {
  made ??= [
    ['undefined', undefinedValue],
    ['NaN', numberValue(NaN)],
    ['Infinity', numberValue(Infinity)],
    ['Math', mathObject],
    ['tf', tensorFlow],
    ['tfvis', charts],
    [
      'console',
      harmless([
        'log',
        'info',
        'warn',
        'error',
        'debug',
        'table',
        'time',
        'timeEnd',
        'group',
        'groupEnd',
        'trace',
        'assert',
        'clear',
      ]),
    ],
    ['Object', objectFunction()],
    ['Array', arrayFunction()],
    ['Number', numberFunction()],
    [
      'String',
      native('String', (_, [value]) => (value?.kind === 'unknown' ? value : string(value ? textOf(value) : ''))),
    ],
    ['Boolean', native('Boolean', (interpreter, [value = undefinedValue]) => toBoolean(interpreter, value))],
    ['parseInt', native('parseInt', parseNumber(parseInt))],
    ['parseFloat', native('parseFloat', parseNumber(parseFloat))],
    ['isNaN', native('isNaN', (interpreter, [value = undefinedValue]) => numberTest(interpreter, value, Number.isNaN))],
    [
      'isFinite',
      native('isFinite', (interpreter, [value = undefinedValue]) => numberTest(interpreter, value, Number.isFinite)),
    ],
    ['structuredClone', native('structuredClone', (_, [value = undefinedValue]) => copyDeeply(value))],
    ['JSON', jsonObject()],
    ['Promise', promiseConstructor()],
    ['Map', mapConstructor()],
    ['Set', setConstructor()],
    ...Object.keys(errorClasses).map((name) => [name, errorConstructor(name as keyof typeof errorClasses)] as const),
  ];
  return made;
}

function harmless(names: readonly string[]): Value {
  return objectValue(names.map((name) => [name, native(name, () => undefinedValue)]));
}

function toBoolean(interpreter: Interpreter, value: Value): Value {
  const truth = truthOf(interpreter, value);
  return typeof truth === 'boolean' ? boolean(truth) : truth;
}

function numberTest(interpreter: Interpreter, value: Value, test: (number: number) => boolean): Value {
  if (value.kind === 'unknown') return value;
  const number = toNumber(value)?.value;
  return typeof number === 'number' ? boolean(test(number)) : interpreter.unknown('This number is not known.');
}

function parseNumber(parse: (text: string, radix?: number) => number) {
  return (interpreter: Interpreter, [value = undefinedValue, radix]: readonly Value[]): Value => {
    if (value.kind === 'unknown') return value;
    const base = radix?.kind === 'integer' && typeof radix.value === 'number' ? radix.value : undefined;
    if (value.kind === 'integer' && typeof value.value !== 'number') return value;
    if (radix && radix.kind !== 'none' && base === undefined) return interpreter.unknown('This base is not known.');
    return numberValue(parse(textOf(value), base));
  };
}

/** Own names and values of an object; an error where they are not known. */
function entriesOf(interpreter: Interpreter, value: Value): [string, Value][] {
  switch (value.kind) {
    case 'dict':
      return ownNames(value).map((name) => [name, getProperty(interpreter, value, string(name))]);
    case 'list':
    case 'tuple':
      return value.items.map((item, index) => [String(index), item]);
    case 'unknown':
      return interpreter.failUnknown(value);
    case 'instance':
      return [...value.attributes];
    case 'module':
      return interpreter.fail('The names in this module are not known.');
    case 'none':
      return raiseError(interpreter, 'TypeError', 'Cannot convert undefined or null to object');
    default:
      return [];
  }
}

function objectFunction(): Value {
  return functionWith('Object', (_, [value]) => value ?? objectValue(), {
    keys: native('keys', (machine, [value = undefinedValue]) =>
      list(entriesOf(machine, value).map(([name]) => string(name))),
    ),
    values: native('values', (machine, [value = undefinedValue]) =>
      list(entriesOf(machine, value).map(([, item]) => item)),
    ),
    entries: native('entries', (machine, [value = undefinedValue]) =>
      list(entriesOf(machine, value).map(([name, item]) => list([string(name), item]))),
    ),
    assign: native('assign', (machine, [target = undefinedValue, ...sources]) => {
      for (const source of sources) {
        if (source.kind === 'none') continue;
        for (const [name, value] of entriesOf(machine, source)) setProperty(machine, target, string(name), value);
      }
      return target;
    }),
    fromEntries: native('fromEntries', (machine, [pairs = undefinedValue]) => {
      const result = objectValue();
      for (const pair of iterateValue(machine, pairs)) {
        const [key = undefinedValue, value = undefinedValue] = iterateValue(machine, pair);
        if (key.kind === 'unknown') return machine.failUnknown(key);
        setOwn(result, textOf(key), value);
      }
      return result;
    }),
    // An object that may not be changed is an object; code that changes it is wrong anyway.
    freeze: native('freeze', (_, [value = undefinedValue]) => value),
    seal: native('seal', (_, [value = undefinedValue]) => value),
  });
}

function arrayFunction(): Value {
  const arrayOf = (interpreter: Interpreter, args: readonly Value[]): Value => {
    const [only] = args;
    if (args.length !== 1 || only?.kind !== 'integer') return list(args);
    if (typeof only.value !== 'number') return interpreter.unknown('The length of this array is not known.');
    if (only.value < 0) return raiseError(interpreter, 'RangeError', 'Invalid array length');
    interpreter.spend(only.value);
    return list(Array.from({ length: only.value }, () => undefinedValue));
  };
  const made = nativeClass(
    'Array',
    [objectClass],
    {
      isArray: native('isArray', (_, [value = undefinedValue]) =>
        value.kind === 'unknown' ? value : boolean(value.kind === 'list' || value.kind === 'tuple'),
      ),
      of: native('of', (_, args) => list(args)),
      from: native('from', (machine, [source = undefinedValue, map]) => {
        const items = arrayLike(machine, source);
        if (!map || isUndefined(map)) return list(items);
        return list(items.map((item, index) => callFunction(machine, map, undefinedValue, [item, integer(index)])));
      }),
    },
    arrayOf,
  );
  return made;
}

/** Items of an iterable, or of an object with a length: `Array.from({length: 3})`. */
function arrayLike(interpreter: Interpreter, source: Value): readonly Value[] {
  if (source.kind !== 'dict') return iterateValue(interpreter, source);
  const length = getOwn(source, 'length') ?? integer(0);
  if (length.kind === 'unknown') return interpreter.failUnknown(length);
  if (length.kind !== 'integer' || typeof length.value !== 'number')
    return interpreter.fail('This length is not known.');
  interpreter.spend(Math.max(0, length.value));
  return Array.from(
    { length: Math.max(0, length.value) },
    (_, index) => getOwn(source, String(index)) ?? undefinedValue,
  );
}

function numberFunction(): Value {
  const convert = (interpreter: Interpreter, [value = integer(0)]: readonly Value[]): Value => {
    if (value.kind === 'unknown') return value;
    return toNumber(value) ?? interpreter.unknown('This number is not known.');
  };
  return functionWith('Number', convert, {
    isInteger: native('isInteger', (_, [value = undefinedValue]) => {
      if (value.kind === 'integer') return boolean(true);
      return value.kind === 'unknown' ? value : boolean(false);
    }),
    isFinite: native('isFinite', (machine, [value = undefinedValue]) => numberTest(machine, value, Number.isFinite)),
    isNaN: native('isNaN', (_, [value = undefinedValue]) =>
      value.kind === 'unknown' ? value : boolean(value.kind === 'float' && Number.isNaN(value.value)),
    ),
    parseInt: native('parseInt', parseNumber(parseInt)),
    parseFloat: native('parseFloat', parseNumber(parseFloat)),
    MAX_SAFE_INTEGER: numberValue(Number.MAX_SAFE_INTEGER),
    EPSILON: numberValue(Number.EPSILON),
  });
}

function jsonObject(): Value {
  return objectValue([
    ['stringify', native('stringify', (interpreter) => interpreter.unknown('JSON.stringify is not supported yet.'))],
    [
      'parse',
      native('parse', (interpreter, [text]) => {
        if (text?.kind !== 'string') return interpreter.unknown('What is parsed here is not known.');
        try {
          return fromJson(JSON.parse(text.value));
        } catch {
          return raiseError(interpreter, 'SyntaxError', 'This is not JSON.');
        }
      }),
    ],
  ]);
}

function fromJson(value: unknown): Value {
  if (typeof value === 'number') return numberValue(value);
  if (typeof value === 'string') return string(value);
  if (typeof value === 'boolean') return boolean(value);
  if (Array.isArray(value)) return list(value.map(fromJson));
  if (typeof value === 'object' && value !== null) {
    return objectValue(Object.entries(value).map(([name, item]) => [name, fromJson(item)]));
  }
  return nullValue;
}

function copyDeeply(value: Value): Value {
  if (value.kind === 'list') return list(value.items.map(copyDeeply));
  if (value.kind !== 'dict') return value;
  return objectValue(ownNames(value).map((name) => [name, copyDeeply(getOwn(value, name) ?? undefinedValue)]));
}

function promiseConstructor(): Value {
  const { namespace } = promiseClass;
  namespace.set(
    'resolve',
    native('resolve', (machine, [value = undefinedValue]) => promiseOf(value, machine.place)),
  );
  namespace.set(
    'all',
    native('all', (machine, [values = undefinedValue]) =>
      promiseOf(list(iterateValue(machine, values).map(settled)), machine.place),
    ),
  );
  return {
    ...promiseClass,
    // `new Promise((resolve) => …)`: what is resolved later (a timer, an event) is not known.
    construct: (machine, [executor = undefinedValue]) => {
      let result: Value = machine.unknown('What this promise gives is not known.');
      const resolve = native('resolve', (_, [value = undefinedValue]) => {
        result = value;
        return undefinedValue;
      });
      if (functionOf(executor)) callFunction(machine, executor, undefinedValue, [resolve, resolve]);
      return promiseOf(result, machine.place);
    },
  };
}

function mapConstructor(): Value {
  return {
    ...mapClass,
    construct: (machine, [entries]) => {
      const map = {
        kind: 'instance',
        class: mapClass,
        attributes: new Map(),
        module: undefined,
        place: machine.place,
      } as const;
      if (!entries || entries.kind === 'none') return map;
      for (const entry of iterateValue(machine, entries)) {
        const [key = undefinedValue, value = undefinedValue] = iterateValue(machine, entry);
        if (key.kind === 'unknown') return machine.failUnknown(key);
        mapContents(map).set(mapKey(key), [key, value]);
      }
      return map;
    },
  };
}

function setConstructor(): Value {
  return nativeClass('Set', [objectClass], {}, (machine, [items]) => {
    const all = !items || items.kind === 'none' ? [] : iterateValue(machine, items);
    const made = set([]);
    for (const item of all) {
      if (item.kind === 'unknown') return machine.failUnknown(item);
      if (!made.items.has(mapKey(item))) made.items.set(mapKey(item), item);
    }
    return made;
  });
}

function errorConstructor(name: keyof typeof errorClasses): Value {
  return Object.assign(errorClasses[name], {
    construct: (machine: Interpreter, [message]: readonly Value[]) =>
      errorValue(name, message && message.kind === 'string' ? message.value : '', machine.place),
  });
}
