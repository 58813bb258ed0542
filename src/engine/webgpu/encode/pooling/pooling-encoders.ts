import type { OpFamily } from '../encoder';

export const poolingEncoders: OpFamily = { elements: {}, kernels: {} };
