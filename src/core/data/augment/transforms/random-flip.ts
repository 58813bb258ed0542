import type { Image } from '../../image';
import { probability } from '../parameters';
import { flipHorizontally, flipVertically } from '../pixels/flip-image';
import { sameSize, type TransformDefinition } from '../transform';

export interface RandomHorizontalFlip {
  readonly name: 'RandomHorizontalFlip';
  readonly p: number;
}

export interface RandomVerticalFlip {
  readonly name: 'RandomVerticalFlip';
  readonly p: number;
}

/** What is drawn is whether the image is mirrored. */
export const randomHorizontalFlip: TransformDefinition<RandomHorizontalFlip, boolean> = {
  name: 'RandomHorizontalFlip',
  meaning: 'Mirrors images left to right.',
  ...flipping(flipHorizontally),
};

export const randomVerticalFlip: TransformDefinition<RandomVerticalFlip, boolean> = {
  name: 'RandomVerticalFlip',
  meaning: 'Mirrors images upside down.',
  ...flipping(flipVertically),
};

type Flip = RandomHorizontalFlip | RandomVerticalFlip;

function flipping(flip: (image: Image) => Image): Omit<TransformDefinition<Flip, boolean>, 'name' | 'meaning'> {
  return {
    stage: 'normalized',
    parameters: { p: probability(0.5) },
    outputSize: sameSize,
    draw({ p }, _size, random) {
      return random.happens(p);
    },
    apply(image, _config, flipped) {
      return flipped ? flip(image) : image;
    },
  };
}
