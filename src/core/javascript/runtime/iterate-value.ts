import type { Interpreter } from '../../python/runtime/interpreter';
import { list, string, type Value } from '../../python/runtime/values';
import { mapClass } from './js-classes';
import { mapEntries } from './map-entries';
import { raiseError } from './raise-error';
import { textOf } from './text-of';

/** The items that `for…of` and `...` walk through; an error where there are none, or where they are not known. */
export function iterateValue(interpreter: Interpreter, value: Value): readonly Value[] {
  switch (value.kind) {
    case 'list':
    case 'tuple':
      interpreter.spend(value.items.length);
      return [...value.items];
    case 'string':
      return [...value.value].map(string);
    case 'set':
      return [...value.items.values()];
    case 'iterator':
      return interpreter.iterate(value);
    case 'unknown':
      return interpreter.failUnknown(value);
    case 'instance':
      if (value.class === mapClass) return mapEntries(value).map(([key, item]) => list([key, item]));
      break;
    case 'opaque':
      return interpreter.fail(`${value.description} is not known.`);
    default:
  }
  return raiseError(interpreter, 'TypeError', `${textOf(value)} is not iterable`);
}
