import { keyOf, type InstanceValue, type Value } from '../../python/runtime/values';

const contents = new WeakMap<InstanceValue, Map<unknown, readonly [Value, Value]>>();

/** The contents of a JavaScript Map, by `mapKey`. */
export function mapContents(map: InstanceValue): Map<unknown, readonly [Value, Value]> {
  const known = contents.get(map);
  if (known) return known;
  const made = new Map<unknown, readonly [Value, Value]>();
  contents.set(map, made);
  return made;
}

export function mapEntries(map: InstanceValue): (readonly [Value, Value])[] {
  return [...mapContents(map).values()];
}

/** What tells the keys of a Map and the items of a Set apart: objects by identity. */
export function mapKey(value: Value): unknown {
  if (value.kind === 'boolean') return `b:${value.value}`;
  return keyOf(value) ?? value;
}
