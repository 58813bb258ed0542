import type { OpDefinition } from '../op';
import { convolution, type ConvolutionAttributes } from './convolution';
import { convolutionBindings } from './convolution-bindings';

/** 1-D cross-correlation: x `[N, C, L]`, weight `[O, C/groups, k]`, bias `[O]` (optional) → `[N, O, OL]`. */
export const conv1d: OpDefinition<ConvolutionAttributes> = {
  ...convolution(1),
  pytorch: convolutionBindings(1),
  onnx: 'Conv',
  keras: 'Conv1D',
};
