import { assignToTensor } from '../library/tensor-assignment';
import { indexTensor } from '../library/tensor-indexing';
import { memberNamed } from '../library/enum-members';
import { removeEntry, setEntry } from './dict-entries';
import { hashable } from './hashable';
import { reprOf } from './format';
import type { Interpreter } from './interpreter';
import { findSpecial } from './special-methods';
import { typeName } from './type-name';
import {
  contentOf,
  list,
  none,
  string,
  tuple,
  type InstanceValue,
  type OpaqueValue,
  type SliceValue,
  type Value,
} from './values';

/** `object[index]` */
export function subscript(interpreter: Interpreter, object: Value, index: Value): Value {
  switch (object.kind) {
    case 'unknown':
      return object;
    case 'tuple':
    case 'list': {
      if (index.kind === 'slice') {
        const items = pick(interpreter, object.items, index);
        return object.kind === 'tuple' ? tuple(items) : list(items);
      }
      if (index.kind === 'unknown') return index;
      return object.items[itemIndex(interpreter, index, object.items.length, object.kind)] ?? index;
    }
    case 'string': {
      const characters = [...object.value];
      if (index.kind === 'slice') return string(pick(interpreter, characters, index).join(''));
      if (index.kind === 'unknown') return index;
      return string(characters[itemIndex(interpreter, index, characters.length, 'string')] ?? '');
    }
    case 'range': {
      const items = interpreter.iterate(object);
      if (index.kind === 'slice') return list(pick(interpreter, items, index));
      return items[itemIndex(interpreter, index, items.length, 'range object')] ?? index;
    }
    case 'dict': {
      if (index.kind === 'unknown') return index;
      const key = hashable(interpreter, index);
      const entry = object.entries.get(key);
      if (entry) return entry.value;
      if (!object.factory) return interpreter.raise('KeyError', reprOf(index));
      const value = interpreter.call(object.factory);
      setEntry(interpreter, object, index, value);
      return value;
    }
    case 'tensor':
      return indexTensor(interpreter, object, index);
    case 'instance': {
      const method = findSpecial(object, '__getitem__');
      if (method) return interpreter.call(method, [index]);
      if (object.content) return subscriptContent(interpreter, object, object.content, index);
      const unknownBase = object.class.order.find((base) => base.unknownBase)?.unknownBase;
      if (unknownBase) return unknownBase;
      return interpreter.raise('TypeError', `'${object.class.name}' object is not subscriptable`);
    }
    // `Optional[int]`, `list[int]`: annotations say nothing here.
    case 'class':
      return memberNamed(interpreter, object, index) ?? object;
    case 'opaque':
      return object.description === 'Optional' || object.description === 'Union' ? union(object, index) : object;
    case 'function':
    case 'native':
      return object;
    default:
      return interpreter.raise('TypeError', `'${typeName(object)}' object is not subscriptable`);
  }
}

/** An item of what an object holds; `__missing__` stands for one that is not there. */
export function subscriptContent(interpreter: Interpreter, object: InstanceValue, content: Value, index: Value): Value {
  const missing = content.kind === 'dict' ? findSpecial(object, '__missing__') : undefined;
  const isThere =
    content.kind !== 'dict' || index.kind === 'unknown' || content.entries.has(hashable(interpreter, index));
  return missing && !isThere ? interpreter.call(missing, [index]) : subscript(interpreter, content, index);
}

/** `Optional[int]` and `Union[int, str]` in a place that looks at their types. */
function union(object: OpaqueValue, index: Value): Value {
  const parts = index.kind === 'tuple' ? index.items : [index];
  return { ...object, parts: object.description === 'Optional' ? [...parts, none] : parts };
}

/** `object[index] = value` */
export function setSubscript(interpreter: Interpreter, object: Value, index: Value, value: Value): void {
  switch (object.kind) {
    case 'unknown':
      return;
    case 'dict':
      setEntry(interpreter, object, index, value);
      return;
    case 'list':
      if (index.kind === 'slice') {
        const positions = slicePositions(interpreter, object.items.length, index);
        const step = positions.length > 1 ? (positions[1] ?? 0) - (positions[0] ?? 0) : 1;
        if (step !== 1) interpreter.fail('Assigning to a slice with a step is not supported yet.');
        const { start } = sliceBounds(interpreter, object.items.length, index);
        object.items.splice(start, positions.length, ...interpreter.iterate(value));
        return;
      }
      object.items[itemIndex(interpreter, index, object.items.length, 'list assignment')] = value;
      return;
    case 'tensor':
      assignToTensor(interpreter, object, index, value);
      return;
    case 'instance': {
      const method = findSpecial(object, '__setitem__');
      if (method) {
        interpreter.call(method, [index, value]);
        return;
      }
      if (object.content) {
        setSubscript(interpreter, object.content, index, value);
        return;
      }
      if (object.class.order.some((base) => base.unknownBase)) return;
      break;
    }
    // Settings of libraries: `plt.rcParams['figure.dpi'] = 100`.
    case 'opaque':
      return;
    default:
  }
  interpreter.raise('TypeError', `'${typeName(object)}' object does not support item assignment`);
}

/** `del object[index]` */
export function deleteSubscript(interpreter: Interpreter, object: Value, index: Value): void {
  if (object.kind === 'unknown') return;
  if (object.kind === 'dict') {
    if (!removeEntry(interpreter, object, index)) interpreter.raise('KeyError', reprOf(index));
  } else if (object.kind === 'list') {
    const positions =
      index.kind === 'slice'
        ? slicePositions(interpreter, object.items.length, index)
        : [itemIndex(interpreter, index, object.items.length, 'list')];
    for (const position of [...positions].sort((a, b) => b - a)) object.items.splice(position, 1);
  } else if (object.kind === 'instance') {
    if (object.content && !findSpecial(object, '__delitem__')) deleteSubscript(interpreter, object.content, index);
    else interpreter.callMethod(object, '__delitem__', index);
  } else interpreter.raise('TypeError', `'${typeName(object)}' object does not support item deletion`);
}

/** A known index, counted from the front and within bounds. */
export function itemIndex(interpreter: Interpreter, index: Value, length: number, what: string): number {
  const wanted = knownInteger(interpreter, index, `${what} indices must be integers or slices`);
  const position = wanted < 0 ? wanted + length : wanted;
  if (position < 0 || position >= length) interpreter.raise('IndexError', `${what} index out of range`);
  return position;
}

export function knownInteger(interpreter: Interpreter, given: Value, otherwise: string): number {
  const value = contentOf(given);
  if (value.kind === 'integer' && typeof value.value === 'number') return value.value;
  if (value.kind === 'boolean') return value.value ? 1 : 0;
  if (value.kind === 'unknown') return interpreter.failUnknown(value);
  if (value.kind === 'integer') return interpreter.fail(`The size ${value.value} is not known here.`);
  return interpreter.raise('TypeError', `${otherwise}, not ${typeName(value)}`);
}

export function pick<Item>(interpreter: Interpreter, items: readonly Item[], slice: SliceValue): Item[] {
  return slicePositions(interpreter, items.length, slice).map((position) => items[position] as Item);
}

function slicePositions(interpreter: Interpreter, length: number, slice: SliceValue): number[] {
  const { start, stop, step } = sliceBounds(interpreter, length, slice);
  const positions: number[] = [];
  for (let at = start; step > 0 ? at < stop : at > stop; at += step) positions.push(at);
  return positions;
}

/** The slice's start, stop and step as Python clips them to a length. */
export function sliceBounds(
  interpreter: Interpreter,
  length: number,
  slice: SliceValue,
): { readonly start: number; readonly stop: number; readonly step: number } {
  const message = 'slice indices must be integers or None';
  const known = (bound: Value): number | undefined =>
    bound.kind === 'none' ? undefined : knownInteger(interpreter, bound, message);
  const step = known(slice.step) ?? 1;
  if (step === 0) interpreter.raise('ValueError', 'slice step cannot be zero');
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clip = (bound: number | undefined, otherwise: number): number =>
    bound === undefined ? otherwise : Math.min(high, Math.max(low, bound < 0 ? bound + length : bound));
  const start = clip(known(slice.start), step > 0 ? 0 : length - 1);
  const stop = clip(known(slice.stop), step > 0 ? length : -1);
  return { start, stop, step };
}
