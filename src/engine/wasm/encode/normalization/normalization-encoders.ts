import type { Encoder } from '../encoder';
import {
  encodeBatchNormGradInput,
  encodeBatchNormGradStats,
  encodeBatchNormInference,
  encodeBatchNormInferenceGradInput,
  encodeBatchNormNormalize,
  encodeBatchNormRunning,
  encodeBatchNormStats,
} from './batch-norm';

export const normalizationEncoders: Readonly<Record<string, Encoder>> = {
  batch_norm_stats: encodeBatchNormStats,
  batch_norm_normalize: encodeBatchNormNormalize,
  batch_norm_grad_stats: encodeBatchNormGradStats,
  batch_norm_grad_input: encodeBatchNormGradInput,
  batch_norm_running: encodeBatchNormRunning,
  batch_norm_inference: encodeBatchNormInference,
  batch_norm_inference_grad_input: encodeBatchNormInferenceGradInput,
};
