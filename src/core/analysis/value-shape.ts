import type { NodeId } from '../graph/graph';
import { isKerasTensor, shownShape } from '../python/library/keras/keras-tensor';
import { reprOf } from '../python/runtime/format';
import type { Value } from '../python/runtime/values';
import { sourceRangeOf } from '../python/source-file';
import type { ValueShape } from './model-analysis';

const maxItems = 64;

/** The tensors in a Python value, as the framework shows their shapes. */
export function valueShape(value: Value): ValueShape {
  switch (value.kind) {
    case 'tensor':
      return { kind: 'tensor', shape: value.type.shape, dtype: value.type.dtype };
    case 'tuple':
    case 'list':
      if (!value.items.some(holdsTensor)) return { kind: 'other', text: shortText(value) };
      return {
        kind: 'several',
        items: value.items.slice(0, maxItems).map(valueShape),
        ...(value.kind === 'tuple' && value.names ? { names: value.names } : {}),
      };
    case 'dict': {
      const entries = [...value.entries.values()].slice(0, maxItems);
      if (!entries.some((entry) => holdsTensor(entry.value))) return { kind: 'other', text: 'dict' };
      return {
        kind: 'several',
        items: entries.map((entry) => valueShape(entry.value)),
        names: entries.map(({ key }) => (key.kind === 'string' ? key.value : reprOf(key))),
      };
    }
    case 'unknown':
      return { kind: 'unknown', reason: value.reason, range: sourceRangeOf(value.place) };
    case 'instance':
      return isKerasTensor(value)
        ? { kind: 'tensor', shape: shownShape(value), dtype: value.keras.tensor.type.dtype }
        : { kind: 'other', text: value.class.name };
    default:
      return { kind: 'other', text: shortText(value) };
  }
}

/** The node that holds a value; of several tensors that of the first. */
export function outputNode(value: Value): NodeId | undefined {
  switch (value.kind) {
    case 'tensor':
      return value.data.kind === 'node' ? value.data.id : undefined;
    case 'tuple':
    case 'list':
      return firstOf(value.items);
    case 'dict':
      return firstOf([...value.entries.values()].map((entry) => entry.value));
    case 'instance':
      return isKerasTensor(value) ? outputNode(value.keras.tensor) : undefined;
    default:
      return undefined;
  }
}

/** Equal shapes have equal keys; undefined for what holds no tensor. */
export function shapeKey(shape: ValueShape): string | undefined {
  switch (shape.kind) {
    case 'tensor':
      return `${shape.shape.join()}:${shape.dtype}`;
    case 'several':
      return `(${shape.items.map((item) => shapeKey(item) ?? '').join(';')})`;
    case 'unknown':
      return `?${shape.reason}`;
    case 'other':
      return undefined;
  }
}

function firstOf(items: readonly Value[]): NodeId | undefined {
  for (const item of items) {
    const id = outputNode(item);
    if (id !== undefined) return id;
  }
  return undefined;
}

function holdsTensor(value: Value): boolean {
  if (value.kind === 'tensor' || value.kind === 'unknown' || isKerasTensor(value)) return true;
  return (value.kind === 'tuple' || value.kind === 'list') && value.items.some(holdsTensor);
}

function shortText(value: Value): string {
  switch (value.kind) {
    case 'none':
      return 'None';
    case 'boolean':
    case 'integer':
    case 'float':
    case 'string':
      return reprOf(value);
    default:
      return value.kind;
  }
}
