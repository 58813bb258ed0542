import type { Encoder } from '../encoder';
import { encodeConv2d, encodeConv2dGradInput } from './conv2d';
import { encodeConv2dGradWeight } from './conv2d-grad-weight';

export const convolutionEncoders: Readonly<Record<string, Encoder>> = {
  conv2d: encodeConv2d,
  conv2d_grad_input: encodeConv2dGradInput,
  conv2d_grad_weight: encodeConv2dGradWeight,
};
