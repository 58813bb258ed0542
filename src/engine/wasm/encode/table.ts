import type { Encoder } from './encoder';
import { activationEncoders } from './activation/activation-encoders';
import { arithmeticEncoders } from './arithmetic/arithmetic-encoders';
import { benchmarkEncoders } from './benchmark/benchmark-encoders';
import { convolutionEncoders } from './convolution/convolution-encoders';
import { dataEncoders } from './data/data-encoders';
import { dropoutEncoders } from './dropout/dropout-encoders';
import { embeddingEncoders } from './embedding/embedding-encoders';
import { lossEncoders } from './loss/loss-encoders';
import { matrixEncoders } from './matrix/matrix-encoders';
import { normalizationEncoders } from './normalization/normalization-encoders';
import { optimizerEncoders } from './optimizer/optimizer-encoders';
import { paddingEncoders } from './padding/padding-encoders';
import { poolingEncoders } from './pooling/pooling-encoders';
import { reductionEncoders } from './reduction/reduction-encoders';
import { resamplingEncoders } from './resampling/resampling-encoders';
import { shapeEncoders } from './shape/shape-encoders';

const families: readonly Readonly<Record<string, Encoder>>[] = [
  activationEncoders,
  arithmeticEncoders,
  benchmarkEncoders,
  convolutionEncoders,
  dataEncoders,
  dropoutEncoders,
  embeddingEncoders,
  lossEncoders,
  matrixEncoders,
  normalizationEncoders,
  optimizerEncoders,
  paddingEncoders,
  poolingEncoders,
  reductionEncoders,
  resamplingEncoders,
  shapeEncoders,
];

/** How each op of a Plan is computed, put together from the families. */
export const encoders: ReadonlyMap<string, Encoder> = join();

function join(): Map<string, Encoder> {
  const all = new Map<string, Encoder>();
  for (const [op, encode] of families.flatMap((family) => Object.entries(family))) {
    if (all.has(op)) throw new Error(`Two families have an encoder for '${op}'`);
    all.set(op, encode);
  }
  return all;
}
