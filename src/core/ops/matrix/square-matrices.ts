import { dimsEqual, formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { Attributes, NodeId, TensorType } from '../../graph/graph';
import { dtypeName, isFloating } from '../arithmetic/promote';
import type { Arguments } from '../arguments';
import { OpError, type CallBlueprint, type FunctionBinding, type NodeAdder, type OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';

/** What functions of square matrices `[…, n, n]` share: their result is a number `[…]`, or a matrix of the same shape. */
export function squareMatrixOp<A extends Attributes>(
  name: string,
  result: 'number' | 'matrix',
  more: Partial<OpDefinition<A>>,
): OpDefinition<A> {
  return {
    name,
    title: name,
    inferType(inputs) {
      const input = inputAt(inputs, 0);
      requireSquare(name, input);
      return result === 'matrix' ? input : { shape: input.shape.slice(0, -2), dtype: input.dtype };
    },
    // n³ for each matrix: the order of what factoring one takes.
    flops: (inputs) => multiplyDims(productOfDims(inputAt(inputs, 0).shape), dimAt(inputAt(inputs, 0).shape, -1)),
    receptiveField(inputs) {
      const rank = inputAt(inputs, 0).shape.length;
      const dims = [rank - 2, rank - 1];
      return result === 'matrix' ? { kind: 'mixes', dims } : { kind: 'reduces', dims, keepDims: false };
    },
    ...more,
  };
}

/** A function of one matrix, under these names. */
export function matrixFunction(op: string, ...names: readonly string[]): FunctionBinding {
  return { names, signature: 'input', build: (args) => callOf(op, args) };
}

export function callOf(op: string, args: Arguments, attrs: Attributes = {}): CallBlueprint {
  return { op, attrs, inputs: [args.tensor('input').id] };
}

/** dx = dy·matrix: a number for each matrix, times that matrix. */
export function timesMatrix({ add, typeOf }: NodeAdder, numbers: NodeId, matrix: NodeId): NodeId {
  const { shape } = typeOf(matrix);
  const column = add('reshape', { shape: [...shape.slice(0, -2), 1, 1] }, [numbers]);
  return add('multiply', {}, [add('expand', { shape: [...shape] }, [column]), matrix]);
}

/** The last two dimensions in the other order. */
export function transposed({ add, typeOf }: NodeAdder, matrix: NodeId): NodeId {
  const rank = typeOf(matrix).shape.length;
  const order = Array.from({ length: rank }, (_, dim) => (dim < rank - 2 ? dim : 2 * rank - 3 - dim));
  return add('permute', { order }, [matrix]);
}

/** a·b for each pair of matrices, the ones named taken as their transpose. */
export function productOf({ add }: NodeAdder, a: NodeId, b: NodeId, flip: 'none' | 'a' | 'b' = 'none'): NodeId {
  return add('matrix_product', { transposeA: flip === 'a', transposeB: flip === 'b' }, [a, b]);
}

function requireSquare(name: string, { shape, dtype }: TensorType): void {
  if (shape.length < 2 || dimsEqual(dimAt(shape, -1), dimAt(shape, -2)) === false) {
    throw new OpError(`${name} expects square matrices, got shape ${formatShape(shape)}.`);
  }
  if (!isFloating(dtype)) throw new OpError(`${name} does not take a tensor of ${dtypeName(dtype)}.`);
}
