import type { OpFamily } from '../encoder';
import {
  batchNormGradInput,
  batchNormInference,
  batchNormInferenceGradInput,
  batchNormNormalize,
  batchNormRunning,
  encodeBatchNormGradStats,
  encodeBatchNormStats,
} from './batch-norm';
import { encodeLocalResponseNorm, encodeLocalResponseNormGrad } from './local-response-norm';
import {
  encodeGroupNorm,
  encodeGroupNormGradInput,
  encodeGroupNormGradStats,
  encodeLayerNorm,
  encodeLayerNormGradAffine,
  encodeLayerNormGradInput,
  encodeRmsNorm,
} from './row-norm';

export const normalizationEncoders: OpFamily = {
  elements: {
    batch_norm_normalize: batchNormNormalize,
    batch_norm_grad_input: batchNormGradInput,
    batch_norm_inference: batchNormInference,
    batch_norm_inference_grad_input: batchNormInferenceGradInput,
    batch_norm_running: batchNormRunning,
    batch_norm_count: ({ input }) => `${input(0)} + 1`,
  },
  kernels: {
    batch_norm_stats: encodeBatchNormStats,
    batch_norm_grad_stats: encodeBatchNormGradStats,
    group_norm: encodeGroupNorm,
    group_norm_grad_stats: encodeGroupNormGradStats,
    group_norm_grad_input: encodeGroupNormGradInput,
    layer_norm: encodeLayerNorm,
    rms_norm: encodeRmsNorm,
    layer_norm_grad_input: encodeLayerNormGradInput,
    layer_norm_grad_affine: encodeLayerNormGradAffine,
    local_response_norm: encodeLocalResponseNorm,
    local_response_norm_grad: encodeLocalResponseNormGrad,
  },
};
