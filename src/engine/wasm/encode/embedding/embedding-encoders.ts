import type { Encoder } from '../encoder';
import { encodeEmbeddingBag, encodeEmbeddingBagGrad } from './embedding-bag';
import { encodePdist, encodePdistGrad } from './pdist';
import { encodeEmbedding, encodeEmbeddingGrad, encodeOneHot } from './embedding';

export const embeddingEncoders: Readonly<Record<string, Encoder>> = {
  embedding: encodeEmbedding,
  embedding_bag: encodeEmbeddingBag,
  embedding_bag_grad: encodeEmbeddingBagGrad,
  embedding_bag_grad_samples: encodeEmbeddingBagGrad,
  embedding_grad: encodeEmbeddingGrad,
  one_hot: encodeOneHot,
  pdist: encodePdist,
  pdist_grad: encodePdistGrad,
};
