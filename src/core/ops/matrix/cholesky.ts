import type { OpDefinition } from '../op';
import { callOf, productOf, squareMatrixOp, transposed } from './square-matrices';

export type CholeskyAttributes = {
  /** The factor is the upper one: A = Uᵀ·U. */
  readonly upper: boolean;
};

/**
 * The lower triangular L with A = L·Lᵀ, of the lower half of A; NaN where A is not positive definite, for which PyTorch
 * raises an error. Source: PyTorch, linalg.cholesky.
 */
export const cholesky: OpDefinition<CholeskyAttributes> = squareMatrixOp<CholeskyAttributes>('cholesky', 'matrix', {
  lower(context) {
    const { add, attrs, node } = context;
    const [matrix = 0] = node.inputs;
    const lower = { upper: false };
    if (!attrs.upper) return add('cholesky', lower, [matrix]);
    return transposed(context, add('cholesky', lower, [transposed(context, matrix)]));
  },
  /**
   * L⁻ᵀ·S·L⁻¹ with S = (Φ + Φᵀ)/2, Φ the lower half of Lᵀ·dL: symmetric, as A is.
   * Source: Murray, "Differentiation of the Cholesky decomposition", 2016.
   */
  gradient(context) {
    const { add, node, outputGradient } = context;
    const phi = productOf(context, node.id, outputGradient, 'a');
    const halves = [add('tril', { diagonal: 0 }, [phi]), transposed(context, add('tril', { diagonal: -1 }, [phi]))];
    const symmetric = add('scale', { factor: 0.5 }, [add('add', {}, halves)]);
    const inverse = add('inverse', {}, [node.id]);
    return [productOf(context, productOf(context, inverse, symmetric, 'a'), inverse)];
  },
  pytorch: {
    functions: [
      {
        names: ['torch.cholesky', 'torch.Tensor.cholesky'],
        signature: 'input, upper=False',
        build: (args) => callOf('cholesky', args, { upper: args.boolean('upper') }),
      },
      {
        names: ['torch.linalg.cholesky'],
        signature: 'input, *, upper=False',
        build: (args) => callOf('cholesky', args, { upper: args.boolean('upper') }),
      },
    ],
  },
});
