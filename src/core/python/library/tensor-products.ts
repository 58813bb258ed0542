import { formatShape, productOfDims } from '../../graph/dim';
import type { Attributes } from '../../graph/graph';
import { requireEqualSizes } from '../../ops/arithmetic/broadcast';
import { tuple, type TensorValue, type Value } from '../runtime/values';
import { binaryOp, isOperand } from './tensor-arithmetic';
import { applyOp, checked } from './tensor-calls';
import type { TensorCall, TensorFunctions } from './tensor-function';
import { reshape } from './tensor-shapes';

/** Products of matrices and vectors. */
export const productFunctions: TensorFunctions = {
  'matmul(input, other)': (call) => product(call, call.input, call.tensor('other')),
  'mm(input, mat2)': (call) => ofRanks(call, call.input, 2, call.tensor('mat2'), 2),
  'bmm(input, mat2)': (call) => batched(call, call.input, call.tensor('mat2')),
  'mv(input, vec)': (call) => ofRanks(call, call.input, 2, call.tensor('vec'), 1),
  'dot|vdot|inner(input, other)': (call) => dot(call),
  'outer|ger(input, vec2)': (call) => {
    const [a, b] = [call.input, call.tensor('vec2')];
    requireRank(call, a, 1);
    requireRank(call, b, 1);
    const column = reshape(call.interpreter, a, [a.type.shape[0] ?? 1, 1]);
    return binaryOp(call.interpreter, 'multiply', column, b);
  },
  'addmm|Tensor.addmm_(input, mat1, mat2, *, beta=1, alpha=1)': (call) =>
    added(call, ofRanks(call, call.tensor('mat1'), 2, call.tensor('mat2'), 2)),
  'addmv|Tensor.addmv_(input, mat, vec, *, beta=1, alpha=1)': (call) =>
    added(call, ofRanks(call, call.tensor('mat'), 2, call.tensor('vec'), 1)),
  'baddbmm|Tensor.baddbmm_(input, batch1, batch2, *, beta=1, alpha=1)': (call) =>
    added(call, batched(call, call.tensor('batch1'), call.tensor('batch2'))),
  'addbmm(input, batch1, batch2, *, beta=1, alpha=1)': (call) => {
    const products = batched(call, call.tensor('batch1'), call.tensor('batch2'));
    return added(call, applyOp(call.interpreter, 'sum', { dims: [0], keepDims: false }, products));
  },
  'torch.einsum(equation, *operands)': (call) => {
    if (call.value('equation').kind !== 'string')
      return call.interpreter.unknown('einsum without an equation is not supported yet.');
    const tensors = call.tensors('operands');
    if (tensors.length === 0) call.interpreter.raise('RuntimeError', 'einsum(): must provide at least one operand');
    return applyOp(call.interpreter, 'einsum', { equation: call.text('equation') }, ...tensors);
  },
  'torch.tensordot(a, b, dims=2)': tensordot,
  'kron(input, other)': (call) => applyOp(call.interpreter, 'kron', {}, call.input, call.tensor('other')),
  "torch.cdist(x1, x2, p=2.0, compute_mode='use_mm_for_euclid_dist_if_necessary')": (call) =>
    applyOp(call.interpreter, 'cdist', exponent(call.value('p')), call.tensor('x1'), call.tensor('x2')),
  'cross(input, other, dim=None)': (call) => {
    const shape = binaryOp(call.interpreter, 'multiply', call.input, call.tensor('other'));
    const dim = call.has('dim') ? call.dim('dim') : shape.type.shape.indexOf(3);
    if (shape.type.shape[dim] !== 3)
      return call.interpreter.refuse('cross: the dimension of the vectors must be of size 3.');
    // (a₁·b₂ − a₂·b₁, …): the components of one vector moved on by one place, of the other by two.
    const moved = (value: TensorValue, shift: number): TensorValue =>
      applyOp(
        call.interpreter,
        'roll',
        { dims: [dim + value.type.shape.length - shape.type.shape.length], shifts: [shift] },
        value,
      );
    const [a, b] = [call.input, call.tensor('other')];
    const products = (first: number, second: number): TensorValue =>
      binaryOp(call.interpreter, 'multiply', moved(a, first), moved(b, second));
    return binaryOp(call.interpreter, 'subtract', products(-1, -2), products(-2, -1));
  },
};

/** Of a distance, kept where it is not 2. */
function exponent(value: Value): Attributes {
  const p = value.kind === 'integer' || value.kind === 'float' ? value.value : 2;
  if (p === 2 || typeof p !== 'number') return {};
  return { p: Number.isFinite(p) ? p : 'inf' };
}

function product(call: TensorCall, a: TensorValue, b: TensorValue): TensorValue {
  return applyOp(call.interpreter, 'matmul', {}, a, b);
}

function requireRank(call: TensorCall, value: TensorValue, rank: number): void {
  const { shape } = value.type;
  if (shape.length !== rank) {
    call.interpreter.refuse(
      `${call.name} expects tensors of ${rank} dimensions here, got shape ${formatShape(shape)}.`,
    );
  }
}

function ofRanks(call: TensorCall, a: TensorValue, rankOfA: number, b: TensorValue, rankOfB: number): TensorValue {
  requireRank(call, a, rankOfA);
  requireRank(call, b, rankOfB);
  return product(call, a, b);
}

/** Matrices of a batch, which is not broadcast. */
function batched(call: TensorCall, a: TensorValue, b: TensorValue): TensorValue {
  requireRank(call, a, 3);
  requireRank(call, b, 3);
  const [left, right] = [a.type.shape[0] ?? 1, b.type.shape[0] ?? 1];
  checked(call.interpreter, () => {
    requireEqualSizes(
      call.name,
      left,
      right,
      () => `${call.name}: batches of ${left} and ${right} matrices do not fit together.`,
    );
  });
  return product(call, a, b);
}

function dot(call: TensorCall): Value {
  const [a, b] = [call.input, call.tensor('other')];
  if (call.name !== 'inner') return ofRanks(call, a, 1, b, 1);
  const { interpreter } = call;
  if (a.type.shape.length === 0 || b.type.shape.length === 0) return binaryOp(interpreter, 'multiply', a, b);
  return contract(call, a, b, [a.type.shape.length - 1], [b.type.shape.length - 1]);
}

/** beta · input + alpha · product. */
function added(call: TensorCall, result: TensorValue): TensorValue {
  const { interpreter } = call;
  const scaled = (value: TensorValue, name: string): TensorValue => {
    const factor = call.value(name);
    if (!isOperand(factor)) return call.wrong(name, 'Number');
    return factor.kind === 'integer' && factor.value === 1 ? value : binaryOp(interpreter, 'multiply', value, factor);
  };
  const sum = binaryOp(interpreter, 'add', scaled(call.input, 'beta'), scaled(result, 'alpha'));
  if (sum.type.shape.length !== result.type.shape.length) {
    interpreter.refuse(
      `${call.name}: a tensor of shape ${formatShape(call.input.type.shape)} cannot be added to a product of shape ${formatShape(result.type.shape)}.`,
    );
  }
  return sum;
}

/** The last `dims` dimensions of a with the first ones of b, or those that two lists name. Source: PyTorch, tensordot. */
function tensordot(call: TensorCall): Value {
  const [a, b] = [call.tensor('a'), call.tensor('b')];
  const [rankOfA, rankOfB] = [a.type.shape.length, b.type.shape.length];
  const dims = call.value('dims');
  if (dims.kind === 'tensor') return call.interpreter.unknown("A tensor's values are not known before the model runs.");
  if (dims.kind === 'integer') {
    const count = call.integer('dims');
    if (count < 0 || count > rankOfA || count > rankOfB) {
      call.interpreter.raise(
        'RuntimeError',
        `tensordot expects dims >= 0 and not more than the tensors have, but got dims=${count}`,
      );
    }
    const order = Array.from({ length: count }, (_, index) => index);
    return contract(
      call,
      a,
      b,
      order.map((index) => rankOfA - count + index),
      order,
    );
  }
  const [left = tuple([]), right = tuple([])] = call.interpreter.iterate(dims);
  const numbers = (value: Value, rank: number): number[] =>
    (value.kind === 'integer' ? [value] : call.interpreter.iterate(value)).map((item) => {
      if (item.kind !== 'integer' || typeof item.value !== 'number') return call.wrong('dims', 'ints');
      return call.normalDim(item.value, rank);
    });
  return contract(call, a, b, numbers(left, rankOfA), numbers(right, rankOfB));
}

function contract(
  call: TensorCall,
  a: TensorValue,
  b: TensorValue,
  dimsOfA: readonly number[],
  dimsOfB: readonly number[],
): TensorValue {
  const { interpreter } = call;
  if (dimsOfA.length !== dimsOfB.length) {
    interpreter.raise('RuntimeError', 'both dimension lists should have same length');
  }
  checked(interpreter, () => {
    dimsOfA.forEach((dim, index) => {
      const [left, right] = [a.type.shape[dim] ?? 1, b.type.shape[dimsOfB[index] ?? 0] ?? 1];
      requireEqualSizes(
        call.name,
        left,
        right,
        () =>
          `${call.name}: sizes ${left} and ${right} of shapes ${formatShape(a.type.shape)} and ${formatShape(b.type.shape)} do not fit together.`,
      );
    });
  });
  const freeOfA = a.type.shape.map((_, dim) => dim).filter((dim) => !dimsOfA.includes(dim));
  const freeOfB = b.type.shape.map((_, dim) => dim).filter((dim) => !dimsOfB.includes(dim));
  const ordered = (value: TensorValue, order: readonly number[]): TensorValue =>
    order.every((dim, index) => dim === index) ? value : applyOp(interpreter, 'permute', { order }, value);
  const sizes = (value: TensorValue, dims: readonly number[]) => dims.map((dim) => value.type.shape[dim] ?? 1);
  const inner = productOfDims(sizes(a, dimsOfA));
  const rows = reshape(interpreter, ordered(a, [...freeOfA, ...dimsOfA]), [productOfDims(sizes(a, freeOfA)), inner]);
  const columns = reshape(interpreter, ordered(b, [...dimsOfB, ...freeOfB]), [inner, productOfDims(sizes(b, freeOfB))]);
  return reshape(interpreter, product(call, rows, columns), [...sizes(a, freeOfA), ...sizes(b, freeOfB)]);
}
