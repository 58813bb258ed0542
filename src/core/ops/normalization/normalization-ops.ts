import {
  batchNorm,
  batchNormCount,
  batchNormGradInput,
  batchNormGradStats,
  batchNormInference,
  batchNormInferenceGradInput,
  batchNormNormalize,
  batchNormRunning,
  batchNormStats,
} from './batch-norm';
import { groupNorm } from './group-norm';
import { groupNormGradInput, groupNormGradStats } from './group-norm-gradients';
import { instanceNorm } from './instance-norm';
import { layerNorm } from './layer-norm';
import { layerNormGradAffine, layerNormGradInput } from './layer-norm-gradients';
import { localResponseNorm, localResponseNormGrad } from './local-response-norm';
import { rmsNorm } from './rms-norm';
import type { OpDefinition } from '../op';

export const normalizationOps: readonly OpDefinition[] = [
  batchNorm,
  batchNormCount,
  batchNormGradInput,
  batchNormGradStats,
  batchNormInference,
  batchNormInferenceGradInput,
  batchNormNormalize,
  batchNormRunning,
  batchNormStats,
  groupNorm,
  groupNormGradInput,
  groupNormGradStats,
  instanceNorm,
  layerNorm,
  layerNormGradAffine,
  layerNormGradInput,
  localResponseNorm,
  localResponseNormGrad,
  rmsNorm,
];
