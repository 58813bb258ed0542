import type { GradientContext, OpDefinition } from '../op';
import { callOf, matrixFunction, squareMatrixOp, timesMatrix, transposed } from './square-matrices';

/**
 * The determinant. Its derivatives are the cofactors, so that singular matrices have a gradient too.
 * Source: PyTorch, linalg.det.
 */
export const det: OpDefinition = squareMatrixOp('det', 'number', {
  gradient: (context) => [
    timesMatrix(context, context.outputGradient, context.add('cofactors', {}, context.node.inputs)),
  ],
  pytorch: { functions: [matrixFunction('det', 'torch.det', 'torch.Tensor.det', 'torch.linalg.det')] },
  onnx: 'Det',
});

/** The cofactors of each matrix: what remains of it without row i and column j has the determinant ± cofactor (i, j). */
export const cofactors: OpDefinition = squareMatrixOp('cofactors', 'matrix', {});

/** The logarithm of the determinant: −∞ of 0, NaN below. Source: PyTorch, logdet. */
export const logdet: OpDefinition = squareMatrixOp('logdet', 'number', {
  gradient: (context) => [ofLogarithm(context)],
  pytorch: { functions: [matrixFunction('logdet', 'torch.logdet', 'torch.Tensor.logdet')] },
});

/** The determinant's sign: −1, 0 or 1. */
export const slogdetSign: OpDefinition = squareMatrixOp('slogdet_sign', 'number', {
  title: 'slogdet, sign',
  gradient: () => [undefined],
});

/** The logarithm of the determinant's absolute value. Source: PyTorch, linalg.slogdet. */
export const slogdetLog: OpDefinition = squareMatrixOp('slogdet_log', 'number', {
  title: 'slogdet',
  gradient: (context) => [ofLogarithm(context)],
  pytorch: {
    functions: [
      {
        names: ['torch.slogdet', 'torch.Tensor.slogdet', 'torch.linalg.slogdet'],
        signature: 'input',
        build: (args) => [callOf('slogdet_sign', args), callOf('slogdet_log', args)],
      },
    ],
  },
});

/** d log |det A| = tr(A⁻¹·dA): the inverse's transpose. */
function ofLogarithm(context: GradientContext) {
  const inverse = context.add('inverse', {}, context.node.inputs);
  return timesMatrix(context, context.outputGradient, transposed(context, inverse));
}
