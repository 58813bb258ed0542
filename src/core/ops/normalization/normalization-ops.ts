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
import { groupNorm } from './group-norm';
import { instanceNorm } from './instance-norm';
import { layerNorm } from './layer-norm';
import { localResponseNorm } from './local-response-norm';
import { rmsNorm } from './rms-norm';
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
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  rmsNorm,
];
