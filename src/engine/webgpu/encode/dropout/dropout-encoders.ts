import type { OpFamily } from '../encoder';

export const dropoutEncoders: OpFamily = { elements: {}, kernels: {} };
