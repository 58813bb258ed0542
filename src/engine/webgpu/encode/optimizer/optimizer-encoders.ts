import type { OpFamily } from '../encoder';
import { encodeClipNorm } from './clip-norm';
import { encodeUnscale, encodeUpdateLossScale } from './loss-scale';
import { optimizerElements } from './optimizers';

export const optimizerEncoders: OpFamily = {
  elements: optimizerElements,
  kernels: { clip_norm: encodeClipNorm, unscale: encodeUnscale, update_loss_scale: encodeUpdateLossScale },
};
