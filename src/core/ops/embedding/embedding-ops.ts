import type { OpDefinition } from '../op';
import { cosineSimilarity, pairwiseDistance, pdist } from './distances';
import { embedding } from './embedding';
import { embeddingBag } from './embedding-bag';
import { oneHot } from './one-hot';

export const embeddingOps: readonly OpDefinition[] = [
  cosineSimilarity,
  embedding,
  embeddingBag,
  oneHot,
  pairwiseDistance,
  pdist,
];
