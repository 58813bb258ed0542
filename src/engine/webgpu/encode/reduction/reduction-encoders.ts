import type { OpFamily } from '../encoder';

export const reductionEncoders: OpFamily = { elements: {}, kernels: {} };
