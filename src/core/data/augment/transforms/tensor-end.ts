import { UserError } from '../../../errors';
import type { NumbersParameter } from '../parameter';
import { switchParameter } from '../parameters';
import { sameSize, type TransformDefinition } from '../transform';

/** Bytes become values in [0, 1]: what training does with images anyway. */
export interface ToTensor {
  readonly name: 'ToTensor';
}

/** What training normalises images with, instead of the mean and deviation of its own images. */
export interface Normalize {
  readonly name: 'Normalize';
  readonly mean: readonly number[] | number;
  readonly std: readonly number[] | number;
  readonly inplace: boolean;
}

export const toTensor: TransformDefinition<ToTensor, null> = {
  name: 'ToTensor',
  meaning: 'Makes bytes values from 0 to 1. Training does so anyway.',
  stage: 'end',
  parameters: {},
  outputSize: sameSize,
  draw() {
    return null;
  },
  apply(image) {
    return image;
  },
};

export const normalize: TransformDefinition<Normalize, null> = {
  name: 'Normalize',
  meaning: "Subtracts a mean and divides by a deviation, for each channel; without it, the training images' own.",
  stage: 'end',
  parameters: {
    mean: valuesParameter('Mean of each channel, of values from 0 to 1.', { min: -10, max: 10 }),
    std: valuesParameter('Deviation of each channel.', { min: 0, aboveMin: true, max: 100 }),
    inplace: switchParameter('Has no effect on the result.'),
  },
  outputSize({ mean, std }, size) {
    for (const values of [mean, std]) {
      const count = typeof values === 'number' ? 1 : values.length;
      if (count === 1 || count === size.channels) continue;
      throw new UserError(
        `Normalize: ${count} numbers for images of ${size.channels} channel${size.channels === 1 ? '' : 's'}.`,
        'Give one for each channel.',
      );
    }
    return size;
  },
  draw() {
    return null;
  },
  apply(image) {
    return image;
  },
};

function valuesParameter(
  meaning: string,
  limits: Pick<NumbersParameter, 'min' | 'max' | 'aboveMin'>,
): NumbersParameter {
  const slider = { from: 0, to: 1, step: 0.001 };
  return { kind: 'numbers', lengths: [1, 3], whole: false, ...limits, meaning, slider };
}
