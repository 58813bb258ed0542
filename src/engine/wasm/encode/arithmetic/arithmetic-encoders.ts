import type { Encoder } from '../encoder';
import { encodeBinary, encodeMeanGrad, encodeRoot, encodeWithNumber } from './binary';
import { binaryFunctions } from './binary-codes';
import { encodeCast } from './cast';
import { encodeDraw } from './draw';
import { encodeConstant, encodeElementwise, encodeScale } from './elementwise';
import { encodeLiteral } from './literal';
import { unaryEncoders } from './unary';
import { encodeWhere } from './where';

export const arithmeticEncoders: Readonly<Record<string, Encoder>> = {
  ...unaryEncoders,
  ...Object.fromEntries(binaryFunctions.map((name) => [name, encodeBinary])),
  cast: encodeCast,
  copy: encodeElementwise,
  draw: encodeDraw,
  scale: encodeScale,
  constant: encodeConstant,
  literal: encodeLiteral,
  mean_grad: encodeMeanGrad,
  root: encodeRoot,
  where: encodeWhere,
  with_number: encodeWithNumber,
};
