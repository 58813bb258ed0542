import type { Interpolation } from '../../resize';
import type { Fill } from '../pixels/fill';
import { fillParameter, interpolationParameter } from '../parameters';
import { sameSize, type TransformDefinition } from '../transform';
import { applyOp, magnitudesOf, randomOps, type AugmentationOp } from './augmentation-space';
import { binsParameter } from './magnitude-parameters';

/** Source: S. G. Müller, F. Hutter, TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation (2021), arXiv:2103.10158. */
export interface TrivialAugmentWide {
  readonly name: 'TrivialAugmentWide';
  readonly numMagnitudeBins: number;
  readonly interpolation: Interpolation;
  readonly fill: Fill;
}

export const trivialAugmentWide: TransformDefinition<TrivialAugmentWide, AugmentationOp> = {
  name: 'TrivialAugmentWide',
  meaning: 'Changes images by one of fourteen operations, of a random magnitude.',
  stage: 'image',
  parameters: {
    numMagnitudeBins: binsParameter,
    interpolation: interpolationParameter('nearest'),
    fill: fillParameter(null),
  },
  outputSize: sameSize,
  draw({ numMagnitudeBins }, size, random) {
    const op = randomOps[random.nextBelow(randomOps.length)] ?? 'Identity';
    const space = magnitudesOf(op, 'wide', numMagnitudeBins, size);
    if (!space) return { op, magnitude: 0 };
    const magnitude = space.magnitudes[random.nextBelow(numMagnitudeBins)] ?? 0;
    return { op, magnitude: space.signed && random.happens(0.5) ? -magnitude : magnitude };
  },
  apply(image, { interpolation, fill }, op) {
    return applyOp(image, op, interpolation, fill);
  },
};
