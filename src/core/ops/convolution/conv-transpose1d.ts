import type { OpDefinition } from '../op';
import { transposedConvolution, type TransposedConvolutionAttributes } from './transposed-convolution';
import { transposedBindings } from './transposed-bindings';

/** 1-D transposed convolution, the gradient of a convolution with respect to its input. Source: PyTorch, ConvTranspose1d. */
export const convTranspose1d: OpDefinition<TransposedConvolutionAttributes> = {
  ...transposedConvolution(1),
  pytorch: transposedBindings(1),
  onnx: 'ConvTranspose',
  keras: 'Conv1DTranspose',
};
