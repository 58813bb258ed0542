import { bilinear } from './bilinear';
import { cholesky } from './cholesky';
import { cofactors, det, logdet, slogdetLog, slogdetSign } from './det';
import { inverse } from './inverse';
import { linear, linearGradInput, linearGradWeight } from './linear';
import { matrixExp } from './matrix-exp';
import type { OpDefinition } from '../op';

export const matrixOps: readonly OpDefinition[] = [
  bilinear,
  cholesky,
  cofactors,
  det,
  inverse,
  linear,
  linearGradInput,
  linearGradWeight,
  logdet,
  matrixExp,
  slogdetLog,
  slogdetSign,
] as readonly OpDefinition[];
