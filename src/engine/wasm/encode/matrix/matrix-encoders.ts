import type { Encoder } from '../encoder';
import { encodeLinear, encodeLinearGradInput, encodeLinearGradWeight } from './linear';
import { encodeMatrixProduct } from './product';
import { squareMatrixEncoder } from './square-matrices';

export const matrixEncoders: Readonly<Record<string, Encoder>> = {
  cholesky: squareMatrixEncoder('cholesky', { matrices: 1 }),
  cofactors: squareMatrixEncoder('cofactors', { matrices: 2, indices: 2 }),
  det: determinant(0),
  inverse: squareMatrixEncoder('inverse', { matrices: 2, indices: 1 }),
  linear: encodeLinear,
  linear_grad_input: encodeLinearGradInput,
  linear_grad_weight: encodeLinearGradWeight,
  logdet: determinant(1),
  matrix_exp: squareMatrixEncoder('matrix_exp', { matrices: 6 }),
  matrix_product: encodeMatrixProduct,
  slogdet_log: determinant(3),
  slogdet_sign: determinant(2),
};

/** `what`: as in `kernels/determinants.ts`. */
function determinant(what: number): Encoder {
  return squareMatrixEncoder('determinants', { matrices: 1, indices: 1, more: [what] });
}
