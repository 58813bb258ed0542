import type { Interpreter } from '../runtime/interpreter';
import { findSpecial } from '../runtime/special-methods';
import { boolean, contentOf, isSubclass, type Value } from '../runtime/values';
import { functionClass, typeOf } from './builtin-classes';
import { orderedDictClass } from './collections-modules';
import { objectClass } from './native-class';
import { parameterClass, tensorClass } from './tensor-namespace';

/** `isinstance(value, type)` */
export function isInstance(interpreter: Interpreter, value: Value, type: Value): Value {
  if (value.kind === 'unknown') return value;
  let unknown: Value | undefined;
  for (const item of alternatives(type)) {
    const found = isInstanceOf(value, item, interpreter);
    if (found === true) return boolean(true);
    if (found === undefined) {
      unknown = item.kind === 'unknown' ? item : interpreter.unknown('Whether it is of this type is not known.');
    }
  }
  return unknown ?? boolean(false);
}

/** `issubclass(candidate, type)` */
export function isSubclassOf(interpreter: Interpreter, candidate: Value, type: Value): Value {
  if (candidate.kind === 'unknown') return candidate;
  if (candidate.kind !== 'class') {
    if (candidate.kind === 'opaque') return interpreter.unknown('This class is not known.');
    return interpreter.raise('TypeError', 'issubclass() arg 1 must be a class');
  }
  const types = alternatives(type);
  if (types.some((item) => item.kind === 'class' && isSubclass(candidate, item))) return boolean(true);
  const unknown = types.find((item) => item.kind !== 'class');
  if (unknown) return unknown.kind === 'unknown' ? unknown : interpreter.unknown('This class is not known.');
  return candidate.order.find((base) => base.unknownBase)?.unknownBase ?? boolean(false);
}

/** `(A, (B, C))` and `A | B` */
function alternatives(type: Value): readonly Value[] {
  if (type.kind === 'tuple') return type.items.flatMap(alternatives);
  return type.kind === 'opaque' && type.parts ? type.parts.flatMap(alternatives) : [type];
}

function isInstanceOf(value: Value, type: Value, interpreter: Interpreter): boolean | undefined {
  if (type.kind === 'none') return value.kind === 'none';
  if (type.kind === 'opaque') return abstractTypes[type.description]?.(value);
  if (type.kind === 'unknown') {
    // A layer that is not supported: no value that is known is one.
    return type.layer && value.kind === 'instance' && !value.class.order.some((base) => base.unknownBase)
      ? false
      : undefined;
  }
  if (type.kind === 'native') return interpreter.raise('TypeError', 'isinstance() arg 2 must be a type');
  if (type.kind !== 'class') return undefined;
  if (value.kind === 'tensor')
    return type === tensorClass || type === objectClass || (type === parameterClass && value.parameter);
  if (value.kind === 'dict' && type === orderedDictClass) return value.flavour === 'OrderedDict';
  if (['function', 'native', 'method', 'partial'].includes(value.kind)) {
    if (type.name === 'partial') return value.kind === 'partial';
    return type === objectClass || (type === functionClass && value.kind !== 'partial');
  }
  const own = typeOf(interpreter, value);
  if (own.kind !== 'class') return undefined;
  if (isSubclass(own, type)) return true;
  return own.order.some((base) => base.unknownBase) ? undefined : false;
}

const collections = ['tuple', 'list', 'set', 'dict', 'string', 'range', 'iterator'];

function isCallable(value: Value): boolean {
  return (
    ['function', 'native', 'method', 'partial', 'class'].includes(value.kind) ||
    (value.kind === 'instance' && (value.module !== undefined || findSpecial(value, '__call__') !== undefined))
  );
}

function isA(...kinds: readonly Value['kind'][]): (value: Value) => boolean {
  return (value) => kinds.includes(contentOf(value).kind);
}

function isNumber(value: Value): boolean {
  return ['integer', 'float', 'boolean'].includes(contentOf(value).kind);
}

/** What `isinstance` says for abstract types of `collections.abc`, `typing` and `numbers`. */
const abstractTypes: Partial<Record<string, (value: Value) => boolean>> = {
  Iterable: (value) =>
    collections.includes(contentOf(value).kind) ||
    (value.kind === 'instance' && findSpecial(value, '__iter__') !== undefined),
  Collection: isA('tuple', 'list', 'set', 'dict', 'string', 'range'),
  Sized: isA('tuple', 'list', 'set', 'dict', 'string', 'range'),
  Sequence: isA('tuple', 'list', 'string', 'range'),
  MutableSequence: isA('list'),
  Mapping: isA('dict'),
  MutableMapping: isA('dict'),
  Dict: isA('dict'),
  List: isA('list'),
  Tuple: isA('tuple'),
  Set: isA('set'),
  Iterator: isA('iterator'),
  Generator: isA('iterator'),
  Callable: isCallable,
  Number: isNumber,
  Complex: isNumber,
  Real: isNumber,
  Rational: isA('integer', 'boolean'),
  Integral: isA('integer', 'boolean'),
  FunctionType: isA('function', 'native'),
  MethodType: isA('method'),
  NoneType: isA('none'),
  'torch.Size': isA('tuple'),
};
