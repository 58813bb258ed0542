import type { Image, ImageSize } from '../../image';
import type { Interpolation } from '../../resize';
import {
  adjustBrightness,
  adjustContrast,
  adjustSaturation,
  adjustSharpness,
  autoContrast,
  equalize,
  invertColors,
  posterize,
  solarize,
} from '../pixels/adjust-colors';
import { inverseAffineMatrix } from '../pixels/affine-matrix';
import type { Fill } from '../pixels/fill';
import { transformAffine } from '../pixels/transform-image';
import { roundHalfEven } from '../parameters';
import { rotateImage } from './random-rotation';

/** An operation of AutoAugment and its successors, by torchvision's name, and how much of it; without one, 0. */
export interface AugmentationOp {
  readonly op: AugmentationOpName;
  readonly magnitude: number;
}

export const augmentationOps = [
  'Identity',
  'ShearX',
  'ShearY',
  'TranslateX',
  'TranslateY',
  'Rotate',
  'Brightness',
  'Color',
  'Contrast',
  'Sharpness',
  'Posterize',
  'Solarize',
  'AutoContrast',
  'Equalize',
  'Invert',
] as const;

export type AugmentationOpName = (typeof augmentationOps)[number];

/** Those that RandAugment and TrivialAugment choose from, each as likely. */
export const randomOps = augmentationOps.filter((op) => op !== 'Invert');

/** `usual`: AutoAugment's and RandAugment's magnitudes, `wide`: TrivialAugmentWide's. */
export type SpaceKind = 'usual' | 'wide';

/**
 * The magnitudes of an operation, the least first, for an image of this size; null: it has none. Source: torchvision 0.14,
 * `_augmentation_space` of AutoAugment, RandAugment and TrivialAugmentWide.
 */
export function magnitudesOf(
  op: AugmentationOpName,
  kind: SpaceKind,
  bins: number,
  { height, width }: Pick<ImageSize, 'height' | 'width'>,
): { readonly magnitudes: readonly number[]; readonly signed: boolean } | null {
  const wide = kind === 'wide';
  const signed = (most: number) => ({ magnitudes: evenly(0, most, bins), signed: true });
  switch (op) {
    case 'ShearX':
    case 'ShearY':
      return signed(wide ? 0.99 : 0.3);
    case 'TranslateX':
      return signed(wide ? 32 : (150 / 331) * width);
    case 'TranslateY':
      return signed(wide ? 32 : (150 / 331) * height);
    case 'Rotate':
      return signed(wide ? 135 : 30);
    case 'Brightness':
    case 'Color':
    case 'Contrast':
    case 'Sharpness':
      return signed(wide ? 0.99 : 0.9);
    case 'Posterize': {
      const bits = wide ? 6 : 4;
      const lost = (bin: number) => roundHalfEven(Math.fround(bin / Math.fround((bins - 1) / bits)));
      return { magnitudes: Array.from({ length: bins }, (_, bin) => 8 - lost(bin)), signed: false };
    }
    case 'Solarize':
      return { magnitudes: evenly(255, 0, bins), signed: false };
    case 'Identity':
    case 'AutoContrast':
    case 'Equalize':
    case 'Invert':
      return null;
  }
}

/** torch's `linspace` in float32: from both ends towards the middle. */
function evenly(first: number, last: number, count: number): number[] {
  const { fround } = Math;
  const [start, end] = [fround(first), fround(last)];
  const step = fround(fround(end - start) / (count - 1));
  return Array.from({ length: count }, (_, index) =>
    index < Math.floor(count / 2)
      ? fround(start + fround(step * index))
      : fround(end - fround(step * (count - 1 - index))),
  );
}

/** Source: torchvision 0.14, `_apply_op`. */
export function applyOp(
  image: Image,
  { op, magnitude }: AugmentationOp,
  interpolation: Interpolation,
  fill: Fill,
): Image {
  const move = (parameters: Partial<Parameters<typeof inverseAffineMatrix>[0]>, center: readonly [number, number]) => {
    const still = { angle: 0, translate: [0, 0], scale: 1, shear: [0, 0] } as const;
    return transformAffine(image, inverseAffineMatrix({ ...still, ...parameters }, center), { interpolation, fill });
  };
  const shear = (Math.atan(magnitude) * 180) / Math.PI;
  const middle = [image.width / 2, image.height / 2] as const;
  switch (op) {
    case 'Identity':
      return image;
    case 'ShearX':
      return move({ shear: [shear, 0] }, [0, 0]);
    case 'ShearY':
      return move({ shear: [0, shear] }, [0, 0]);
    case 'TranslateX':
      return move({ translate: [Math.trunc(magnitude), 0] }, middle);
    case 'TranslateY':
      return move({ translate: [0, Math.trunc(magnitude)] }, middle);
    case 'Rotate':
      return rotateImage(image, magnitude, { interpolation, fill, expand: false, center: null });
    case 'Brightness':
      return adjustBrightness(image, 1 + magnitude);
    case 'Color':
      return adjustSaturation(image, 1 + magnitude);
    case 'Contrast':
      return adjustContrast(image, 1 + magnitude);
    case 'Sharpness':
      return adjustSharpness(image, 1 + magnitude);
    case 'Posterize':
      return posterize(image, Math.trunc(magnitude));
    case 'Solarize':
      return solarize(image, magnitude);
    case 'AutoContrast':
      return autoContrast(image);
    case 'Equalize':
      return equalize(image);
    case 'Invert':
      return invertColors(image);
  }
}
