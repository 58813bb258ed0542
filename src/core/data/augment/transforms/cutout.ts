import { sameSize, type TransformDefinition } from '../transform';
import { eraseBox } from './random-erasing';
import { sizeLimit } from '../parameters';
import type { Box } from './random-resized-crop';

/** A square around a random pixel, cut at the image's edges, set to 0. Source: T. DeVries, G. W. Taylor (2017), arXiv:1708.04552. */
export interface Cutout {
  readonly name: 'Cutout';
  /** Pixels of a side. */
  readonly length: number;
}

/** The middle. */
interface Middle {
  readonly x: number;
  readonly y: number;
}

export const cutout: TransformDefinition<Cutout, Middle> = {
  name: 'Cutout',
  meaning: 'Fills a square around a random pixel (not in torchvision); after Normalize with the mean, else black.',
  stage: 'normalized',
  parameters: {
    length: {
      kind: 'numbers',
      lengths: [1],
      whole: true,
      min: 1,
      max: sizeLimit,
      meaning: 'Pixels of a side of the square.',
      slider: { from: 1, to: 64, step: 1 },
    },
  },
  outputSize: sameSize,
  draw(_config, { height, width }, random) {
    const y = random.nextBelow(height);
    return { x: random.nextBelow(width), y };
  },
  apply(image, config, drawn, values) {
    return eraseBox(image, cutoutBox(config, drawn), 0, values);
  },
};

/** The square around it, which may reach over the image's edges. */
export function cutoutBox({ length }: Cutout, { x, y }: Middle): Box {
  const half = Math.floor(length / 2);
  return { top: y - half, left: x - half, height: length, width: length };
}
