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
import type { ElementEncoder, Encoder, OpFamily } from './encoder';

const families: readonly OpFamily[] = [
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

/** How the ops of a Plan are computed on a GPU: element by element, or by kernels of their own. */
export const elementEncoders: ReadonlyMap<string, ElementEncoder> = join(families.map(({ elements }) => elements));
export const kernelEncoders: ReadonlyMap<string, Encoder> = join(families.map(({ kernels }) => kernels));

function join<T>(parts: readonly Readonly<Record<string, T>>[]): Map<string, T> {
  const all = new Map<string, T>();
  for (const part of parts) {
    for (const [op, encoder] of Object.entries(part)) {
      if (all.has(op)) throw new Error(`Two encoders for '${op}'`);
      all.set(op, encoder);
    }
  }
  return all;
}
