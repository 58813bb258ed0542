import { addDims, divideExactly, signOfDim, subtractDims, type Dim } from '../../graph/dim';
import type { Attributes, Shape } from '../../graph/graph';
import { dtypeName } from '../../ops/arithmetic/promote';
import { requireIndex } from '../../ops/shape/gather';
import { integer, tuple, type TensorValue, type Value } from '../runtime/values';
import { isOperand, scalar } from './tensor-arithmetic';
import { applyOp, checked } from './tensor-calls';
import type { TensorCall, TensorFunctions } from './tensor-function';
import { insertOne, reshape } from './tensor-shapes';
import { basicIndex } from './tensor-indexing';

const everything: Value = { kind: 'slice', start: { kind: 'none' }, stop: { kind: 'none' }, step: { kind: 'none' } };

/** Tensors put together, and parts of them. */
export const partFunctions: TensorFunctions = {
  'torch.cat|torch.concat|torch.concatenate(tensors, dim=0)': (call) =>
    concat(call, call.tensors('tensors'), call.integer('dim')),
  'torch.stack(tensors, dim=0)': stack,
  'torch.hstack(tensors)': (call) => {
    const tensors = widened(call, 1);
    return concat(call, tensors, tensors[0]?.type.shape.length === 1 ? 0 : 1);
  },
  'torch.vstack|torch.row_stack(tensors)': (call) => concat(call, widened(call, 2), 0),
  'torch.dstack(tensors)': (call) => concat(call, widened(call, 3), 2),
  'torch.column_stack(tensors)': (call) =>
    concat(
      call,
      call
        .tensors('tensors')
        .map((one) => (one.type.shape.length < 2 ? reshape(call.interpreter, one, [one.type.shape[0] ?? 1, 1]) : one)),
      1,
    ),
  'chunk(input, chunks, dim=0)': (call) => {
    const count = call.integer('chunks');
    if (count < 1)
      call.interpreter.raise('RuntimeError', `chunk expects \`chunks\` to be greater than 0, got: ${count}`);
    const size = sizeAt(call);
    if (typeof size === 'number') return tuple(cut(call, equalParts(size, Math.ceil(size / count) || 1)));
    const each = divideExactly(size, count);
    if (each === undefined) return call.interpreter.unknown(`The parts of a dimension of size ${size} are not known.`);
    return tuple(cut(call, Array<Dim>(count).fill(each)));
  },
  'split(input, split_size_or_sections, dim=0)': (call) => split(call, 'split_size_or_sections'),
  'torch.split_with_sizes|Tensor.split_with_sizes(input, split_sizes, dim=0)': (call) => split(call, 'split_sizes'),
  'tensor_split(input, indices_or_sections=None, dim=0, *, indices=None, sections=None)': tensorSplit,
  'unbind(input, dim=0)': (call) => {
    const size = sizeAt(call);
    if (typeof size !== 'number')
      return call.interpreter.unknown(`How many parts a dimension of size ${size} has is not known.`);
    call.interpreter.spend(size);
    return tuple(Array.from({ length: size }, (_, index) => selected(call, call.dim('dim'), integer(index))));
  },
  'narrow(input, dim, start, length)': narrow,
  'select(input, dim, index)': (call) => selected(call, call.dim('dim'), call.value('index')),
  'index_select(input, dim, index)': (call) =>
    applyOp(call.interpreter, 'index_select', { dim: call.dim('dim') }, call.input, call.tensor('index')),
  'gather(input, dim, index, *, sparse_grad=False)': (call) =>
    applyOp(call.interpreter, 'gather', { dim: call.dim('dim') }, call.input, call.tensor('index')),
  'take(input, index)': (call) => applyOp(call.interpreter, 'take', {}, call.input, call.tensor('index')),
  'take_along_dim(input, indices, dim=None)': takeAlong,
  'scatter|Tensor.scatter_(input, dim, index, src, *, reduce=None, value=None)': scatter,
  'scatter_add|Tensor.scatter_add_(input, dim, index, src)': scatter,
  'scatter_reduce|Tensor.scatter_reduce_(input, dim, index, src, reduce, *, include_self=True)': scatter,
  'index_add|Tensor.index_add_(input, dim, index, source, *, alpha=1)': (call) =>
    indexed(call, call.tensor('source'), { added: call.number('alpha') }),
  'index_copy|Tensor.index_copy_(input, dim, index, source)': (call) => indexed(call, call.tensor('source')),
  'index_fill|Tensor.index_fill_(input, dim, index, value)': (call) => {
    const value = call.value('value');
    return isOperand(value)
      ? indexed(call, scalar(call.interpreter, value, call.input.type.dtype))
      : call.wrong('value', 'Number');
  },
  'torch.hsplit|Tensor.hsplit(input, indices_or_sections)': (call) =>
    splitAt(call, call.input.type.shape.length === 1 ? 0 : 1),
  'torch.vsplit|Tensor.vsplit(input, indices_or_sections)': (call) => splitAt(call, 0),
  'torch.dsplit|Tensor.dsplit(input, indices_or_sections)': (call) => splitAt(call, 2),
  'diff(input, n=1, dim=-1, prepend=None, append=None)': difference,
};

function concat(call: TensorCall, tensors: readonly TensorValue[], dim: number): TensorValue {
  const [first] = tensors;
  if (!first) return call.interpreter.raise('RuntimeError', 'torch.cat(): expected a non-empty list of Tensors');
  const example = tensors.find(({ type }) => type.shape.length !== 1 || type.shape[0] !== 0) ?? first;
  return applyOp(call.interpreter, 'concat', { dim: call.normalDim(dim, example.type.shape.length) }, ...tensors);
}

/** Each gets a new dimension, along which they are put together. */
function stack(call: TensorCall): Value {
  const tensors = call.tensors('tensors');
  const [first] = tensors;
  if (!first) return call.interpreter.raise('RuntimeError', 'stack expects a non-empty TensorList');
  const at = call.dim('dim', first.type.shape.length + 1);
  const other = tensors.find(
    ({ type }) =>
      type.shape.length !== first.type.shape.length ||
      type.shape.some(
        (size, dim) =>
          typeof size === 'number' && typeof first.type.shape[dim] === 'number' && size !== first.type.shape[dim],
      ),
  );
  if (other) {
    const [a, b] = [first, other].map(({ type }) => `(${type.shape.join(', ')})`);
    call.interpreter.refuse(`stack: shapes ${a} and ${b} differ.`);
  }
  return concat(
    call,
    tensors.map((one) => insertOne(call.interpreter, one, at)),
    at,
  );
}

/** Tensors with so many dimensions at least: new ones of size 1 stand in front, or at the end for three. */
function widened(call: TensorCall, rank: number): TensorValue[] {
  return call.tensors('tensors').map((one) => {
    const { shape } = one.type;
    if (shape.length >= rank) return one;
    if (rank < 3) return reshape(call.interpreter, one, [...Array<Dim>(rank - shape.length).fill(1), ...shape]);
    return reshape(call.interpreter, one, shape.length === 2 ? [...shape, 1] : [1, shape[0] ?? 1, 1]);
  });
}

function sizeAt(call: TensorCall): Dim {
  const { shape } = call.input.type;
  if (shape.length === 0)
    call.interpreter.raise('RuntimeError', `${call.name} expects at least a 1-dimensional tensor`);
  return shape[call.dim('dim')] ?? 1;
}

function equalParts(size: number, each: number): number[] {
  const lengths: number[] = [];
  for (let start = 0; start < size; start += each) lengths.push(Math.min(each, size - start));
  return lengths.length > 0 ? lengths : [0];
}

function cut(call: TensorCall, lengths: readonly Dim[], dim = call.dim('dim')): TensorValue[] {
  let start: Dim = 0;
  call.interpreter.spend(lengths.length);
  return lengths.map((length) => {
    const part = applyOp(call.interpreter, 'slice', { dim, start, length }, call.input);
    start = addDims(start, length);
    return part;
  });
}

function split(call: TensorCall, name: string): Value {
  const { interpreter } = call;
  const size = sizeAt(call);
  const sections = call.value(name);
  if (sections.kind === 'integer') {
    if (sections.value === size) return tuple(cut(call, [size]));
    const each = sections.value;
    if (typeof each === 'number' && each <= 0 && size !== 0) {
      interpreter.raise('RuntimeError', `split expects split_size be non-negative, but got split_size=${each}`);
    }
    if (typeof size === 'number' && typeof each === 'number') return tuple(cut(call, equalParts(size, each)));
    const count = divideExactly(size, each);
    if (typeof count === 'number') return tuple(cut(call, Array<Dim>(count).fill(each)));
    return interpreter.unknown(`How many parts of ${each} a dimension of size ${size} has is not known.`);
  }
  const lengths = call.sizes(name);
  const left = subtractDims(
    size,
    lengths.reduce<Dim>((total, length) => addDims(total, length), 0),
  );
  if (left !== 0 && (typeof left === 'number' || signOfDim(left) !== undefined)) {
    interpreter.refuse(
      `split: the sizes ${lengths.join(', ')} do not sum to ${size}, the size of dimension ${call.dim('dim')}.`,
    );
  }
  if (left !== 0) return interpreter.unknown(`Whether the sizes ${lengths.join(', ')} sum to ${size} is not known.`);
  return tuple(cut(call, lengths));
}

/** `hsplit` and its like: whole parts only. */
function splitAt(call: TensorCall, dim: number): Value {
  const size = call.input.type.shape[dim];
  const given = call.value('indices_or_sections');
  if (size === undefined) return call.interpreter.raise('RuntimeError', `${call.name} needs more dimensions`);
  if (given.kind === 'integer' && typeof size === 'number' && size % call.integer('indices_or_sections') !== 0) {
    return call.interpreter.raise('RuntimeError', `${call.name}: a dimension of size ${size} has no such equal parts`);
  }
  return cutAt(call, dim, size);
}

function tensorSplit(call: TensorCall): Value {
  const name = ['indices', 'sections'].find((overload) => call.has(overload));
  return cutAt(call, call.dim('dim'), sizeAt(call), name);
}

/** The first parts are one longer where the size does not divide. */
function cutAt(call: TensorCall, dim: number, size: Dim, name = 'indices_or_sections'): Value {
  const { interpreter } = call;
  const given = call.value(name);
  if (given.kind === 'tensor') return interpreter.unknown("A tensor's values are not known before the model runs.");
  if (given.kind === 'integer') {
    const count = call.integer(name);
    if (count < 1) interpreter.raise('RuntimeError', `number of sections must be larger than 0, got ${count}`);
    if (typeof size !== 'number') {
      const each = divideExactly(size, count);
      return each === undefined
        ? interpreter.unknown(`The parts of a dimension of size ${size} are not known.`)
        : tuple(cut(call, Array<Dim>(count).fill(each), dim));
    }
    const longer = size % count;
    const lengths = Array.from({ length: count }, (_, index) => Math.floor(size / count) + (index < longer ? 1 : 0));
    return tuple(cut(call, lengths, dim));
  }
  if (typeof size !== 'number') return interpreter.unknown(`The parts of a dimension of size ${size} are not known.`);
  const bounds = call.integers(name).map((bound) => Math.min(size, Math.max(0, bound < 0 ? bound + size : bound)));
  const starts = [0, ...bounds];
  return tuple(
    starts.map((start, index) => {
      const length = Math.max(0, (starts[index + 1] ?? size) - start);
      return applyOp(interpreter, 'slice', { dim, start, length }, call.input);
    }),
  );
}

function narrow(call: TensorCall): Value {
  const { interpreter } = call;
  const size = sizeAt(call);
  const [given, length] = [call.size('start'), call.size('length')];
  const start = typeof given === 'number' && given < 0 ? addDims(size, given) : given;
  const left = subtractDims(size, addDims(start, length));
  if (signOfDim(left) === -1 || signOfDim(length) === -1 || signOfDim(start) === -1) {
    interpreter.raise('RuntimeError', `start (${given}) + length (${length}) exceeds dimension size (${size}).`);
  }
  if (signOfDim(addDims(left, 1)) !== 1)
    return interpreter.unknown(`Whether a dimension of size ${size} reaches ${start} + ${length} is not known.`);
  return applyOp(interpreter, 'slice', { dim: call.dim('dim'), start, length }, call.input);
}

function selected(call: TensorCall, dim: number, at: Value): Value {
  const index = tuple([...Array<Value>(dim).fill(everything), at]);
  const found = basicIndex(call.interpreter, call.input, index);
  return found.kind === 'unknown' ? found : found.part;
}

function takeAlong(call: TensorCall): Value {
  const { interpreter, input } = call;
  const indices = call.tensor('indices');
  if (!call.has('dim')) return applyOp(interpreter, 'take', {}, input, reshape(interpreter, indices, [-1]));
  const dim = call.dim('dim');
  if (indices.type.shape.length !== input.type.shape.length) {
    interpreter.raise(
      'RuntimeError',
      'torch.take_along_dim(): input and indices should have the same number of dimensions',
    );
  }
  // All dimensions but that one are broadcast.
  const widen = (one: TensorValue, other: TensorValue): TensorValue => {
    const shape: Shape = one.type.shape.map((size, at) =>
      at !== dim && size === 1 ? (other.type.shape[at] ?? 1) : size,
    );
    return applyOp(interpreter, 'expand', { shape }, one);
  };
  return applyOp(interpreter, 'gather', { dim }, widen(input, indices), widen(indices, input));
}

/** Values put where an index says; the shape stays. */
function scatter(call: TensorCall): Value {
  const { interpreter, input } = call;
  const dim = call.dim('dim');
  const index = call.tensor('index');
  const source = call.value('src');
  checked(interpreter, () => requireIndex(call.name, index.type));
  if (!isOperand(source)) return call.wrong('src', 'Tensor');
  const src = scalar(interpreter, source, input.type.dtype);
  if (src.type.dtype !== input.type.dtype) {
    interpreter.raise(
      'RuntimeError',
      `${call.name}(): Expected self.dtype to be equal to src.dtype (${dtypeName(input.type.dtype)} and ${dtypeName(src.type.dtype)})`,
    );
  }
  const tooLarge = (other: Shape, exceptDim: boolean): boolean =>
    index.type.shape.length !== other.length ||
    index.type.shape.some((size, at) => {
      const limit = other[at];
      return !(exceptDim && at === dim) && typeof size === 'number' && typeof limit === 'number' && size > limit;
    });
  if (tooLarge(input.type.shape, true) || (source.kind === 'tensor' && tooLarge(source.type.shape, false))) {
    interpreter.raise(
      'RuntimeError',
      `Expected index [${index.type.shape.join(', ')}] to be smaller than self [${input.type.shape.join(', ')}] apart from dimension ${dim}`,
    );
  }
  return applyOp(interpreter, 'assign_index', howScattered(call, dim), input, src, index);
}

function howScattered(call: TensorCall, dim: number): Attributes {
  const put: Attributes = { how: 'elements', dims: [dim] };
  if (call.name.includes('scatter_add')) return { ...put, added: 1 };
  const reduce = call.value('reduce');
  if (reduce.kind === 'none') return put;
  const sums = reduce.kind === 'string' && (reduce.value === 'add' || reduce.value === 'sum');
  return sums && (call.name.includes('scatter_reduce') ? call.flag('include_self') : true) ? { ...put, added: 1 } : {};
}

function indexed(call: TensorCall, source: TensorValue, how: Attributes = {}): Value {
  const { interpreter, input } = call;
  const [index, dim] = [call.tensor('index'), call.dim('dim')];
  checked(interpreter, () => requireIndex(call.name, index.type));
  if (index.type.shape.length > 1)
    interpreter.raise('IndexError', `${call.name}(): Index should have dimension 1 or 0`);
  const scalarSource = source.type.shape.length === 0;
  const expected = input.type.shape.map((size, at) => (at === dim ? (index.type.shape[0] ?? 1) : size));
  const differs =
    source.type.shape.length !== expected.length ||
    expected.some(
      (size, at) =>
        typeof size === 'number' && typeof source.type.shape[at] === 'number' && size !== source.type.shape[at],
    );
  if (!scalarSource && differs) {
    interpreter.raise(
      'RuntimeError',
      `${call.name}(): the source has shape [${source.type.shape.join(', ')}], expected [${expected.join(', ')}]`,
    );
  }
  return applyOp(interpreter, 'assign_index', { how: 'rows', dims: [dim], ...how }, input, source, index);
}

/** Each element minus the one before it, n times. */
function difference(call: TensorCall): Value {
  const { interpreter } = call;
  const dim = call.dim('dim');
  const extra = (name: string): TensorValue[] => (call.has(name) ? [call.tensor(name)] : []);
  const all = [...extra('prepend'), call.input, ...extra('append')];
  let result = all.length > 1 ? concat(call, all, dim) : call.input;
  for (let left = call.integer('n'); left > 0; left--) {
    const length = addDims(result.type.shape[dim] ?? 1, -1);
    // A size is at least 1.
    if (signOfDim(addDims(length, 1)) !== 1) return interpreter.unknown('How many differences there are is not known.');
    const [later, earlier] = [1, 0].map((start) => applyOp(interpreter, 'slice', { dim, start, length }, result));
    if (later && earlier)
      result = applyOp(interpreter, later.type.dtype === 'bool' ? 'logical_xor' : 'subtract', {}, later, earlier);
  }
  return result;
}
