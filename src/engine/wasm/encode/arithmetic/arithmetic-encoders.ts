import type { Encoder } from '../encoder';
import { encodeDraw } from './draw';
import { encodeConstant, encodeElementwise, encodeScale } from './elementwise';
import { unaryEncoders } from './unary';

export const arithmeticEncoders: Readonly<Record<string, Encoder>> = {
  ...unaryEncoders,
  add: encodeElementwise,
  multiply: encodeElementwise,
  copy: encodeElementwise,
  draw: encodeDraw,
  scale: encodeScale,
  constant: encodeConstant,
};
