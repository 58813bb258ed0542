import {
  batchNorm,
  batchNormGradInput,
  batchNormGradStats,
  batchNormInference,
  batchNormInferenceGradInput,
  batchNormNormalize,
  batchNormRunning,
  batchNormStats,
} from './batch-norm';
import type { OpDefinition } from '../op';

export const normalizationOps: readonly OpDefinition[] = [
  batchNorm,
  batchNormGradInput,
  batchNormGradStats,
  batchNormInference,
  batchNormInferenceGradInput,
  batchNormNormalize,
  batchNormRunning,
  batchNormStats,
];
