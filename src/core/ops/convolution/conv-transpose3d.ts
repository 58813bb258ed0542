import type { OpDefinition } from '../op';
import { transposedConvolution, type TransposedConvolutionAttributes } from './transposed-convolution';
import { transposedBindings } from './transposed-bindings';

/** 3-D transposed convolution, the gradient of a convolution with respect to its input. Source: PyTorch, ConvTranspose3d. */
export const convTranspose3d: OpDefinition<TransposedConvolutionAttributes> = {
  ...transposedConvolution(3),
  pytorch: transposedBindings(3),
  onnx: 'ConvTranspose',
  keras: 'Conv3DTranspose',
};
