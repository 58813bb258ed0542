import type { Interpolation } from '../../resize';
import { type AffineParameters, inverseAffineMatrix } from '../pixels/affine-matrix';
import type { Fill } from '../pixels/fill';
import { transformAffine } from '../pixels/transform-image';
import { fillParameter, interpolationParameter, rangeParameter, roundHalfEven } from '../parameters';
import { sameSize, type TransformDefinition } from '../transform';
import { centerOf, centerParameter, degreesParameter, symmetricRange } from './random-rotation';

export interface RandomAffine {
  readonly name: 'RandomAffine';
  /** Up to so many either way, or [least, most]. */
  readonly degrees: number | readonly number[];
  /** Greatest shares of width and height, in [0, 1]. */
  readonly translate: readonly number[] | null;
  readonly scale: readonly number[] | null;
  /** Degrees along x: one number or a pair; four: along x and y. */
  readonly shear: number | readonly number[] | null;
  readonly interpolation: Interpolation;
  readonly fill: Fill;
  readonly center: readonly number[] | null;
}

export const randomAffine: TransformDefinition<RandomAffine, AffineParameters> = {
  name: 'RandomAffine',
  meaning: 'Turns, moves, scales and shears images.',
  stage: 'image',
  parameters: {
    degrees: degreesParameter,
    translate: {
      kind: 'numbers',
      lengths: [2],
      whole: false,
      min: 0,
      max: 1,
      none: 'not moved',
      default: null,
      meaning: 'The most that images are moved: shares of (width, height).',
      slider: { from: 0, to: 1, step: 0.01 },
    },
    scale: {
      ...rangeParameter({
        min: 0,
        aboveMin: true,
        max: 100,
        meaning: 'Factor of the size: (least, most).',
        slider: { from: 0.1, to: 2, step: 0.05 },
      }),
      none: 'not scaled',
      default: null,
    },
    shear: {
      ...degreesParameter,
      min: -89,
      max: 89,
      lengths: [1, 2, 4],
      none: 'not sheared',
      default: null,
      meaning: 'Degrees along x: up to so many either way, or (least, most); four numbers: along x and y.',
      slider: { from: -45, to: 45, step: 1 },
    },
    interpolation: interpolationParameter('nearest'),
    fill: fillParameter(0),
    center: centerParameter,
  },
  outputSize: sameSize,
  draw({ degrees, translate, scale, shear }, { height, width }, random) {
    const [leastAngle, mostAngle] = symmetricRange(degrees);
    const angle = random.uniform(leastAngle, mostAngle);
    const [shareX = 0, shareY = 0] = translate ?? [];
    const x = roundHalfEven(random.uniform(-shareX * width, shareX * width));
    const y = roundHalfEven(random.uniform(-shareY * height, shareY * height));
    const [leastScale = 1, mostScale = 1] = scale ?? [];
    const factor = random.uniform(leastScale, mostScale);
    const [leastX, mostX] = symmetricRange(typeof shear === 'number' ? shear : (shear ?? 0));
    const [, , leastY = 0, mostY = 0] = typeof shear === 'number' || shear === null ? [] : shear;
    const shearX = random.uniform(leastX, mostX);
    return { angle, translate: [x, y], scale: factor, shear: [shearX, random.uniform(leastY, mostY)] };
  },
  apply(image, { interpolation, fill, center }, drawn) {
    return transformAffine(image, inverseAffineMatrix(drawn, centerOf(center, image)), { interpolation, fill });
  },
};
