import type { Encoder } from '../encoder';
import { encodeLinear, encodeLinearGradInput, encodeLinearGradWeight } from './linear';

export const matrixEncoders: Readonly<Record<string, Encoder>> = {
  linear: encodeLinear,
  linear_grad_input: encodeLinearGradInput,
  linear_grad_weight: encodeLinearGradWeight,
};
