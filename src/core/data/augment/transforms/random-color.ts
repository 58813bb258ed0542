import type { Image } from '../../image';
import type { NumbersParameter } from '../parameter';
import { probability } from '../parameters';
import { adjustSharpness, autoContrast, equalize, invertColors, posterize, solarize } from '../pixels/adjust-colors';
import { sameSize, type TransformDefinition } from '../transform';

/** Changes of colours that happen or don't: what is drawn is which. */

export interface RandomInvert {
  readonly name: 'RandomInvert';
  readonly p: number;
}

export interface RandomPosterize {
  readonly name: 'RandomPosterize';
  /** That are kept of each byte. */
  readonly bits: number;
  readonly p: number;
}

export interface RandomSolarize {
  readonly name: 'RandomSolarize';
  readonly threshold: number;
  readonly p: number;
}

export interface RandomAdjustSharpness {
  readonly name: 'RandomAdjustSharpness';
  readonly sharpnessFactor: number;
  readonly p: number;
}

export interface RandomAutocontrast {
  readonly name: 'RandomAutocontrast';
  readonly p: number;
}

export interface RandomEqualize {
  readonly name: 'RandomEqualize';
  readonly p: number;
}

export const randomInvert: TransformDefinition<RandomInvert, boolean> = {
  name: 'RandomInvert',
  meaning: 'Inverts colours.',
  parameters: { p: probability(0.5) },
  ...happening(invertColors),
};

export const randomPosterize: TransformDefinition<RandomPosterize, boolean> = {
  name: 'RandomPosterize',
  meaning: 'Leaves fewer shades.',
  parameters: { bits: amount('Bits of each byte that are kept.', 8, true), p: probability(0.5) },
  ...happening((image, { bits }: RandomPosterize) => posterize(image, bits)),
};

export const randomSolarize: TransformDefinition<RandomSolarize, boolean> = {
  name: 'RandomSolarize',
  meaning: 'Inverts bright pixels.',
  parameters: { threshold: amount('The least byte that is inverted.', 256), p: probability(0.5) },
  ...happening((image, { threshold }: RandomSolarize) => solarize(image, threshold)),
};

export const randomAdjustSharpness: TransformDefinition<RandomAdjustSharpness, boolean> = {
  name: 'RandomAdjustSharpness',
  meaning: 'Blurs or sharpens images.',
  parameters: { sharpnessFactor: amount('0 blurs, 1 leaves as it is, 2 sharpens.', 10), p: probability(0.5) },
  ...happening((image, { sharpnessFactor }: RandomAdjustSharpness) => adjustSharpness(image, sharpnessFactor)),
};

export const randomAutocontrast: TransformDefinition<RandomAutocontrast, boolean> = {
  name: 'RandomAutocontrast',
  meaning: 'Spreads colours from black to full.',
  parameters: { p: probability(0.5) },
  ...happening(autoContrast),
};

export const randomEqualize: TransformDefinition<RandomEqualize, boolean> = {
  name: 'RandomEqualize',
  meaning: 'Makes all shades about as frequent.',
  parameters: { p: probability(0.5) },
  ...happening(equalize),
};

function happening<Config extends { readonly name: string; readonly p: number }>(
  change: (image: Image, config: Config) => Image,
): Pick<TransformDefinition<Config, boolean>, 'stage' | 'outputSize' | 'draw' | 'apply'> {
  return {
    stage: 'image',
    outputSize: sameSize,
    draw({ p }, _size, random) {
      return random.happens(p);
    },
    apply(image, config, happens) {
      return happens ? change(image, config) : image;
    },
  };
}

function amount(meaning: string, max: number, whole = false): NumbersParameter {
  const slider = { from: 0, to: max, step: whole || max > 10 ? 1 : 0.1 };
  return { kind: 'numbers', lengths: [1], whole, min: 0, max, meaning, slider };
}
