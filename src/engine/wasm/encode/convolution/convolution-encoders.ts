import type { Encoder } from '../encoder';
import { encodeConv2d, encodeConv2dGradInput } from './conv2d';
import { encodeConv2dGradWeight } from './conv2d-grad-weight';
import { encodeAddChannelBias, encodeDepthWindows, encodeDepthWindowsSum, encodeFold, encodeUnfold } from './windows';

export const convolutionEncoders: Readonly<Record<string, Encoder>> = {
  add_channel_bias: encodeAddChannelBias,
  conv2d: encodeConv2d,
  conv2d_grad_input: encodeConv2dGradInput,
  conv2d_grad_weight: encodeConv2dGradWeight,
  depth_windows: encodeDepthWindows,
  depth_windows_sum: encodeDepthWindowsSum,
  fold: encodeFold,
  unfold: encodeUnfold,
};
