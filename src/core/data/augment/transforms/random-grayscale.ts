import { toGrey } from '../pixels/adjust-colors';
import { probability } from '../parameters';
import { sameSize, type TransformDefinition } from '../transform';

export interface RandomGrayscale {
  readonly name: 'RandomGrayscale';
  readonly p: number;
}

/** What is drawn is whether the image becomes grey. */
export const randomGrayscale: TransformDefinition<RandomGrayscale, boolean> = {
  name: 'RandomGrayscale',
  meaning: 'Takes the colours out of images.',
  stage: 'image',
  parameters: { p: probability(0.1) },
  outputSize: sameSize,
  draw({ p }, _size, random) {
    return random.happens(p);
  },
  apply(image, _config, grey) {
    return grey ? toGrey(image) : image;
  },
};
