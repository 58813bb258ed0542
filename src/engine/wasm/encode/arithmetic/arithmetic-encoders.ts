import type { Encoder } from '../encoder';
import { encodeBinary, encodeExpand, encodeMeanGrad, encodeWithNumber } from './binary';
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
  expand: encodeExpand,
  mean_grad: encodeMeanGrad,
  where: encodeWhere,
  with_number: encodeWithNumber,
};
