import { hashable } from './hashable';
import type { Interpreter } from './interpreter';
import { findSpecial } from './special-methods';
import { contentOf, dict, type DictValue, type Value } from './values';

/** `mapping[key] = value` */
export function setEntry(interpreter: Interpreter, mapping: DictValue, key: Value, value: Value): void {
  if (mapping.frozen !== undefined) interpreter.fail(mapping.frozen);
  mapping.entries.set(hashable(interpreter, key), { key, value });
  mapping.changed?.(key, value);
}

/** Removes an entry and gives its value; undefined where there is none. */
export function removeEntry(interpreter: Interpreter, mapping: DictValue, key: Value): Value | undefined {
  if (mapping.frozen !== undefined) interpreter.fail(mapping.frozen);
  const identity = hashable(interpreter, key);
  const entry = mapping.entries.get(identity);
  if (!entry) return undefined;
  mapping.entries.delete(identity);
  mapping.changed?.(entry.key, undefined);
  return entry.value;
}

/** A dict, or an object that has `keys` and `__getitem__`, as a dict; other values as they are. */
export function mappingOf(interpreter: Interpreter, value: Value): Value {
  const content = contentOf(value);
  if (content.kind !== 'instance' || !findSpecial(content, 'keys') || !findSpecial(content, '__getitem__'))
    return content;
  const keys = interpreter.iterate(interpreter.callMethod(content, 'keys'));
  return dict(keys.map((key) => [key, interpreter.callMethod(content, '__getitem__', key)] as const));
}

/** A dict of the same kind without entries, which nobody is told of. */
export function emptyLike({ flavour, factory }: DictValue): DictValue {
  return { ...dict(), ...(flavour ? { flavour } : {}), ...(factory ? { factory } : {}) };
}
