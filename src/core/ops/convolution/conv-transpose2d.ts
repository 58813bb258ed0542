import type { OpDefinition } from '../op';
import { transposedConvolution, type TransposedConvolutionAttributes } from './transposed-convolution';
import { transposedBindings } from './transposed-bindings';

/** 2-D transposed convolution, the gradient of a convolution with respect to its input. Source: PyTorch, ConvTranspose2d. */
export const convTranspose2d: OpDefinition<TransposedConvolutionAttributes> = {
  ...transposedConvolution(2),
  pytorch: transposedBindings(2),
  onnx: 'ConvTranspose',
  keras: 'Conv2DTranspose',
};
