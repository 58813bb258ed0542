import type { Encoder } from '../encoder';
import { encodeAdam, encodeClipNorm, encodeRmsprop, encodeSgd } from './optimizers';

export const optimizerEncoders: Readonly<Record<string, Encoder>> = {
  sgd: encodeSgd,
  adam: encodeAdam,
  adamw: encodeAdam,
  clip_norm: encodeClipNorm,
  rmsprop: encodeRmsprop,
};
