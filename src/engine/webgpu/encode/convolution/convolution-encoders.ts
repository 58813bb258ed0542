import type { OpFamily } from '../encoder';

export const convolutionEncoders: OpFamily = { elements: {}, kernels: {} };
