import type { OpFamily } from '../encoder';
import { squareMatrixEncoders } from './square-matrices';
import { encodeLinear, encodeLinearGradInput, encodeLinearGradWeight, encodeMatrixProduct } from './products';

export const matrixEncoders: OpFamily = {
  elements: {},
  kernels: {
    ...squareMatrixEncoders,
    linear: encodeLinear,
    linear_grad_input: encodeLinearGradInput,
    linear_grad_weight: encodeLinearGradWeight,
    matrix_product: encodeMatrixProduct,
  },
};
