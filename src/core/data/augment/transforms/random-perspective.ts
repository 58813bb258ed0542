import type { Interpolation } from '../../resize';
import type { Fill } from '../pixels/fill';
import { perspectiveMatrix, type Corners } from '../pixels/perspective-matrix';
import { transformPerspective } from '../pixels/transform-image';
import { fillParameter, interpolationParameter, probability } from '../parameters';
import { sameSize, type TransformDefinition } from '../transform';

export interface RandomPerspective {
  readonly name: 'RandomPerspective';
  /** In [0, 1]. */
  readonly distortionScale: number;
  readonly p: number;
  readonly interpolation: Interpolation;
  readonly fill: Fill;
}

/** What is drawn is where the image's corners go; null: the image stays as it is. */
export const randomPerspective: TransformDefinition<RandomPerspective, Corners | null> = {
  name: 'RandomPerspective',
  meaning: 'Shows images as if from aside.',
  stage: 'image',
  parameters: {
    distortionScale: {
      kind: 'numbers',
      lengths: [1],
      whole: false,
      min: 0,
      max: 1,
      default: 0.5,
      meaning: 'How far corners move: the share of the way to the middle.',
      slider: { from: 0, to: 1, step: 0.05 },
    },
    p: probability(0.5),
    interpolation: interpolationParameter('bilinear'),
    fill: fillParameter(0),
  },
  outputSize: sameSize,
  draw({ p, distortionScale }, { height, width }, random) {
    if (!random.happens(p)) return null;
    const mostX = Math.trunc(distortionScale * Math.floor(width / 2));
    const mostY = Math.trunc(distortionScale * Math.floor(height / 2));
    const left = () => random.nextBelow(mostX + 1);
    const top = () => random.nextBelow(mostY + 1);
    const right = () => width - 1 - random.nextBelow(mostX + 1);
    const bottom = () => height - 1 - random.nextBelow(mostY + 1);
    return [
      [left(), top()],
      [right(), top()],
      [right(), bottom()],
      [left(), bottom()],
    ];
  },
  apply(image, { interpolation, fill }, corners) {
    if (corners === null) return image;
    const [right, bottom] = [image.width - 1, image.height - 1];
    const own: Corners = [
      [0, 0],
      [right, 0],
      [right, bottom],
      [0, bottom],
    ];
    return transformPerspective(image, perspectiveMatrix(corners, own), { interpolation, fill });
  },
};
