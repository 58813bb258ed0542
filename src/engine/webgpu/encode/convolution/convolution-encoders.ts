import type { OpFamily } from '../encoder';
import { encodeConv2d, encodeConv2dGradInput, encodeConv2dGradWeight } from './conv2d';
import { addChannelBias, encodeDepthWindows, encodeDepthWindowsSum, encodeFold, encodeUnfold } from './windows';

export const convolutionEncoders: OpFamily = {
  elements: { add_channel_bias: addChannelBias },
  kernels: {
    conv2d: encodeConv2d,
    conv2d_grad_input: encodeConv2dGradInput,
    conv2d_grad_weight: encodeConv2dGradWeight,
    depth_windows: encodeDepthWindows,
    depth_windows_sum: encodeDepthWindowsSum,
    fold: encodeFold,
    unfold: encodeUnfold,
  },
};
