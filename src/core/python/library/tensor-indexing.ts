import { addDims, floorDivideDims, signOfDim, subtractDims, type Dim } from '../../graph/dim';
import type { Attributes } from '../../graph/graph';
import { requireIndex } from '../../ops/shape/gather';
import type { Interpreter } from '../runtime/interpreter';
import { knownInteger, sliceBounds } from '../runtime/subscript';
import { typeName } from '../runtime/type-name';
import { none, type SliceValue, type TensorValue, type UnknownValue, type Value } from '../runtime/values';
import { applyOp, checked } from './tensor-calls';
import { fromData } from './tensor-data';
import { alwaysView } from './tensor-views';

/** `x[:, 0]`, `x[..., :3]`, `x[:, None]`, `x[mask]`, `x[[0, 2]]`: first the part that is a view, then what index tensors take of it. */
export function indexTensor(interpreter: Interpreter, value: TensorValue, index: Value): Value {
  const indexed = basicIndex(interpreter, value, index);
  if (indexed.kind === 'unknown') return indexed;
  const { part, tensors } = indexed;
  if (tensors.length === 0) {
    if (part !== value) takenBy.set(part, index);
    return part;
  }
  const mask = tensors.find(({ tensor }) => tensor.type.dtype === 'bool' || tensor.type.dtype === 'u8');
  if (mask) return interpreter.unknown(maskedCount);
  const dims = tensors.map(({ dim }) => dim);
  return applyOp(interpreter, 'index', { dims }, part, ...tensors.map(({ tensor }) => tensor));
}

/** Why what a mask takes is not known. */
export const maskedCount = 'How many elements a mask takes is not known before the model runs.';

/** Parts by the index that took them. */
const takenBy = new WeakMap<TensorValue, Value>();

/** Whether `x[index]` gave this very tensor. */
export function wasTakenBy(part: TensorValue, index: Value): boolean {
  const own = takenBy.get(part);
  return own !== undefined && sameIndex(own, index);
}

function sameIndex(a: Value, b: Value): boolean {
  if (a.kind === 'integer') return b.kind === 'integer' && a.value === b.value;
  if (a.kind === 'slice') {
    return b.kind === 'slice' && sameIndex(a.start, b.start) && sameIndex(a.stop, b.stop) && sameIndex(a.step, b.step);
  }
  if (a.kind === 'tuple') {
    return (
      b.kind === 'tuple' &&
      a.items.length === b.items.length &&
      a.items.every((item, at) => sameIndex(item, b.items[at] ?? none))
    );
  }
  return (a.kind === 'none' || a.kind === 'ellipsis') && a.kind === b.kind;
}

export interface BasicIndex {
  readonly kind: 'indexed';
  /** What ints, slices, `...` and None take: a view. */
  readonly part: TensorValue;
  /** Index tensors, by the dimension of the part that they index (a mask may take several). */
  readonly tensors: readonly { readonly dim: number; readonly tensor: TensorValue }[];
}

/** Takes slices one dimension after the other, then takes out those that an int takes, and puts in those of size 1. */
export function basicIndex(interpreter: Interpreter, value: TensorValue, index: Value): BasicIndex | UnknownValue {
  const written = itemsOf(index);
  const given = written.map((item) => asIndexItem(interpreter, item));
  const unknown = given.find((item) => item.kind === 'unknown');
  if (unknown?.kind === 'unknown') return unknown;
  const rank = value.type.shape.length;
  const taken = given.reduce((total, item) => total + dimsTaken(item), 0);
  if (taken > rank) return interpreter.raise('IndexError', `too many indices for tensor of dimension ${rank}`);
  let part = value;
  const shape: Dim[] = [];
  const tensors: { dim: number; tensor: TensorValue }[] = [];
  let dim = 0;
  for (const item of spreadEllipsis(interpreter, given, rank - taken)) {
    const size = value.type.shape[dim] ?? 1;
    if (item.kind === 'none' || item.kind === 'boolean') {
      // `x[True]` is a mask without dimensions: it adds one.
      if (item.kind === 'boolean' && !item.value)
        return interpreter.unknown('Indexing with False is not supported yet.');
      shape.push(1);
    } else if (item.kind === 'slice') {
      part = sliceDimension(interpreter, part, dim, size, item);
      shape.push(part.type.shape[dim] ?? size);
      dim++;
    } else if (item.kind === 'tensor') {
      requireFits(interpreter, value, dim, item);
      requireInside(interpreter, size, written[given.indexOf(item)] ?? none, dim);
      tensors.push({ dim: shape.length, tensor: item });
      shape.push(...part.type.shape.slice(dim, dim + dimsTaken(item)));
      dim += dimsTaken(item);
    } else {
      part = takeOne(interpreter, part, dim, size, item);
      dim++;
    }
  }
  const unchanged = shape.length === rank && shape.every((size, at) => size === part.type.shape[at]);
  const reshaped = unchanged && dim === rank ? part : alwaysView(interpreter, part, shape);
  return { kind: 'indexed', part: reshaped, tensors };
}

/** A list counts as a tuple where it holds anything but numbers, as PyTorch has it. */
function itemsOf(index: Value): readonly Value[] {
  if (index.kind === 'tuple') return index.items;
  const structured = ['tensor', 'list', 'tuple', 'slice', 'ellipsis', 'none'];
  if (index.kind === 'list' && index.items.some((item) => structured.includes(item.kind))) return index.items;
  return [index];
}

type IndexItem = Value & {
  readonly kind: 'none' | 'boolean' | 'slice' | 'tensor' | 'integer' | 'ellipsis' | 'unknown';
};

function asIndexItem(interpreter: Interpreter, item: Value): IndexItem {
  switch (item.kind) {
    case 'none':
    case 'boolean':
    case 'slice':
    case 'integer':
    case 'ellipsis':
    case 'unknown':
      return item;
    case 'tensor': {
      // An integer without dimensions takes one element, like an int.
      const { dtype } = item.type;
      if (dtype !== 'bool' && dtype !== 'u8') checked(interpreter, () => requireIndex('An index', item.type));
      return item;
    }
    case 'list':
    case 'tuple':
    case 'range': {
      const items = interpreter.iterate(item);
      if (items.length === 0) return fromData(interpreter, item, 'i64');
      return fromData(interpreter, { kind: 'list', items: [...items] }, undefined);
    }
    case 'opaque':
    case 'training':
    case 'instance':
      return interpreter.unknown('This index is not known.');
    default:
      return interpreter.raise(
        'TypeError',
        `only integers, slices (\`:\`), ellipsis (\`...\`), None and long or byte Variables are valid indices (got ${typeName(item)})`,
      );
  }
}

function dimsTaken(item: IndexItem): number {
  if (item.kind === 'none' || item.kind === 'ellipsis' || item.kind === 'boolean') return 0;
  if (item.kind !== 'tensor') return 1;
  return item.type.dtype === 'bool' || item.type.dtype === 'u8' ? item.type.shape.length : 1;
}

const everything: SliceValue = { kind: 'slice', start: none, stop: none, step: none };

/** Dimensions that are not named are taken whole: where `...` stands, else at the end. */
function spreadEllipsis(
  interpreter: Interpreter,
  items: readonly IndexItem[],
  missing: number,
): Exclude<IndexItem, { kind: 'ellipsis' | 'unknown' }>[] {
  const result: Exclude<IndexItem, { kind: 'ellipsis' | 'unknown' }>[] = [];
  const whole = Array<SliceValue>(missing).fill(everything);
  let spread = false;
  for (const [at, item] of items.entries()) {
    if (item.kind === 'unknown') continue;
    if (item.kind !== 'ellipsis') result.push(item);
    else if (!spread) {
      result.push(...whole);
      spread = true;
    } else if (items.slice(at).some((later) => later.kind !== 'ellipsis')) {
      interpreter.fail('An index with several ellipses is not supported yet.');
    }
  }
  return spread ? result : [...result, ...whole];
}

/** A mask has the sizes of the dimensions that it takes. */
function requireFits(interpreter: Interpreter, value: TensorValue, dim: number, index: TensorValue): void {
  if (index.type.dtype !== 'bool' && index.type.dtype !== 'u8') return;
  const { shape } = value.type;
  index.type.shape.forEach((size, at) => {
    const own = shape[dim + at];
    if (typeof own === 'number' && typeof size === 'number' && own !== size) {
      interpreter.raise(
        'IndexError',
        `The shape of the mask [${index.type.shape.join(', ')}] at index ${at} does not match the shape of the indexed tensor [${shape.join(', ')}] at index ${dim + at}`,
      );
    }
  });
}

/** Of a list of numbers each lies within the dimension. */
function requireInside(interpreter: Interpreter, size: Dim, list: Value, dim: number): void {
  if (typeof size !== 'number' || (list.kind !== 'list' && list.kind !== 'tuple')) return;
  for (const item of list.items) {
    if (item.kind === 'list' || item.kind === 'tuple') requireInside(interpreter, size, item, dim);
    else if (item.kind === 'integer' && typeof item.value === 'number' && (item.value >= size || item.value < -size)) {
      interpreter.raise('IndexError', `index ${item.value} is out of bounds for dimension ${dim} with size ${size}`);
    }
  }
}

function sliceDimension(
  interpreter: Interpreter,
  value: TensorValue,
  dim: number,
  size: Dim,
  slice: SliceValue,
): TensorValue {
  const { start, length, step } =
    typeof size === 'number' ? known(interpreter, size, slice) : open(interpreter, size, slice);
  if (start === 0 && length === size) return value;
  const attrs: Attributes = { dim, start, length };
  return step === 1
    ? applyOp(interpreter, 'slice', attrs, value)
    : applyOp(interpreter, 'strided_slice', { ...attrs, step }, value);
}

interface Bounds {
  readonly start: Dim;
  readonly length: Dim;
  readonly step: number;
}

function known(interpreter: Interpreter, size: number, slice: SliceValue): Bounds {
  const steps =
    slice.step.kind === 'none' ? 1 : knownInteger(interpreter, slice.step, 'slice indices must be integers');
  if (steps <= 0) interpreter.raise('ValueError', 'step must be greater than zero');
  const { start, stop, step } = sliceBounds(interpreter, size, slice);
  return { start, length: Math.max(0, Math.ceil((stop - start) / step)), step };
}

/**
 * Bounds of a slice of a size that is not known: exact where the slice is not empty. A bound that may lie beyond the end
 * is not decided.
 */
function open(interpreter: Interpreter, size: Dim, slice: SliceValue): Bounds {
  const step = slice.step.kind === 'none' ? 1 : knownInteger(interpreter, slice.step, 'slice indices must be integers');
  if (step <= 0) interpreter.raise('ValueError', 'step must be greater than zero');
  const bound = (value: Value, otherwise: Dim): Dim => {
    if (value.kind === 'none') return otherwise;
    if (value.kind === 'integer' && typeof value.value === 'string') return value.value;
    const number = knownInteger(interpreter, value, 'slice indices must be integers or None');
    return number < 0 ? addDims(size, number) : number;
  };
  const [start, stop] = [bound(slice.start, 0), bound(slice.stop, size)];
  // A start at a number is taken to lie inside; a stop at one need not.
  const reaches = signOfDim(addDims(subtractDims(size, stop), 1)) === 1;
  if (stop !== size && !reaches && !isFromTheEnd(slice.stop)) {
    return interpreter.fail(`Whether a dimension of size ${size} reaches ${stop} is not known.`);
  }
  if (isFromTheEnd(slice.start)) {
    return interpreter.fail(
      `Whether a dimension of size ${size} has ${subtractDims(size, start)} elements is not known.`,
    );
  }
  const between = subtractDims(stop, start);
  const span = typeof between === 'number' ? Math.max(0, between) : between;
  return { start, length: step === 1 ? span : floorDivideDims(addDims(span, step - 1), step), step };
}

function isFromTheEnd(bound: Value): boolean {
  return bound.kind === 'integer' && typeof bound.value === 'number' && bound.value < 0;
}

function takeOne(interpreter: Interpreter, value: TensorValue, dim: number, size: Dim, index: Value): TensorValue {
  if (index.kind === 'integer' && typeof index.value === 'string') {
    const beyond = signOfDim(subtractDims(size, index.value));
    if (beyond !== 1) return interpreter.fail(`Whether index ${index.value} lies within size ${size} is not known.`);
    return applyOp(interpreter, 'slice', { dim, start: index.value, length: 1 }, value);
  }
  const wanted = knownInteger(interpreter, index, 'tensor indices must be integers');
  const start = wanted < 0 ? addDims(size, wanted) : wanted;
  const outside = typeof start === 'number' && (start < 0 || (typeof size === 'number' && start >= size));
  if (outside)
    interpreter.raise('IndexError', `index ${wanted} is out of bounds for dimension ${dim} with size ${size}`);
  return applyOp(interpreter, 'slice', { dim, start, length: 1 }, value);
}

/** Whether an index takes the elements where it is true. */
export function isMask({ type }: TensorValue): boolean {
  return type.dtype === 'bool' || type.dtype === 'u8';
}
