import type { Encoder } from '../encoder';
import { encodeEmbedding, encodeEmbeddingGrad, encodeOneHot } from './embedding';

export const embeddingEncoders: Readonly<Record<string, Encoder>> = {
  embedding: encodeEmbedding,
  embedding_grad: encodeEmbeddingGrad,
  one_hot: encodeOneHot,
};
