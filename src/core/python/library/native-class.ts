import { native, type ClassValue, type NativeCall, type Value } from '../runtime/values';

/** A class of Python's own or of a library. */
export function nativeClass(
  name: string,
  bases: readonly ClassValue[],
  methods: Readonly<Record<string, NativeCall | Value>> = {},
  construct?: NativeCall,
  extension?: ClassValue['extension'],
): ClassValue {
  const order: ClassValue[] = [];
  const namespace = new Map<string, Value>();
  for (const [key, method] of Object.entries(methods)) {
    namespace.set(key, typeof method === 'function' ? native(key, method) : method);
  }
  const created: ClassValue = {
    kind: 'class',
    name,
    order,
    namespace,
    place: undefined,
    unknownBase: undefined,
    ...(construct ? { construct } : {}),
    ...(extension ? { extension } : {}),
  };
  order.push(created, ...new Set(bases.flatMap((base) => base.order)));
  return created;
}

/** The root of all classes. */
export const objectClass = nativeClass('object', [], {
  __init__: () => ({ kind: 'none' }),
  // `object.__setattr__(self, name, value)`, which a frozen class needs in its own methods.
  __getattribute__: (interpreter, [object, name]) => {
    if (!object || name?.kind !== 'string') return interpreter.raise('TypeError', '__getattribute__() needs a name');
    return interpreter.getAttribute(object, name.value);
  },
});
