import type { Encoder } from '../encoder';
import { encodeDropoutApply } from './dropout';

export const dropoutEncoders: Readonly<Record<string, Encoder>> = {
  dropout_apply: encodeDropoutApply,
};
