import { UserError } from '../../../errors';
import { blurImage } from '../pixels/blur-image';
import type { TransformDefinition } from '../transform';

export interface GaussianBlur {
  readonly name: 'GaussianBlur';
  /** Odd pixels of both sides, or [width, height]. */
  readonly kernelSize: number | readonly number[];
  /** Pixels; a pair: drawn between the two. */
  readonly sigma: number | readonly number[];
}

/** What is drawn is sigma. */
export const gaussianBlur: TransformDefinition<GaussianBlur, number> = {
  name: 'GaussianBlur',
  meaning: 'Blurs images.',
  stage: 'image',
  parameters: {
    kernelSize: {
      kind: 'numbers',
      lengths: [1, 2],
      whole: true,
      odd: true,
      min: 1,
      max: 101,
      meaning: 'Pixels that count, across and down, or (across, down).',
      slider: { from: 1, to: 31, step: 2 },
    },
    sigma: {
      kind: 'numbers',
      lengths: [1, 2],
      whole: false,
      min: 0,
      aboveMin: true,
      max: 100,
      ascending: true,
      default: [0.1, 2],
      meaning: 'Standard deviation in pixels, or (least, most).',
      slider: { from: 0.1, to: 5, step: 0.1 },
    },
  },
  outputSize(config, size) {
    const [across, down] = kernelOf(config);
    if (across > 2 * size.width - 1 || down > 2 * size.height - 1) {
      throw new UserError(
        `GaussianBlur: kernel_size is (${across}, ${down}), the images are ${size.width} × ${size.height} pixels.`,
        'Give a smaller kernel_size.',
      );
    }
    return size;
  },
  draw({ sigma }, _size, random) {
    if (typeof sigma === 'number') return sigma;
    const [least = 1, most = 1] = sigma;
    return random.uniform(least, most);
  },
  apply(image, config, sigma) {
    return blurImage(image, kernelOf(config), sigma);
  },
};

function kernelOf({ kernelSize }: GaussianBlur): readonly [across: number, down: number] {
  if (typeof kernelSize === 'number') return [kernelSize, kernelSize];
  const [across = 1, down = 1] = kernelSize;
  return [across, down];
}
