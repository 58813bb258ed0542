import type { OpFamily } from '../encoder';
import { encodeAffineGrid, encodeAffineGridGrad } from './affine-grid';
import { encodeGridSample, encodeGridSampleGradGrid, encodeGridSampleGradInput } from './grid-sample';
import { encodeInterpolate, encodeInterpolateGrad } from './interpolate';
import { encodePixelShuffle, encodePixelUnshuffle } from './pixel-shuffle';

export const resamplingEncoders: OpFamily = {
  elements: {},
  kernels: {
    affine_grid: encodeAffineGrid,
    affine_grid_grad: encodeAffineGridGrad,
    grid_sample: encodeGridSample,
    grid_sample_grad_grid: encodeGridSampleGradGrid,
    grid_sample_grad_input: encodeGridSampleGradInput,
    interpolate: encodeInterpolate,
    interpolate_grad: encodeInterpolateGrad,
    pixel_shuffle: encodePixelShuffle,
    pixel_unshuffle: encodePixelUnshuffle,
  },
};
