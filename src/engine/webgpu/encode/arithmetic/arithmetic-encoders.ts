import type { OpFamily } from '../encoder';
import { basicElements } from './basic';

export const arithmeticEncoders: OpFamily = {
  elements: basicElements,
  kernels: {},
};
