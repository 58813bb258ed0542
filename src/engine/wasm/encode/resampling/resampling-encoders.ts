import type { Encoder } from '../encoder';
import { encodeInterpolate, encodeInterpolateGrad } from './interpolate';
import { encodePixelShuffle, encodePixelUnshuffle } from './pixel-shuffle';

export const resamplingEncoders: Readonly<Record<string, Encoder>> = {
  interpolate: encodeInterpolate,
  interpolate_grad: encodeInterpolateGrad,
  pixel_shuffle: encodePixelShuffle,
  pixel_unshuffle: encodePixelUnshuffle,
};
