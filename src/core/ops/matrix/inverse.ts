import type { OpDefinition } from '../op';
import { matrixFunction, productOf, squareMatrixOp } from './square-matrices';

/** The inverse; infinities and NaN of a singular matrix, where PyTorch raises an error. Source: PyTorch, linalg.inv. */
export const inverse: OpDefinition = squareMatrixOp('inverse', 'matrix', {
  /** −A⁻ᵀ·dy·A⁻ᵀ */
  gradient(context) {
    const { add, node, outputGradient } = context;
    const product = productOf(context, productOf(context, node.id, outputGradient, 'a'), node.id, 'b');
    return [add('scale', { factor: -1 }, [product])];
  },
  pytorch: {
    functions: [
      matrixFunction('inverse', 'torch.inverse', 'torch.Tensor.inverse', 'torch.linalg.inv', 'torch.Tensor.inv'),
    ],
  },
});
