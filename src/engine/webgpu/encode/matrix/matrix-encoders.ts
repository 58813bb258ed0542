import type { OpFamily } from '../encoder';
import { encodeLinear, encodeLinearGradInput, encodeLinearGradWeight, encodeMatrixProduct } from './products';

export const matrixEncoders: OpFamily = {
  elements: {},
  kernels: {
    linear: encodeLinear,
    linear_grad_input: encodeLinearGradInput,
    linear_grad_weight: encodeLinearGradWeight,
    matrix_product: encodeMatrixProduct,
  },
};
