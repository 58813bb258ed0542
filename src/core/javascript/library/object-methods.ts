import {
  boolean,
  integer,
  iterator,
  list,
  native,
  string,
  type InstanceValue,
  type SetValue,
  type Value,
} from '../../python/runtime/values';
import { callFunction, invoke } from '../runtime/functions';
import { functionOf, getOwn, promiseOf, settled, undefinedValue } from '../runtime/js-values';
import { iterateValue } from '../runtime/iterate-value';
import { mapContents, mapEntries, mapKey } from '../runtime/map-entries';
import { textOf } from '../runtime/text-of';

/** What every object has. */
export function objectMethod(object: Value, name: string): Value | undefined {
  switch (name) {
    case 'hasOwnProperty':
      return native(name, (_, [key = undefinedValue]) => {
        if (key.kind === 'unknown') return key;
        if (object.kind === 'dict') return boolean(getOwn(object, textOf(key)) !== undefined);
        if (object.kind === 'instance') return boolean(object.attributes.has(textOf(key)));
        return boolean(false);
      });
    case 'toString':
      return native(name, () => string(textOf(object)));
    case 'valueOf':
      return native(name, () => object);
    default:
      return undefined;
  }
}

/** `call`, `apply` and `bind` of a function. */
export function functionMethod(object: Value, name: string): Value | undefined {
  switch (name) {
    case 'call':
      return native(name, (interpreter, [receiver = undefinedValue, ...args]) =>
        callFunction(interpreter, object, receiver, args),
      );
    case 'apply':
      return native(name, (interpreter, [receiver = undefinedValue, args]) =>
        callFunction(
          interpreter,
          object,
          receiver,
          args && args.kind !== 'none' ? iterateValue(interpreter, args) : [],
        ),
      );
    case 'bind':
      return native(name, (_, [receiver = undefinedValue, ...first]) => {
        const record = functionOf(object);
        return native('bound', (interpreter, args) =>
          record
            ? invoke(record, receiver, [...first, ...args])
            : callFunction(interpreter, object, receiver, [...first, ...args]),
        );
      });
    default:
      return undefined;
  }
}

/** A member of a Set. */
export function setMember(set: SetValue, name: string): Value | undefined {
  const { items } = set;
  switch (name) {
    case 'size':
      return integer(items.size);
    case 'has':
      return native(name, (interpreter, [item = undefinedValue]) => {
        if (item.kind === 'unknown') return interpreter.failUnknown(item);
        return boolean(items.has(mapKey(item)));
      });
    case 'add':
      return native(name, (interpreter, [item = undefinedValue]) => {
        if (item.kind === 'unknown') return interpreter.failUnknown(item);
        if (!items.has(mapKey(item))) items.set(mapKey(item), item);
        return set;
      });
    case 'delete':
      return native(name, (_, [item = undefinedValue]) => boolean(items.delete(mapKey(item))));
    case 'values':
    case 'keys':
      return native(name, () => iterator([...items.values()]));
    case 'forEach':
      return native(name, (interpreter, [call = undefinedValue]) => {
        for (const item of [...items.values()]) callFunction(interpreter, call, undefinedValue, [item, item, set]);
        return undefinedValue;
      });
    default:
      return undefined;
  }
}

/** A member of a Map. */
export function mapMember(map: InstanceValue, name: string): Value | undefined {
  const contents = mapContents(map);
  switch (name) {
    case 'size':
      return integer(contents.size);
    case 'get':
      return native(name, (interpreter, [key = undefinedValue]) => {
        if (key.kind === 'unknown') return interpreter.failUnknown(key);
        return contents.get(mapKey(key))?.[1] ?? undefinedValue;
      });
    case 'set':
      return native(name, (interpreter, [key = undefinedValue, value = undefinedValue]) => {
        if (key.kind === 'unknown') return interpreter.failUnknown(key);
        contents.set(mapKey(key), [key, value]);
        return map;
      });
    case 'has':
      return native(name, (_, [key = undefinedValue]) => boolean(contents.has(mapKey(key))));
    case 'delete':
      return native(name, (_, [key = undefinedValue]) => boolean(contents.delete(mapKey(key))));
    case 'keys':
      return native(name, () => iterator(mapEntries(map).map(([key]) => key)));
    case 'values':
      return native(name, () => iterator(mapEntries(map).map(([, value]) => value)));
    case 'entries':
      return native(name, () => iterator(mapEntries(map).map(([key, value]) => list([key, value]))));
    case 'forEach':
      return native(name, (interpreter, [call = undefinedValue]) => {
        for (const [key, value] of mapEntries(map)) callFunction(interpreter, call, undefinedValue, [value, key, map]);
        return undefinedValue;
      });
    default:
      return undefined;
  }
}

/** `then`, `catch` and `finally` of a promise, which is settled from the start. */
export function promiseMethod(promise: InstanceValue, name: string): Value | undefined {
  switch (name) {
    case 'then':
      return native(name, (interpreter, [call]) => {
        if (call === undefined || call.kind === 'none') return promise;
        return promiseOf(callFunction(interpreter, call, undefinedValue, [settled(promise)]), interpreter.place);
      });
    case 'catch':
      return native(name, () => promise);
    case 'finally':
      return native(name, (interpreter, [call]) => {
        if (call && call.kind !== 'none') callFunction(interpreter, call, undefinedValue, []);
        return promise;
      });
    default:
      return undefined;
  }
}
