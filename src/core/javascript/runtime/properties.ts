import { lookupInOrder, moduleAttribute } from '../../python/runtime/attributes';
import type { Interpreter } from '../../python/runtime/interpreter';
import {
  integer,
  native,
  opaque,
  string,
  type ClassValue,
  type InstanceValue,
  type Value,
} from '../../python/runtime/values';
import { arrayMethod } from '../library/array-methods';
import { functionMethod, mapMember, objectMethod, promiseMethod, setMember } from '../library/object-methods';
import { numberMethod, stringMethod } from '../library/string-methods';
import { isTensorFlowObject, setTensorFlowProperty, tensorFlowProperty } from '../library/tensorflow-model';
import { callFunction, parameterCount } from './functions';
import { mapClass } from './js-classes';
import { classOf, functionOf, getOwn, isPromise, setOwn, undefinedValue } from './js-values';
import { raiseError } from './raise-error';
import { textOf } from './text-of';

/** `object[key]` and `object.key`; undefined where there is none. */
export function getProperty(interpreter: Interpreter, object: Value, key: Value): Value {
  if (object.kind === 'unknown') return object;
  if (key.kind === 'unknown') return key;
  const name = textOf(key);
  switch (object.kind) {
    case 'none':
      return raiseError(interpreter, 'TypeError', `Cannot read properties of ${textOf(object)} (reading '${name}')`);
    case 'opaque':
      return opaque(`${object.description}.${name}`);
    case 'list':
    case 'tuple':
      if (name === 'length') return integer(object.items.length);
      if (isIndex(name)) return object.items[Number(name)] ?? undefinedValue;
      return arrayMethod(interpreter, object, name) ?? objectMethod(object, name) ?? undefinedValue;
    case 'string':
      if (name === 'length') return integer(object.value.length);
      if (isIndex(name))
        return Number(name) < object.value.length ? string(object.value.charAt(Number(name))) : undefinedValue;
      return stringMethod(interpreter, object.value, name) ?? undefinedValue;
    case 'integer':
    case 'float':
    case 'boolean':
      return numberMethod(interpreter, object, name) ?? undefinedValue;
    case 'dict': {
      const own = getOwn(object, name);
      if (own?.kind === 'property') return callFunction(interpreter, own.getter, object, []);
      return own ?? objectMethod(object, name) ?? undefinedValue;
    }
    case 'set':
      return setMember(object, name) ?? undefinedValue;
    case 'instance':
      return instanceProperty(interpreter, object, name);
    case 'class':
      return classProperty(interpreter, object, name);
    case 'native':
    case 'method':
    case 'partial':
      return functionProperty(interpreter, object, name);
    case 'module':
      return moduleAttribute(interpreter, object, name) ?? undefinedValue;
    default:
      return interpreter.unknown(`'${name}' of this value is not known.`);
  }
}

function isIndex(name: string): boolean {
  return /^(0|[1-9]\d*)$/.test(name);
}

function instanceProperty(interpreter: Interpreter, object: InstanceValue, name: string): Value {
  if (isTensorFlowObject(object)) return tensorFlowProperty(interpreter, object, name);
  if (isPromise(object)) return promiseMethod(object, name) ?? undefinedValue;
  if (object.class === mapClass) return mapMember(object, name) ?? undefinedValue;
  const inClass = lookupInOrder(object.class.order, name);
  if (inClass?.kind === 'property') return callFunction(interpreter, inClass.getter, object, []);
  const own = object.attributes.get(name);
  if (own?.kind === 'property') return callFunction(interpreter, own.getter, object, []);
  if (own) return own;
  if (name === 'constructor') return object.class;
  if (inClass && functionOf(inClass)) return inClass;
  return object.class.unknownBase ?? objectMethod(object, name) ?? undefinedValue;
}

function classProperty(interpreter: Interpreter, object: ClassValue, name: string): Value {
  for (const candidate of object.order) {
    const found = classOf(candidate)?.statics.get(name);
    if (found?.kind === 'property') return callFunction(interpreter, found.getter, object, []);
    if (found) return found;
  }
  if (name === 'name') return string(object.name);
  if (name === 'prototype') return interpreter.unknown('A prototype is not supported yet.');
  // Of a class of JavaScript's own: `Promise.all`.
  const own = classOf(object) ? undefined : object.namespace.get(name);
  if (own) return own;
  return (
    object.unknownBase ??
    (classOf(object) ? undefinedValue : interpreter.unknown(`${object.name}.${name} is not supported yet.`))
  );
}

function functionProperty(interpreter: Interpreter, object: Value, name: string): Value {
  const record = functionOf(object);
  const own = record?.properties.get(name);
  if (own) return own;
  if (name === 'name') return string(record?.name ?? (object.kind === 'native' ? object.name : ''));
  if (name === 'length') return integer(parameterCount(object));
  if (name === 'prototype') return interpreter.unknown('A prototype is not supported yet.');
  // `Number.isInteger`: functions of JavaScript's own have more than is known of them.
  return functionMethod(object, name) ?? (record ? undefinedValue : libraryMember(interpreter, object, name));
}

const members = new WeakMap<Value, ReadonlyMap<string, Value>>();

/** A function of a library that has members of its own: `Number`, `Object`. */
export function functionWith(
  name: string,
  call: Parameters<typeof native>[1],
  own: Readonly<Record<string, Value>>,
): Value {
  const made = native(name, call);
  members.set(made, new Map(Object.entries(own)));
  return made;
}

function libraryMember(interpreter: Interpreter, object: Value, name: string): Value {
  const found = members.get(object)?.get(name);
  return (
    found ?? interpreter.unknown(`${object.kind === 'native' ? object.name : 'this'}.${name} is not supported yet.`)
  );
}

/** `object[key] = value` */
export function setProperty(interpreter: Interpreter, object: Value, key: Value, value: Value): void {
  if (object.kind === 'unknown') return;
  if (key.kind === 'unknown') interpreter.failUnknown(key);
  const name = textOf(key);
  switch (object.kind) {
    case 'none':
      return raiseError(interpreter, 'TypeError', `Cannot set properties of ${textOf(object)} (setting '${name}')`);
    case 'list':
      return setItem(interpreter, object, name, value);
    case 'dict': {
      const own = getOwn(object, name);
      if (own?.kind === 'property') callFunction(interpreter, own.setter ?? undefinedValue, object, [value]);
      else setOwn(object, name, value);
      return;
    }
    case 'instance':
      return setInstanceProperty(interpreter, object, name, value);
    case 'class': {
      const record = classOf(object);
      if (!record) interpreter.fail(`Changing ${object.name} is not supported yet.`);
      else record.statics.set(name, value);
      return;
    }
    case 'native': {
      const record = functionOf(object);
      if (name === 'prototype') interpreter.fail('Changing a prototype is not supported yet.');
      record?.properties.set(name, value);
      return;
    }
    // Settings of libraries say nothing about the model.
    case 'module':
    case 'opaque':
      return;
    default:
      interpreter.fail('Setting a property of this value is not supported yet.');
  }
}

function setItem(
  interpreter: Interpreter,
  object: Value & { readonly kind: 'list' },
  name: string,
  value: Value,
): void {
  const { items } = object;
  if (name === 'length' && value.kind === 'integer' && typeof value.value === 'number' && value.value <= items.length) {
    items.length = value.value;
    return;
  }
  if (!isIndex(name) || Number(name) > items.length + 100_000)
    interpreter.fail(`Setting '${name}' of an array is not supported yet.`);
  while (items.length < Number(name)) items.push(undefinedValue);
  items[Number(name)] = value;
}

function setInstanceProperty(interpreter: Interpreter, object: InstanceValue, name: string, value: Value): void {
  if (isTensorFlowObject(object)) {
    setTensorFlowProperty(interpreter, object, name, value);
    return;
  }
  const inClass = lookupInOrder(object.class.order, name);
  if (inClass?.kind === 'property') {
    if (inClass.setter) callFunction(interpreter, inClass.setter, object, [value]);
    else raiseError(interpreter, 'TypeError', `Cannot set property ${name} of this object which has only a getter`);
    return;
  }
  object.attributes.set(name, value);
}

/** `delete object[key]` */
export function deleteProperty(interpreter: Interpreter, object: Value, key: Value): void {
  if (object.kind === 'unknown') return;
  if (key.kind === 'unknown') interpreter.failUnknown(key);
  const name = textOf(key);
  if (object.kind === 'dict') object.entries.delete(`s:${name}`);
  else if (object.kind === 'instance' && !isTensorFlowObject(object)) object.attributes.delete(name);
  else interpreter.fail('Deleting a property of this value is not supported yet.');
}
