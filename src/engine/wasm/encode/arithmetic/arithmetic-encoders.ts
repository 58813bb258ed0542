import type { Encoder } from '../encoder';
import { encodeBinary, encodeMeanGrad, encodeWithNumber } from './binary';
import { binaryFunctions } from './binary-codes';
import { encodeCast } from './cast';
import { encodeConstant, encodeElementwise, encodeScale } from './elementwise';
import { encodeWhere } from './where';

export const arithmeticEncoders: Readonly<Record<string, Encoder>> = {
  ...Object.fromEntries(binaryFunctions.map((name) => [name, encodeBinary])),
  cast: encodeCast,
  copy: encodeElementwise,
  scale: encodeScale,
  constant: encodeConstant,
  mean_grad: encodeMeanGrad,
  where: encodeWhere,
  with_number: encodeWithNumber,
};
