import type { Fill } from '../pixels/fill';
import { type Border, padImage, type PaddingMode, paddingModes } from '../pixels/pad-image';
import type { ChoiceParameter, NumbersParameter } from '../parameter';
import { fillParameter } from '../parameters';
import type { TransformDefinition } from '../transform';

export interface Pad {
  readonly name: 'Pad';
  readonly padding: number | readonly number[];
  readonly fill: Fill;
  readonly paddingMode: PaddingMode;
}

export const paddingParameter: NumbersParameter = {
  kind: 'numbers',
  lengths: [1, 2, 4],
  whole: true,
  min: 0,
  max: 1024,
  meaning: 'Pixels on all sides, (left and right, top and bottom) or (left, top, right, bottom).',
  slider: { from: 0, to: 32, step: 1 },
};

export const paddingModeParameter: ChoiceParameter = {
  kind: 'choice',
  choices: paddingModes,
  default: 'constant',
  meaning: "What the border is made of: fill, the pixel at the edge, or the image's pixels mirrored.",
};

export const pad: TransformDefinition<Pad, null> = {
  name: 'Pad',
  meaning: 'Puts a border around images.',
  stage: 'image',
  parameters: { padding: paddingParameter, fill: fillParameter(0), paddingMode: paddingModeParameter },
  outputSize({ padding }, { height, width, channels }) {
    const { left, top, right, bottom } = borderOf(padding);
    return { height: top + height + bottom, width: left + width + right, channels };
  },
  draw() {
    return null;
  },
  apply(image, { padding, fill, paddingMode }) {
    return padImage(image, borderOf(padding), paddingMode, fill);
  },
};

export function borderOf(padding: number | readonly number[]): Border {
  const [left = 0, top = left, right = left, bottom = top] = typeof padding === 'number' ? [padding] : padding;
  return { left, top, right, bottom };
}
