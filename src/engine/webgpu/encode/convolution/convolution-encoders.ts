import type { OpFamily } from '../encoder';
import { windowKernels } from './windows';

export const convolutionEncoders: OpFamily = { elements: {}, kernels: { ...windowKernels } };
