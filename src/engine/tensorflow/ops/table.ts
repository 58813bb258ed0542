import type { TensorOp } from '../tensor-op';
import { activationOps } from './activation';
import { arithmeticOps } from './arithmetic';
import { convolutionOps } from './convolution';
import { dataOps } from './data';
import { dropoutOps } from './dropout';
import { indexingOps } from './indexing';
import { lossOps } from './loss';
import { matrixOps } from './matrix';
import { normalizationOps } from './normalization';
import { optimizerOps } from './optimizer';
import { paddingOps } from './padding';
import { poolingOps } from './pooling';
import { reductionOps } from './reduction';
import { resamplingOps } from './resampling';
import { shapeOps } from './shape';

/** How each op of a Plan is computed with TensorFlow.js; what is not here, it has no fitting op for. */
export const tensorOps: ReadonlyMap<string, TensorOp> = new Map(
  [
    activationOps,
    arithmeticOps,
    convolutionOps,
    dataOps,
    dropoutOps,
    indexingOps,
    lossOps,
    matrixOps,
    normalizationOps,
    optimizerOps,
    paddingOps,
    poolingOps,
    reductionOps,
    resamplingOps,
    shapeOps,
  ].flatMap((family) => Object.entries(family)),
);
