import type { OpFamily } from '../encoder';

export const paddingEncoders: OpFamily = { elements: {}, kernels: {} };
