import {
  float,
  integer,
  none,
  string,
  type ClassValue,
  type DictValue,
  type InstanceValue,
  type NativeFunctionValue,
  type NoneValue,
  type PropertyValue,
  type Value,
} from '../../python/runtime/values';
import type { ClassExpression, FunctionExpression } from '../syntax/javascript-syntax';
import type { JavaScriptFrame } from './frame';
import { promiseClass } from './js-classes';

/*
 * JavaScript's values are those of the Python interpreter, so that both share the libraries: `undefined` is None, an
 * array is a list, an object is a dict by text, a whole number is an integer, a function is a native one that is known
 * here. What is not the same stands beside the value, in the tables of this file.
 */

export const undefinedValue: NoneValue = none;
/** For libraries as good as None; `===` tells it from undefined. */
export const nullValue: NoneValue = { kind: 'none' };

export function isNullish(value: Value): boolean {
  return value.kind === 'none';
}

export function isUndefined(value: Value): boolean {
  return value.kind === 'none' && value !== nullValue;
}

/** A number; JavaScript does not tell 3 from 3.0. */
export function numberValue(value: number): Value {
  return Number.isInteger(value) ? integer(value === 0 ? 0 : value) : float(value);
}

/** A function of the code that is read. */
export interface JavaScriptFunction {
  readonly node: FunctionExpression;
  readonly name: string;
  /** Where it was made: what it sees; `this` and `super` of an arrow function. */
  readonly frame: JavaScriptFrame;
  /** Of a method: where `super` begins to look. */
  readonly home: HomeObject | undefined;
  readonly properties: Map<string, Value>;
}

export interface HomeObject {
  readonly class: ClassValue;
  readonly static: boolean;
}

const functions = new WeakMap<Value, JavaScriptFunction>();

export function functionOf(value: Value): JavaScriptFunction | undefined {
  return functions.get(value);
}

export function registerFunction(value: NativeFunctionValue, record: JavaScriptFunction): NativeFunctionValue {
  functions.set(value, record);
  return value;
}

/** A class of the code that is read. Methods and accessors stand in the class' namespace. */
export interface JavaScriptClass {
  readonly node: ClassExpression;
  readonly frame: JavaScriptFrame;
  readonly base: ClassValue | undefined;
  readonly constructorNode: FunctionExpression | undefined;
  /** Fields of instances, TypeScript's parameter properties apart. */
  readonly fields: readonly { readonly key: string; readonly value: ClassExpression['members'][number] }[];
  readonly parameterFields: readonly string[];
  readonly statics: Map<string, Value>;
}

const classes = new WeakMap<ClassValue, JavaScriptClass>();

export function classOf(value: ClassValue): JavaScriptClass | undefined {
  return classes.get(value);
}

export function registerClass(value: ClassValue, record: JavaScriptClass): void {
  classes.set(value, record);
}

/** An object literal from names and values. */
export function objectValue(members: Iterable<readonly [string, Value]> = []): DictValue {
  const made: DictValue = { kind: 'dict', entries: new Map() };
  for (const [name, value] of members) setOwn(made, name, value);
  return made;
}

export function getOwn(object: DictValue, name: string): Value | undefined {
  return object.entries.get(`s:${name}`)?.value;
}

export function setOwn(object: DictValue, name: string, value: Value): void {
  const known = object.entries.get(`s:${name}`);
  if (known) known.value = value;
  else object.entries.set(`s:${name}`, { key: string(name), value });
}

/** Names of an object in JavaScript's order: whole numbers first, ascending, then the others as they came. */
export function ownNames(object: DictValue): string[] {
  const names = [...object.entries.values()].map(({ key }) => (key.kind === 'string' ? key.value : ''));
  const isIndex = (name: string): boolean => /^(0|[1-9]\d{0,9})$/.test(name);
  return [...names.filter(isIndex).sort((a, b) => Number(a) - Number(b)), ...names.filter((name) => !isIndex(name))];
}

export function accessor(getter: Value, setter: Value | undefined): PropertyValue {
  return { kind: 'property', getter, setter };
}

/** What an async function gives back; `await` takes the value out. A rejected promise is the error itself, thrown at once. */
export function promiseOf(value: Value, place: InstanceValue['place']): Value {
  if (isPromise(value)) return value;
  return {
    kind: 'instance',
    class: promiseClass,
    attributes: new Map([['value', value]]),
    module: undefined,
    place,
  };
}

export function isPromise(value: Value): boolean {
  return value.kind === 'instance' && value.class === promiseClass;
}

export function settled(value: Value): Value {
  return value.kind === 'instance' && isPromise(value) ? (value.attributes.get('value') ?? undefinedValue) : value;
}
