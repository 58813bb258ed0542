import type { Interpreter } from '../../python/runtime/interpreter';
import {
  boolean,
  integer,
  list,
  native,
  string,
  type BooleanValue,
  type FloatValue,
  type IntegerValue,
  type Value,
} from '../../python/runtime/values';
import { callFunction } from '../runtime/functions';
import { isUndefined, undefinedValue } from '../runtime/js-values';
import { textOf } from '../runtime/text-of';
import { indexOf } from './array-methods';

type StringMethod = (interpreter: Interpreter, text: string, args: readonly Value[]) => Value;

/** A method of a text; undefined where there is none of that name. */
export function stringMethod(interpreter: Interpreter, text: string, name: string): Value | undefined {
  if (name === 'toString' || name === 'valueOf') return native(name, () => string(text));
  const found = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!found) return name in String.prototype ? interpreter.unknown(`String.${name} is not supported yet.`) : undefined;
  return native(name, (machine, args) => args.find((value) => value.kind === 'unknown') ?? found(machine, text, args));
}

const methods: Readonly<Record<string, StringMethod>> = {
  toLowerCase: (_, text) => string(text.toLowerCase()),
  toUpperCase: (_, text) => string(text.toUpperCase()),
  trim: (_, text) => string(text.trim()),
  includes: (_, text, [part]) => boolean(text.includes(given(part))),
  startsWith: (_, text, [part]) => boolean(text.startsWith(given(part))),
  endsWith: (_, text, [part]) => boolean(text.endsWith(given(part))),
  indexOf: (_, text, [part]) => integer(text.indexOf(given(part))),
  charAt: (interpreter, text, [index]) => string(text.charAt(indexOf(interpreter, index, 0))),
  slice: (interpreter, text, [start, end]) =>
    string(text.slice(indexOf(interpreter, start, 0), indexOf(interpreter, end, text.length))),
  substring: (interpreter, text, [start, end]) =>
    string(text.substring(indexOf(interpreter, start, 0), indexOf(interpreter, end, text.length))),
  repeat: (interpreter, text, [count]) => {
    const times = indexOf(interpreter, count, 0);
    interpreter.spend(Math.max(0, times));
    return string(text.repeat(Math.max(0, times)));
  },
  concat: (_, text, args) => string(text + args.map(textOf).join('')),
  padStart: (interpreter, text, [length, fill]) =>
    string(
      text.padStart(Math.min(1000, indexOf(interpreter, length, 0)), fill && !isUndefined(fill) ? textOf(fill) : ' '),
    ),
  padEnd: (interpreter, text, [length, fill]) =>
    string(
      text.padEnd(Math.min(1000, indexOf(interpreter, length, 0)), fill && !isUndefined(fill) ? textOf(fill) : ' '),
    ),
  split: (interpreter, text, [separator]) => {
    if (separator === undefined || isUndefined(separator)) return list([string(text)]);
    if (separator.kind !== 'string') return interpreter.unknown('Splitting by this is not supported yet.');
    return list(text.split(separator.value).map(string));
  },
  replace: (interpreter, text, [from, to]) => replaced(interpreter, text, from, to, false),
  replaceAll: (interpreter, text, [from, to]) => replaced(interpreter, text, from, to, true),
};

function given(value: Value | undefined): string {
  return textOf(value ?? undefinedValue);
}

function replaced(
  interpreter: Interpreter,
  text: string,
  from: Value | undefined,
  to: Value | undefined,
  all: boolean,
): Value {
  if (from?.kind !== 'string' || to === undefined) return interpreter.unknown('This replacement is not supported yet.');
  const by = to.kind === 'string' ? to : callFunction(interpreter, to, undefinedValue, [from]);
  if (by.kind !== 'string') return interpreter.unknown('This replacement is not supported yet.');
  const { value } = by;
  return string(all ? text.replaceAll(from.value, () => value) : text.replace(from.value, () => value));
}

/** A method of a number or a truth value; undefined where there is none of that name. */
export function numberMethod(
  interpreter: Interpreter,
  object: IntegerValue | FloatValue | BooleanValue,
  name: string,
): Value | undefined {
  const { value } = object;
  switch (name) {
    case 'toString':
      return native(name, (machine, [radix]) => {
        const base = indexOf(machine, radix, 10);
        if (typeof value !== 'number') return string(String(value));
        return base >= 2 && base <= 36 ? string(value.toString(base)) : machine.unknown('This base is not known.');
      });
    case 'toFixed':
      return native(name, (machine, [digits]) =>
        typeof value === 'number'
          ? string(value.toFixed(Math.min(100, Math.max(0, indexOf(machine, digits, 0)))))
          : machine.unknown('It depends on a size that is not known.'),
      );
    case 'valueOf':
      return native(name, () => object);
    case 'toPrecision':
    case 'toExponential':
    case 'toLocaleString':
      return interpreter.unknown(`Number.${name} is not supported yet.`);
    default:
      return undefined;
  }
}
