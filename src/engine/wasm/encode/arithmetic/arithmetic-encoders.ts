import type { Encoder } from '../encoder';
import { encodeConstant, encodeElementwise, encodeScale } from './elementwise';

export const arithmeticEncoders: Readonly<Record<string, Encoder>> = {
  add: encodeElementwise,
  multiply: encodeElementwise,
  copy: encodeElementwise,
  scale: encodeScale,
  constant: encodeConstant,
};
