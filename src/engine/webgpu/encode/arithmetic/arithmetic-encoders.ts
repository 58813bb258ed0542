import type { OpFamily } from '../encoder';
import { basicElements } from './basic';
import { binaryElements } from './binary';
import { conversionElements } from './conversions';
import { drawElements } from './draw';
import { encodeLiteral } from './literal';
import { unaryElements } from './unary';

export const arithmeticEncoders: OpFamily = {
  elements: { ...unaryElements, ...binaryElements, ...conversionElements, ...drawElements, ...basicElements },
  kernels: { literal: encodeLiteral },
};
