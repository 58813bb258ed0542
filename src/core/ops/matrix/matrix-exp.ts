import type { OpDefinition } from '../op';
import { dimAt } from '../shapes';
import { matrixFunction, squareMatrixOp, transposed } from './square-matrices';

/** Σ Aᵏ/k!. Source: PyTorch, linalg.matrix_exp. */
export const matrixExp: OpDefinition = squareMatrixOp('matrix_exp', 'matrix', {
  /**
   * The upper right block of exp [[Aᵀ, dy], [0, Aᵀ]].
   * Source: Mathias, "A chain rule for matrix functions", 1996.
   */
  gradient(context) {
    const { add, node, outputGradient, typeOf } = context;
    const [matrix = 0] = node.inputs;
    const { shape } = typeOf(matrix);
    const [rows, columns, size] = [shape.length - 2, shape.length - 1, dimAt(shape, -1)];
    const flipped = transposed(context, matrix);
    const zeros = add('expand', { shape: [...shape] }, [add('constant', { value: 0, shape: [] }, [])]);
    const upper = add('concat', { dim: columns }, [flipped, outputGradient]);
    const lower = add('concat', { dim: columns }, [zeros, flipped]);
    const blocks = add('matrix_exp', {}, [add('concat', { dim: rows }, [upper, lower])]);
    const right = add('slice', { dim: columns, start: size, length: size }, [blocks]);
    return [add('slice', { dim: rows, start: 0, length: size }, [right])];
  },
  pytorch: {
    functions: [matrixFunction('matrix_exp', 'torch.matrix_exp', 'torch.Tensor.matrix_exp', 'torch.linalg.matrix_exp')],
  },
});
