import type { Encoder } from '../encoder';
import { encodeConcat, encodeSlice } from './concat';

export const shapeEncoders: Readonly<Record<string, Encoder>> = {
  concat: encodeConcat,
  slice: encodeSlice,
};
