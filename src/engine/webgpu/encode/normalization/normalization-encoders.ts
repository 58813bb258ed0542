import type { OpFamily } from '../encoder';

export const normalizationEncoders: OpFamily = { elements: {}, kernels: {} };
