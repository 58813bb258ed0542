import type { OpFamily } from '../encoder';

export const embeddingEncoders: OpFamily = { elements: {}, kernels: {} };
