import { UserError } from '../../../errors';
import type { Interpolation } from '../../resize';
import type { Fill } from '../pixels/fill';
import { fillParameter, interpolationParameter } from '../parameters';
import { sameSize, type TransformDefinition } from '../transform';
import { applyOp, magnitudesOf, randomOps, type AugmentationOp } from './augmentation-space';
import { binsParameter, countParameter } from './magnitude-parameters';

/** Source: E. D. Cubuk et al., RandAugment: Practical automated data augmentation with a reduced search space (2019), arXiv:1909.13719. */
export interface RandAugment {
  readonly name: 'RandAugment';
  readonly numOps: number;
  /** 0-based, of `numMagnitudeBins`. */
  readonly magnitude: number;
  readonly numMagnitudeBins: number;
  readonly interpolation: Interpolation;
  readonly fill: Fill;
}

export const randAugment: TransformDefinition<RandAugment, readonly AugmentationOp[]> = {
  name: 'RandAugment',
  meaning: 'Changes images by a few operations that are drawn from fourteen, all of one magnitude.',
  stage: 'image',
  parameters: {
    numOps: countParameter(2, 'How many operations follow each other.', { min: 0, max: 14 }),
    magnitude: countParameter(9, 'How much the operations change: 0 to num_magnitude_bins − 1.', { min: 0, max: 30 }),
    numMagnitudeBins: binsParameter,
    interpolation: interpolationParameter('nearest'),
    fill: fillParameter(null),
  },
  check({ magnitude, numMagnitudeBins }) {
    if (magnitude < numMagnitudeBins) return;
    throw new UserError(
      `RandAugment: magnitude is ${magnitude}, of ${numMagnitudeBins} (num_magnitude_bins).`,
      `Give a whole number from 0 to ${numMagnitudeBins - 1}.`,
    );
  },
  outputSize: sameSize,
  draw({ numOps, magnitude: level, numMagnitudeBins }, size, random) {
    return Array.from({ length: numOps }, () => {
      const op = randomOps[random.nextBelow(randomOps.length)] ?? 'Identity';
      const space = magnitudesOf(op, 'usual', numMagnitudeBins, size);
      const magnitude = space?.magnitudes[level] ?? 0;
      return { op, magnitude: space?.signed && random.happens(0.5) ? -magnitude : magnitude };
    });
  },
  apply(image, { interpolation, fill }, ops) {
    return ops.reduce((changed, op) => applyOp(changed, op, interpolation, fill), image);
  },
};
