import type { Dim } from '../../graph/dim';
import type { Shape } from '../../graph/graph';
import { broadcastShapes } from '../../ops/arithmetic/broadcast';
import { tuple, type TensorValue, type Value } from '../runtime/values';
import { applyOp, checked } from './tensor-calls';
import type { TensorCall, TensorFunctions } from './tensor-function';
import type { Interpreter } from '../runtime/interpreter';
import { alwaysView } from './tensor-views';

/** The same elements under another shape, in another order, or several times. */
export const shapeFunctions: TensorFunctions = {
  'Tensor.view(input, *shape)': (call) => {
    const [only] = tupleItems(call.value('shape'));
    if (only?.kind === 'opaque') return call.interpreter.unknown('view of another dtype is not supported yet.');
    return alwaysView(call.interpreter, call.input, call.sizes('shape'));
  },
  'Tensor.reshape(input, *shape)': (call) => reshape(call.interpreter, call.input, call.sizes('shape')),
  'torch.reshape(input, shape)': (call) => reshape(call.interpreter, call.input, call.sizes('shape')),
  'Tensor.view_as(input, other)': (call) => alwaysView(call.interpreter, call.input, call.tensor('other').type.shape),
  'Tensor.reshape_as(input, other)': (call) => reshape(call.interpreter, call.input, call.tensor('other').type.shape),
  'ravel(input)': (call) => reshape(call.interpreter, call.input, [-1]),
  'squeeze(input, dim=None)': squeeze,
  'unsqueeze(input, dim)': (call) => {
    const at = call.dim('dim', shapeOf(call).length + 1);
    return insertOne(call.interpreter, call.input, at);
  },
  'Tensor.permute(input, *dims)': (call) => permute(call, call.input, call.integers('dims')),
  'torch.permute(input, dims)': (call) => permute(call, call.input, call.integers('dims')),
  'transpose|swapaxes|swapdims(input, dim0, dim1)': (call) =>
    swap(call, call.input, call.dim('dim0'), call.dim('dim1')),
  't(input)': (call) => {
    const rank = shapeOf(call).length;
    if (rank > 2) {
      call.interpreter.raise('RuntimeError', `t() expects a tensor with <= 2 dimensions, but self is ${rank}D`);
    }
    return rank === 2 ? swap(call, call.input, 0, 1) : call.input;
  },
  'adjoint(input)': (call) =>
    swap(call, call.input, call.normalDim(-2, shapeOf(call).length), shapeOf(call).length - 1),
  'movedim|moveaxis(input, source, destination)': moveDims,
  'Tensor.expand(input, *size, implicit=False)': (call) => expandTo(call, call.sizes('size')),
  'broadcast_to(input, size)': (call) => expandTo(call, call.sizes('size')),
  'Tensor.expand_as(input, other)': (call) => expandTo(call, call.tensor('other').type.shape),
  'torch.broadcast_tensors(*tensors)': (call) => {
    const tensors = call.tensors('tensors');
    const shape = checked(call.interpreter, () =>
      broadcastShapes('broadcast_tensors', ...tensors.map((one) => one.type.shape)),
    );
    return tuple(tensors.map((one) => applyOp(call.interpreter, 'expand', { shape }, one)));
  },
  'Tensor.repeat(input, *repeats)': (call) => repeat(call, call.sizes('repeats')),
  'Tensor.tile(input, *dims)': (call) => tile(call, call.sizes('dims')),
  'torch.tile(input, dims)': (call) => tile(call, call.sizes('dims')),
  'repeat_interleave(input, repeats, dim=None, *, output_size=None)': repeatInterleave,
  'flip(input, *dims)': (call) => applyOp(call.interpreter, 'flip', { dims: call.dims('dims') }, call.input),
  'fliplr(input)': (call) =>
    applyOp(call.interpreter, 'flip', { dims: [call.normalDim(1, shapeOf(call).length)] }, call.input),
  'flipud(input)': (call) =>
    applyOp(call.interpreter, 'flip', { dims: [call.normalDim(0, shapeOf(call).length)] }, call.input),
  'roll(input, shifts, dims=None)': roll,
  'rot90(input, k=1, dims=(0,1))': rotate,
  'tril|Tensor.tril_(input, diagonal=0)': (call) =>
    applyOp(call.interpreter, 'tril', { diagonal: call.integer('diagonal') }, call.input),
  'triu|Tensor.triu_(input, diagonal=0)': (call) =>
    applyOp(call.interpreter, 'triu', { diagonal: call.integer('diagonal') }, call.input),
  'diagonal(input, offset=0, dim1=0, dim2=1)': (call) =>
    applyOp(
      call.interpreter,
      'diagonal',
      { offset: call.integer('offset'), dim1: call.dim('dim1'), dim2: call.dim('dim2') },
      call.input,
    ),
  'diag(input, diagonal=0)': (call) => {
    const { interpreter, input } = call;
    const rank = shapeOf(call).length;
    const attrs = { offset: call.integer('diagonal'), dim1: 0, dim2: 1 };
    if (rank === 1) return applyOp(interpreter, 'diag_embed', attrs, input);
    if (rank !== 2) interpreter.raise('RuntimeError', 'diag(): Supports 1D or 2D tensors.');
    return applyOp(interpreter, 'diagonal', attrs, input);
  },
  'diag_embed(input, offset=0, dim1=-2, dim2=-1)': (call) => {
    const rank = shapeOf(call).length + 1;
    const attrs = { offset: call.integer('offset'), dim1: call.dim('dim1', rank), dim2: call.dim('dim2', rank) };
    return applyOp(call.interpreter, 'diag_embed', attrs, call.input);
  },
  'Tensor.unfold(input, dimension, size, step)': (call) =>
    applyOp(
      call.interpreter,
      'unfold_dimension',
      { dim: call.dim('dimension'), size: call.integer('size'), step: call.integer('step') },
      call.input,
    ),
  'atleast_1d(*tensors)': (call) => atLeast(call, 1),
  'atleast_2d(*tensors)': (call) => atLeast(call, 2),
  'atleast_3d(*tensors)': (call) => atLeast(call, 3),
};

function shapeOf(call: TensorCall): Shape {
  return call.input.type.shape;
}

function tupleItems(value: Value): readonly Value[] {
  return value.kind === 'tuple' ? value.items : [value];
}

export function reshape(interpreter: Interpreter, input: TensorValue, shape: readonly Dim[]): TensorValue {
  return applyOp(interpreter, 'reshape', { shape: [...shape] }, input);
}

/** A new dimension of size 1 at that place. */
export function insertOne(interpreter: Interpreter, input: TensorValue, at: number): TensorValue {
  const { shape } = input.type;
  return alwaysView(interpreter, input, [...shape.slice(0, at), 1, ...shape.slice(at)]);
}

/** A size that is not known is taken to be more than 1. */
function squeeze(call: TensorCall): Value {
  const shape = shapeOf(call);
  const dims = call.has('dim') && shape.length > 0 ? call.dims('dim') : shape.map((_, dim) => dim);
  if (call.has('dim') && shape.length === 0) call.dim('dim');
  const kept = shape.filter((size, dim) => size !== 1 || !dims.includes(dim));
  return kept.length === shape.length ? call.input : alwaysView(call.interpreter, call.input, kept);
}

function permute(call: TensorCall, input: TensorValue, dims: readonly number[]): TensorValue {
  const rank = input.type.shape.length;
  if (dims.length !== rank) {
    call.interpreter.raise(
      'RuntimeError',
      `permute(dims): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions (${rank} and ${dims.length})`,
    );
  }
  return applyOp(call.interpreter, 'permute', { order: dims.map((dim) => call.normalDim(dim, rank)) }, input);
}

function swap(call: TensorCall, input: TensorValue, a: number, b: number): TensorValue {
  const order = input.type.shape.map((_, dim) => (dim === a ? b : dim === b ? a : dim));
  return order.length === 0 ? input : applyOp(call.interpreter, 'permute', { order }, input);
}

function moveDims(call: TensorCall): Value {
  const { interpreter } = call;
  const rank = shapeOf(call).length;
  const from = call.integers('source').map((dim) => call.normalDim(dim, rank));
  const to = call.integers('destination').map((dim) => call.normalDim(dim, rank));
  if (from.length !== to.length || new Set(from).size < from.length || new Set(to).size < to.length) {
    interpreter.raise('RuntimeError', 'movedim: source and destination must name as many different dimensions');
  }
  const rest = shapeOf(call)
    .map((_, dim) => dim)
    .filter((dim) => !from.includes(dim));
  const order = shapeOf(call).map((_, dim) => {
    const moved = from[to.indexOf(dim)];
    return moved ?? rest.shift() ?? 0;
  });
  return applyOp(interpreter, 'permute', { order }, call.input);
}

/** −1 keeps a size; new dimensions stand in front. */
function expandTo(call: TensorCall, wanted: readonly Dim[]): TensorValue {
  const shape = shapeOf(call);
  const added = wanted.length - shape.length;
  const sizes = wanted.map((size, dim) => {
    if (size !== -1) return size;
    return (
      shape[dim - added] ??
      call.interpreter.refuse(`${call.name}: the new dimension ${dim} has no size that -1 could keep.`)
    );
  });
  return applyOp(call.interpreter, 'expand', { shape: sizes }, call.input);
}

function repeat(call: TensorCall, repeats: readonly Dim[]): TensorValue {
  return applyOp(call.interpreter, 'repeat', { repeats: [...repeats] }, call.input);
}

/** Like repeat, but missing counts in front are 1. */
function tile(call: TensorCall, dims: readonly Dim[]): TensorValue {
  const missing = Math.max(0, shapeOf(call).length - dims.length);
  return repeat(call, [...Array<Dim>(missing).fill(1), ...dims]);
}

function repeatInterleave(call: TensorCall): Value {
  const { interpreter, input } = call;
  const repeats = call.value('repeats');
  if (repeats.kind === 'tensor' || repeats.kind === 'list' || repeats.kind === 'tuple') {
    return interpreter.unknown('How often repeat_interleave repeats is not known before the model runs.');
  }
  const flat = call.has('dim') ? input : reshape(interpreter, input, [-1]);
  const dim = call.has('dim') ? call.dim('dim') : 0;
  return applyOp(interpreter, 'repeat_interleave', { repeats: call.integer('repeats'), dim }, flat);
}

/** Without dimensions the flattened tensor is rolled. */
function roll(call: TensorCall): Value {
  const { interpreter, input } = call;
  const shifts = call.integers('shifts');
  if (!call.has('dims')) {
    if (shifts.length !== 1) interpreter.raise('RuntimeError', 'roll: shifts and dimensions must align');
    const dims = shapeOf(call).map((_, dim) => dim);
    return applyOp(interpreter, 'roll', { dims, shifts: [...shifts] }, input);
  }
  const dims = call.integers('dims').map((dim) => call.normalDim(dim, shapeOf(call).length));
  if (shifts.length !== dims.length) {
    interpreter.raise(
      'RuntimeError',
      `shifts and dimensions must align. shifts: ${shifts.length}, dims:${dims.length}`,
    );
  }
  return applyOp(interpreter, 'roll', { dims, shifts: [...shifts] }, input);
}

function rotate(call: TensorCall): Value {
  const { interpreter, input } = call;
  const rank = shapeOf(call).length;
  const [first, second, ...more] = call.integers('dims').map((dim) => call.normalDim(dim, rank));
  if (first === undefined || second === undefined || more.length > 0 || first === second) {
    return interpreter.raise('RuntimeError', 'rot90 expects two different dimensions');
  }
  const turns = ((call.integer('k') % 4) + 4) % 4;
  if (turns === 0) return input;
  const flipped = applyOp(
    interpreter,
    'flip',
    { dims: turns === 2 ? [first, second] : [turns === 1 ? second : first] },
    input,
  );
  return turns === 2 ? flipped : swap(call, flipped, first, second);
}

function atLeast(call: TensorCall, rank: number): Value {
  const given = call.value('tensors');
  const [only] = tupleItems(given);
  const several = tupleItems(given).length > 1 || only?.kind === 'tuple' || only?.kind === 'list';
  const grown = call.tensors('tensors').map((one) => {
    const { shape } = one.type;
    const missing = rank - shape.length;
    if (missing <= 0) return one;
    const before = rank === 3 && shape.length > 0 ? (shape.length === 1 ? 1 : 0) : rank === 3 ? 1 : missing;
    const after = Math.max(0, missing - before);
    return reshape(call.interpreter, one, [...Array<Dim>(before).fill(1), ...shape, ...Array<Dim>(after).fill(1)]);
  });
  return several ? tuple(grown) : (grown[0] ?? tuple([]));
}
