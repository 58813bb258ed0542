import { add } from './add';
import { affine } from './affine';
import { cast } from './cast';
import { cdist } from './cdist';
import { clamp } from './clamp';
import { constant } from './constant';
import { copy } from './copy';
import { draw } from './draw';
import { detach } from './detach';
import { einsum } from './einsum';
import { binaryOps, slopeOps } from './elementwise-binary';
import { unaryGradients, unaryOps } from './elementwise-unary';
import { generated } from './generated';
import { kron } from './kron';
import { literal } from './literal';
import { matmul } from './matmul';
import { matrixProduct } from './matrix-product';
import { multiply } from './multiply';
import { random } from './random';
import { root } from './root';
import { scale } from './scale';
import { where } from './where';
import { withNumberOp } from './with-number';
import { gradientOp } from '../elementwise-gradient';
import type { OpDefinition } from '../op';

export const arithmeticOps: readonly OpDefinition[] = [
  add,
  affine,
  ...binaryOps,
  cast,
  cdist,
  clamp,
  gradientOp(clamp),
  constant,
  copy,
  draw,
  detach,
  einsum,
  generated,
  kron,
  literal,
  matmul,
  matrixProduct,
  multiply,
  random,
  root,
  scale,
  ...slopeOps,
  ...unaryOps,
  ...unaryGradients,
  where,
  withNumberOp,
];
