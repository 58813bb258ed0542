import type { OpDefinition } from '../op';
import { cosineSimilarity, pairwiseDistance } from './distances';
import { embedding, embeddingGrad } from './embedding';
import { embeddingBag, embeddingBagGrad, embeddingBagGradSamples } from './embedding-bag';
import { oneHot } from './one-hot';
import { pdist, pdistGrad } from './pdist';

export const embeddingOps: readonly OpDefinition[] = [
  cosineSimilarity,
  embedding,
  embeddingGrad,
  embeddingBag,
  embeddingBagGrad,
  embeddingBagGradSamples,
  oneHot,
  pairwiseDistance,
  pdist,
  pdistGrad,
];
