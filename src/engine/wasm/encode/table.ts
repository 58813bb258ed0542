import type { Encoder } from './encoder';
import { activationEncoders } from './activation/activation-encoders';
import { arithmeticEncoders } from './arithmetic/arithmetic-encoders';
import { benchmarkEncoders } from './benchmark/benchmark-encoders';
import { convolutionEncoders } from './convolution/convolution-encoders';
import { dropoutEncoders } from './dropout/dropout-encoders';
import { lossEncoders } from './loss/loss-encoders';
import { matrixEncoders } from './matrix/matrix-encoders';
import { normalizationEncoders } from './normalization/normalization-encoders';
import { optimizerEncoders } from './optimizer/optimizer-encoders';
import { poolingEncoders } from './pooling/pooling-encoders';
import { reductionEncoders } from './reduction/reduction-encoders';
import { shapeEncoders } from './shape/shape-encoders';

/** How each op of a Plan is computed, put together from the families. */
export const encoders: ReadonlyMap<string, Encoder> = new Map(
  Object.entries({
    ...activationEncoders,
    ...arithmeticEncoders,
    ...benchmarkEncoders,
    ...convolutionEncoders,
    ...dropoutEncoders,
    ...lossEncoders,
    ...matrixEncoders,
    ...normalizationEncoders,
    ...optimizerEncoders,
    ...poolingEncoders,
    ...reductionEncoders,
    ...shapeEncoders,
  }),
);
