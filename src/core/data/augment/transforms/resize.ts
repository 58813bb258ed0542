import type { ImageSize } from '../../image';
import { UserError } from '../../../errors';
import { resizeImage, type Interpolation } from '../../resize';
import { interpolationParameter, sizeLimit, sizeParameter } from '../parameters';
import type { TransformDefinition } from '../transform';

export interface Resize {
  readonly name: 'Resize';
  /** Of the shorter side, or [height, width]. */
  readonly size: number | readonly number[];
  readonly interpolation: Interpolation;
  readonly maxSize: number | null;
  /** Images are always antialiased, as PIL's are. */
  readonly antialias: boolean | null;
}

export const resize: TransformDefinition<Resize, null> = {
  name: 'Resize',
  meaning: 'Gives images another size.',
  stage: 'image',
  parameters: {
    size: sizeParameter('Pixels of the shorter side, or (height, width).'),
    interpolation: interpolationParameter('bilinear'),
    maxSize: {
      kind: 'numbers',
      lengths: [1],
      whole: true,
      min: 1,
      max: sizeLimit,
      none: 'no limit',
      default: null,
      meaning: 'The most pixels that the longer side may have, where size is one number.',
      slider: { from: 8, to: 512, step: 4 },
    },
    antialias: {
      kind: 'boolean',
      none: 'as for PIL images',
      default: null,
      meaning: 'Has no effect: images are always antialiased, as PIL images are.',
    },
  },
  check({ size, maxSize }) {
    if (maxSize === null) return;
    if (typeof size !== 'number') {
      throw new UserError('Resize: max_size goes with a size of one number.', 'Leave it out.');
    }
    if (maxSize <= size) {
      throw new UserError(`Resize: max_size is ${maxSize}, the size ${size}.`, 'Give a max_size above the size.');
    }
  },
  outputSize(config, size) {
    return { ...size, ...resizedSize(config, size) };
  },
  fixedSize({ size }) {
    const [height = 0, width = 0] = typeof size === 'number' ? [] : size;
    return height > 0 ? [height, width] : undefined;
  },
  draw() {
    return null;
  },
  apply(image, config) {
    const { height, width } = resizedSize(config, image);
    return resizeImage(image, width, height, config.interpolation);
  },
};

function resizedSize({ size, maxSize }: Resize, { height, width }: ImageSize): Pick<ImageSize, 'height' | 'width'> {
  if (typeof size !== 'number') {
    const [toHeight = height, toWidth = width] = size;
    return { height: toHeight, width: toWidth };
  }
  let short = size;
  let long = Math.max(1, Math.trunc((size * Math.max(height, width)) / Math.min(height, width)));
  if (maxSize !== null && long > maxSize) {
    short = Math.max(1, Math.trunc((maxSize * short) / long));
    long = maxSize;
  }
  return width <= height ? { height: long, width: short } : { height: short, width: long };
}
