import type { OpFamily } from '../encoder';
import { encodeAdaptiveAvgPool, encodeAdaptiveAvgPoolGrad, encodeAvgPool, encodeAvgPoolGrad } from './average-pool';
import { encodeAdaptiveMaxIndices, encodeFractionalMaxIndices, encodeFractionalPoolSamples } from './max-indices';
import { encodeMaxPool, encodeMaxPoolGrad, encodeMaxPoolIndices, encodeMaxPoolWinners } from './max-pool';
import { encodePlaneGather, encodePlaneScatter } from './plane-gather';

export const poolingEncoders: OpFamily = {
  elements: {},
  kernels: {
    max_pool1d: encodeMaxPool,
    max_pool2d: encodeMaxPool,
    max_pool3d: encodeMaxPool,
    max_pool1d_indices: encodeMaxPoolIndices,
    max_pool2d_indices: encodeMaxPoolIndices,
    max_pool3d_indices: encodeMaxPoolIndices,
    max_pool_winners: encodeMaxPoolWinners,
    max_pool_grad: encodeMaxPoolGrad,
    avg_pool1d: encodeAvgPool,
    avg_pool2d: encodeAvgPool,
    avg_pool3d: encodeAvgPool,
    avg_pool_grad: encodeAvgPoolGrad,
    adaptive_avg_pool1d: encodeAdaptiveAvgPool,
    adaptive_avg_pool2d: encodeAdaptiveAvgPool,
    adaptive_avg_pool3d: encodeAdaptiveAvgPool,
    adaptive_avg_pool_grad: encodeAdaptiveAvgPoolGrad,
    adaptive_max_pool1d_indices: encodeAdaptiveMaxIndices,
    adaptive_max_pool2d_indices: encodeAdaptiveMaxIndices,
    adaptive_max_pool3d_indices: encodeAdaptiveMaxIndices,
    fractional_max_pool2d_indices: encodeFractionalMaxIndices,
    fractional_max_pool3d_indices: encodeFractionalMaxIndices,
    fractional_pool_samples: encodeFractionalPoolSamples,
    plane_gather: encodePlaneGather,
    plane_scatter: encodePlaneScatter,
  },
};
