import type { Interpreter } from './interpreter';
import { typeName } from './type-name';
import { integer, string, type Value } from './values';

/** All items of an iterable; an error where it is none, or is not known. */
export function iterate(interpreter: Interpreter, value: Value): readonly Value[] {
  switch (value.kind) {
    case 'tuple':
      return value.items;
    case 'list':
      return [...value.items];
    case 'set':
      return [...value.items.values()];
    case 'dict':
      return [...value.entries.values()].map((entry) => entry.key);
    case 'string':
      return [...value.value].map(string);
    case 'range':
      return rangeItems(interpreter, value.start, value.stop, value.step);
    case 'iterator': {
      const rest = value.items.slice(value.next);
      value.next = value.items.length;
      return rest;
    }
    case 'unknown':
      return interpreter.failUnknown(value);
    case 'tensor':
      return iterateTensor(interpreter, value);
    case 'instance': {
      const method = interpreter.findAttribute(value, '__iter__');
      if (method) return iterate(interpreter, interpreter.call(method));
      const length = interpreter.findAttribute(value, '__len__');
      if (!length) return interpreter.raise('TypeError', `'${value.class.name}' object is not iterable`);
      const count = interpreter.call(length);
      if (count.kind !== 'integer' || typeof count.value !== 'number')
        return interpreter.fail('Its length is not known.');
      return rangeItems(interpreter, 0, count.value, 1).map((index) =>
        interpreter.callMethod(value, '__getitem__', index),
      );
    }
    default:
      return interpreter.raise('TypeError', `'${typeName(value)}' object is not iterable`);
  }
}

function rangeItems(interpreter: Interpreter, start: number, stop: number, step: number): Value[] {
  const count = Math.max(0, Math.ceil((stop - start) / step));
  interpreter.spend(count);
  return Array.from({ length: count }, (_, index) => integer(start + index * step));
}

function iterateTensor(interpreter: Interpreter, value: Value & { readonly kind: 'tensor' }): readonly Value[] {
  const [count] = value.type.shape;
  if (typeof count !== 'number') return interpreter.fail('The number of items of this tensor is not known.');
  return Array.from({ length: count }, (_, index) =>
    interpreter.call(interpreter.getAttribute(value, '__getitem__'), [integer(index)]),
  );
}
