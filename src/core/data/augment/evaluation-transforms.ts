import type { ImageSize } from '../image';
import type { AugmentationConfig } from '../augmentation';
import { UserError } from '../../errors';
import { heightAndWidth } from './parameters';
import type { TransformConfig, TransformName } from './transform-config';
import { augmentImage } from './run-pipeline';
import { sizeAfter } from './transform-table';

/** Transforms that draw nothing: what images may be changed by when they are not trained on. */
export const evaluationNames: readonly TransformName[] = ['Resize', 'CenterCrop', 'Pad', 'ToTensor', 'Normalize'];

/**
 * What images are changed by when they are not trained on. Where nothing is said: what of the training's transforms gives sizes, random
 * pieces taken from the middle, RandomResizedCrop as the middle of all that fits.
 */
export function evaluationTransforms({ train, evaluation }: AugmentationConfig): readonly TransformConfig[] {
  return evaluation ?? train.flatMap(withoutChance);
}

function withoutChance(config: TransformConfig): readonly TransformConfig[] {
  switch (config.name) {
    case 'Resize':
    case 'CenterCrop':
    case 'Pad':
      return [config];
    case 'RandomCrop':
      return config.size === null ? [] : [{ name: 'CenterCrop', size: config.size }];
    case 'RandomResizedCrop': {
      const { size, interpolation, antialias } = config;
      const [height, width] = heightAndWidth(size);
      const crop = { name: 'CenterCrop', size } as const;
      // The shorter side of a square; other shapes have no such side, and are made as they are.
      if (height !== width) return [{ name: 'Resize', size: [height, width], interpolation, maxSize: null, antialias }];
      return [{ name: 'Resize', size: height, interpolation, maxSize: null, antialias }, crop];
    }
    default:
      return [];
  }
}

/** What shows only at an image, such as colours for grey images, shows at a black one before training begins. */
function tryOut(transforms: readonly TransformConfig[], { height, width, channels }: ImageSize): void {
  const black = { height, width, channels, pixels: new Uint8Array(height * width * channels) };
  for (let image = 0; image < trials; image++) augmentImage(black, transforms, { seed: 0, epoch: 0, image });
}

const trials = 4;

/**
 * The size that a network gets images in which are stored in `size`. Throws a UserError where training images come out in changing sizes, or
 * evaluation's in another.
 */
export function networkSize(config: AugmentationConfig, size: ImageSize): ImageSize {
  const trained = sizeAfter(config.train, size);
  tryOut(config.train, size);
  if (!trained) {
    throw new UserError(
      'The augmentation gives images of changing sizes.',
      'End it with Resize((height, width)) or CenterCrop(size).',
    );
  }
  const evaluated = sizeAfter(evaluationTransforms(config), size);
  if (evaluated?.height !== trained.height || evaluated.width !== trained.width) {
    const found = evaluated ? `${evaluated.height} × ${evaluated.width}` : 'changing sizes';
    throw new UserError(
      `Training images come out as ${trained.height} × ${trained.width} pixels, those of validation as ${found}.`,
      'Give both the same size.',
    );
  }
  return trained;
}
