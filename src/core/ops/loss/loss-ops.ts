import type { OpDefinition } from '../op';
import {
  crossEntropyLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  nllLoss,
} from './class-losses';
import { crossEntropy, crossEntropyGrad, crossEntropyGradTarget } from './cross-entropy';
import { ctcLoss, ctcLossGrad } from './ctc-loss';
import { classLossGrad, pointwiseLossGrad } from './loss-gradients';
import {
  cosineEmbeddingLoss,
  marginRankingLoss,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from './pair-losses';
import { pointwiseLosses } from './pointwise-losses';

export const lossOps: readonly OpDefinition[] = [
  ...pointwiseLosses,
  classLossGrad,
  cosineEmbeddingLoss,
  crossEntropy,
  crossEntropyGrad,
  crossEntropyGradTarget,
  crossEntropyLoss,
  ctcLoss,
  ctcLossGrad,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  nllLoss,
  pointwiseLossGrad,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
] as readonly OpDefinition[];
