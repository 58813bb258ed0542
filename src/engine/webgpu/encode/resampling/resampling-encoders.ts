import type { OpFamily } from '../encoder';

export const resamplingEncoders: OpFamily = { elements: {}, kernels: {} };
