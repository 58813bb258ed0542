import type { OpFamily } from '../encoder';
import { encodeEmbeddingBag, encodeEmbeddingBagGrad, encodeEmbeddingBagGradSamples } from './embedding-bag';
import { encodeEmbedding, encodeEmbeddingGrad, encodeOneHot } from './embedding';
import { encodePdist, encodePdistGrad } from './pdist';

export const embeddingEncoders: OpFamily = {
  elements: {},
  kernels: {
    embedding: encodeEmbedding,
    embedding_bag: encodeEmbeddingBag,
    embedding_bag_grad: encodeEmbeddingBagGrad,
    embedding_bag_grad_samples: encodeEmbeddingBagGradSamples,
    embedding_grad: encodeEmbeddingGrad,
    one_hot: encodeOneHot,
    pdist: encodePdist,
    pdist_grad: encodePdistGrad,
  },
};
