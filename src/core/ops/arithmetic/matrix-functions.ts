import { dimsEqual, formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { TensorType } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';
import { dtypeName, isFloating } from './promote';

/**
 * Functions of square matrices `[…, n, n]`: their determinant `[…]`, or a matrix of the same shape. n³ operations are
 * counted for each matrix, the order of what factoring one takes.
 */
export const matrixFunctions: readonly OpDefinition[] = [
  ofMatrix('det', 'number'),
  ofMatrix('logdet', 'number'),
  ofMatrix('inverse', 'matrix'),
  ofMatrix('matrix_exp', 'matrix'),
  ofMatrix('cholesky', 'matrix'),
];

function ofMatrix(name: string, result: 'number' | 'matrix'): OpDefinition {
  return {
    name,
    title: name,
    inferType(inputs) {
      const input = inputAt(inputs, 0);
      requireSquare(name, input);
      return result === 'matrix' ? input : { shape: input.shape.slice(0, -2), dtype: input.dtype };
    },
    flops: (inputs) => multiplyDims(productOfDims(inputAt(inputs, 0).shape), dimAt(inputAt(inputs, 0).shape, -1)),
    receptiveField(inputs) {
      const rank = inputAt(inputs, 0).shape.length;
      const dims = [rank - 2, rank - 1];
      return result === 'matrix' ? { kind: 'mixes', dims } : { kind: 'reduces', dims, keepDims: false };
    },
    pytorch: {
      functions: [
        {
          names: [`torch.${name}`, `torch.Tensor.${name}`],
          signature: 'input',
          build: (args) => ({ op: name, attrs: {}, inputs: [args.tensor('input').id] }),
        },
      ],
    },
  };
}

function requireSquare(name: string, { shape, dtype }: TensorType): void {
  if (shape.length < 2 || dimsEqual(dimAt(shape, -1), dimAt(shape, -2)) === false) {
    throw new OpError(`${name} expects square matrices, got shape ${formatShape(shape)}.`);
  }
  if (!isFloating(dtype)) throw new OpError(`${name} does not take a tensor of ${dtypeName(dtype)}.`);
}
