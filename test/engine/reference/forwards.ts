import { activationForwards } from './forward/activation';
import { arithmeticForwards } from './forward/arithmetic';
import { binaryForwards } from './forward/binary';
import { convolutionForwards } from './forward/convolution';
import { ctcForwards } from './forward/ctc-loss';
import { distanceForwards } from './forward/distance';
import { dropoutForwards } from './forward/dropout';
import { indexingForwards } from './forward/indexing';
import { lossForwards } from './forward/loss';
import { matrixForwards } from './forward/matrix';
import { matrixFunctionForwards } from './forward/matrix-functions';
import { normalizationForwards } from './forward/normalization';
import { pointwiseForwards } from './forward/pointwise';
import { paddingForwards } from './forward/padding';
import { poolingForwards } from './forward/pooling';
import { reductionForwards } from './forward/reduction';
import { resamplingForwards } from './forward/resampling';
import { shapeForwards } from './forward/shape';
import { unaryForwards } from './forward/unary';
import type { Forward } from './tensor64';

/** Forward computations written as their definitions, without a thought of speed: what is under test is elsewhere. */
export const forwards: Readonly<Record<string, Forward>> = {
  ...activationForwards,
  ...arithmeticForwards,
  ...binaryForwards,
  ...convolutionForwards,
  ...ctcForwards,
  ...distanceForwards,
  ...dropoutForwards,
  ...indexingForwards,
  ...lossForwards,
  ...matrixForwards,
  ...matrixFunctionForwards,
  ...normalizationForwards,
  ...pointwiseForwards,
  ...paddingForwards,
  ...poolingForwards,
  ...reductionForwards,
  ...resamplingForwards,
  ...shapeForwards,
  ...unaryForwards,
};
