import type { OpFamily } from '../encoder';

export const optimizerEncoders: OpFamily = { elements: {}, kernels: {} };
