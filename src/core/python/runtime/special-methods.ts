import type { InstanceValue, Value } from './values';

/**
 * A method that Python itself calls (`__len__`, `__iter__`): looked up in the object's class, bound to the object; never
 * asked of `__getattr__`.
 */
export function findSpecial(object: InstanceValue, name: string): Value | undefined {
  for (const { namespace } of object.class.order) {
    const value = namespace.get(name);
    if (value === undefined) continue;
    if (value.kind === 'none') return undefined;
    if (value.kind === 'staticmethod') return value.function;
    if (value.kind === 'classmethod') return { kind: 'method', self: object.class, function: value.function };
    return { kind: 'method', self: object, function: value };
  }
  return undefined;
}
