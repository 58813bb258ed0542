import type { OpDefinition } from '../op';
import { convolution, type ConvolutionAttributes } from './convolution';
import { convolutionBindings } from './convolution-bindings';

/** 3-D cross-correlation: x `[N, C, D, H, W]`, weight `[O, C/groups, kD, kH, kW]`, bias `[O]` (optional) → `[N, O, OD, OH, OW]`. */
export const conv3d: OpDefinition<ConvolutionAttributes> = {
  ...convolution(3),
  pytorch: convolutionBindings(3),
  onnx: 'Conv',
  keras: 'Conv3D',
};
