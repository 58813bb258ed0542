import type { Interpreter } from '../../python/runtime/interpreter';
import { PythonException } from '../../python/runtime/python-exception';
import { string, type InstanceValue } from '../../python/runtime/values';
import type { Place } from '../../python/source-file';
import { errorClasses, type ErrorName } from './js-classes';

/** Raises what JavaScript would raise here. */
export function raiseError(interpreter: Interpreter, name: ErrorName, message: string): never {
  throw new PythonException(interpreter.place, errorValue(name, message, interpreter.place), message);
}

/** An Error object. */
export function errorValue(name: ErrorName, message: string, place: Place): InstanceValue {
  return {
    kind: 'instance',
    class: errorClasses[name],
    attributes: new Map([
      ['message', string(message)],
      ['name', string(name)],
    ]),
    module: undefined,
    place,
  };
}
