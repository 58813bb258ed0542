import type { Encoder } from '../encoder';
import { encodeLinear, encodeLinearGradInput, encodeLinearGradWeight } from './linear';
import { encodeMatrixProduct } from './product';

export const matrixEncoders: Readonly<Record<string, Encoder>> = {
  linear: encodeLinear,
  linear_grad_input: encodeLinearGradInput,
  linear_grad_weight: encodeLinearGradWeight,
  matrix_product: encodeMatrixProduct,
};
