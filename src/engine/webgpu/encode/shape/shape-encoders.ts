import type { OpFamily } from '../encoder';

export const shapeEncoders: OpFamily = { elements: {}, kernels: {} };
