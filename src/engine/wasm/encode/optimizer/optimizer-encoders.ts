import type { Encoder } from '../encoder';
import { encodeAdam, encodeSgd } from './optimizers';

export const optimizerEncoders: Readonly<Record<string, Encoder>> = {
  sgd: encodeSgd,
  adam: encodeAdam,
  adamw: encodeAdam,
};
