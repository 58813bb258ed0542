import type { OpFamily } from '../encoder';
import { encodeClipNorm } from './clip-norm';
import { optimizerElements } from './optimizers';

export const optimizerEncoders: OpFamily = {
  elements: optimizerElements,
  kernels: { clip_norm: encodeClipNorm },
};
