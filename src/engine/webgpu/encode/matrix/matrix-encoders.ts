import type { OpFamily } from '../encoder';

export const matrixEncoders: OpFamily = { elements: {}, kernels: {} };
