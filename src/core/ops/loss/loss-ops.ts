import type { OpDefinition } from '../op';
import {
  crossEntropyLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  nllLoss,
} from './class-losses';
import { crossEntropy, crossEntropyGrad } from './cross-entropy';
import { ctcLoss } from './ctc-loss';
import {
  cosineEmbeddingLoss,
  marginRankingLoss,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from './pair-losses';
import { pointwiseLosses } from './pointwise-losses';

export const lossOps: readonly OpDefinition[] = [
  ...pointwiseLosses,
  cosineEmbeddingLoss,
  crossEntropy,
  crossEntropyGrad,
  crossEntropyLoss,
  ctcLoss,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  nllLoss,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
] as readonly OpDefinition[];
