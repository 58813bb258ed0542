import { reprOf, textOfValue } from './format';
import type { Interpreter } from './interpreter';
import { findSpecial } from './special-methods';
import { string, type Value } from './values';

/** `str(value)` or `repr(value)`, as the value's own class says it where it does. */
export function shownText(interpreter: Interpreter, value: Value, method: '__str__' | '__repr__'): Value {
  if (value.kind === 'unknown') return value;
  if (value.kind !== 'instance') return string(method === '__str__' ? textOfValue(value) : reprOf(value));
  const special = (method === '__str__' ? findSpecial(value, '__str__') : undefined) ?? findSpecial(value, '__repr__');
  if (special) return interpreter.call(special);
  if (value.content) return shownText(interpreter, value.content, method);
  return string(method === '__str__' ? textOfValue(value) : reprOf(value));
}
