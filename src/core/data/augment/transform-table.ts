import type { Image, ImageSize } from '../image';
import type { DrawStream } from './draw-stream';
import type { ParameterTable } from './parameter';
import type { PixelValues, TransformDefinition } from './transform';
import type { TransformConfig, TransformName } from './transform-config';
import { autoAugment } from './transforms/auto-augment';
import { centerCrop } from './transforms/center-crop';
import { colorJitter } from './transforms/color-jitter';
import { cutout } from './transforms/cutout';
import { gaussianBlur } from './transforms/gaussian-blur';
import { pad } from './transforms/pad';
import { randAugment } from './transforms/rand-augment';
import { randomAffine } from './transforms/random-affine';
import { randomApply, randomChoice, type Nested } from './transforms/random-apply';
import {
  randomAdjustSharpness,
  randomAutocontrast,
  randomEqualize,
  randomInvert,
  randomPosterize,
  randomSolarize,
} from './transforms/random-color';
import { randomCrop } from './transforms/random-crop';
import { randomErasing } from './transforms/random-erasing';
import { randomHorizontalFlip, randomVerticalFlip } from './transforms/random-flip';
import { randomGrayscale } from './transforms/random-grayscale';
import { randomPerspective } from './transforms/random-perspective';
import { randomResizedCrop } from './transforms/random-resized-crop';
import { randomRotation } from './transforms/random-rotation';
import { resize } from './transforms/resize';
import { normalize, toTensor } from './transforms/tensor-end';
import { trivialAugmentWide } from './transforms/trivial-augment';

/** A transform whose configuration is known to be its own. */
export type AnyTransform = Omit<TransformDefinition<TransformConfig, unknown>, 'parameters'> & {
  readonly parameters: ParameterTable;
};

const nested: Nested = { sizeAfter, draw: drawInTurn, apply: applyInTurn };

const byName: Readonly<Record<TransformName, AnyTransform>> = {
  Resize: resize,
  CenterCrop: centerCrop,
  Pad: pad,
  RandomCrop: randomCrop,
  RandomResizedCrop: randomResizedCrop,
  RandomHorizontalFlip: randomHorizontalFlip,
  RandomVerticalFlip: randomVerticalFlip,
  RandomRotation: randomRotation,
  RandomAffine: randomAffine,
  RandomPerspective: randomPerspective,
  ColorJitter: colorJitter,
  RandomGrayscale: randomGrayscale,
  GaussianBlur: gaussianBlur,
  RandomInvert: randomInvert,
  RandomPosterize: randomPosterize,
  RandomSolarize: randomSolarize,
  RandomAdjustSharpness: randomAdjustSharpness,
  RandomAutocontrast: randomAutocontrast,
  RandomEqualize: randomEqualize,
  RandAugment: randAugment,
  AutoAugment: autoAugment,
  TrivialAugmentWide: trivialAugmentWide,
  RandomApply: randomApply(nested),
  RandomChoice: randomChoice(nested),
  ToTensor: toTensor,
  Normalize: normalize,
  RandomErasing: randomErasing,
  Cutout: cutout,
};

/** All transforms: the one list of them, in the order in which they are offered. */
export const transformTable: readonly AnyTransform[] = Object.values(byName);

export function transformNamed(name: TransformName): AnyTransform {
  return byName[name];
}

/** The size after all of them; undefined: it depends on what is drawn, and `drawn` is not given. */
export function sizeAfter(
  transforms: readonly TransformConfig[],
  size: ImageSize,
  drawn?: readonly unknown[],
): ImageSize | undefined {
  let before: ImageSize | undefined = size;
  for (const [index, config] of transforms.entries()) {
    const transform = transformNamed(config.name);
    const fixed = before ? undefined : transform.fixedSize?.(config);
    if (before) before = transform.outputSize(config, before, drawn?.[index]);
    else if (fixed) before = { height: fixed[0], width: fixed[1], channels: size.channels };
  }
  return before;
}

/** From one stream, one after the other. */
function drawInTurn(transforms: readonly TransformConfig[], size: ImageSize, random: DrawStream): readonly unknown[] {
  let before = size;
  return transforms.map((config) => {
    const transform = transformNamed(config.name);
    const drawn = transform.draw(config, before, random);
    before = transform.outputSize(config, before, drawn) ?? before;
    return drawn;
  });
}

function applyInTurn(
  image: Image,
  transforms: readonly TransformConfig[],
  drawn: readonly unknown[],
  values: PixelValues,
): Image {
  return transforms.reduce(
    (before, config, index) => transformNamed(config.name).apply(before, config, drawn[index], values),
    image,
  );
}
