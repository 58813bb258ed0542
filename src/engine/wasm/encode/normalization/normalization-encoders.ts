import type { Encoder } from '../encoder';
import {
  encodeBatchNormCount,
  encodeBatchNormGradInput,
  encodeBatchNormGradStats,
  encodeBatchNormInference,
  encodeBatchNormInferenceGradInput,
  encodeBatchNormNormalize,
  encodeBatchNormRunning,
  encodeBatchNormStats,
} from './batch-norm';
import { encodeGroupNorm, encodeGroupNormGradInput, encodeGroupNormGradStats } from './group-norm';
import { encodeLayerNorm, encodeLayerNormGradAffine, encodeLayerNormGradInput, encodeRmsNorm } from './layer-norm';
import { encodeLocalResponseNorm, encodeLocalResponseNormGrad } from './local-response-norm';

export const normalizationEncoders: Readonly<Record<string, Encoder>> = {
  batch_norm_stats: encodeBatchNormStats,
  batch_norm_normalize: encodeBatchNormNormalize,
  batch_norm_grad_stats: encodeBatchNormGradStats,
  batch_norm_grad_input: encodeBatchNormGradInput,
  batch_norm_count: encodeBatchNormCount,
  batch_norm_running: encodeBatchNormRunning,
  batch_norm_inference: encodeBatchNormInference,
  batch_norm_inference_grad_input: encodeBatchNormInferenceGradInput,
  group_norm: encodeGroupNorm,
  group_norm_grad_stats: encodeGroupNormGradStats,
  group_norm_grad_input: encodeGroupNormGradInput,
  layer_norm: encodeLayerNorm,
  rms_norm: encodeRmsNorm,
  layer_norm_grad_input: encodeLayerNormGradInput,
  layer_norm_grad_affine: encodeLayerNormGradAffine,
  local_response_norm: encodeLocalResponseNorm,
  local_response_norm_grad: encodeLocalResponseNormGrad,
};
