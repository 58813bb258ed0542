import type { Interpreter } from './interpreter';
import { keyOf, type Value } from './values';

/** The key's identity; an error where the value cannot be a key. */
export function hashable(interpreter: Interpreter, key: Value): unknown {
  const identity = keyOf(key);
  if (identity !== undefined) return identity;
  if (key.kind === 'unknown') return interpreter.failUnknown(key);
  return interpreter.raise('TypeError', `unhashable type: '${key.kind}'`);
}
