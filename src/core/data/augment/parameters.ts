import { interpolations } from '../resize';
import type { BooleanParameter, ChoiceParameter, NumbersParameter, ParameterValue } from './parameter';

/** Parameters that several transforms have. */

export const sizeLimit = 4096;

export function sizeParameter(meaning: string): NumbersParameter {
  return {
    kind: 'numbers',
    lengths: [1, 2],
    whole: true,
    min: 1,
    max: sizeLimit,
    meaning,
    slider: { from: 8, to: 256, step: 4 },
  };
}

export function probability(value: number): NumbersParameter {
  return {
    kind: 'numbers',
    lengths: [1],
    whole: false,
    min: 0,
    max: 1,
    default: value,
    meaning: 'How probable it is that an image is changed.',
    slider: { from: 0, to: 1, step: 0.05 },
  };
}

export function interpolationParameter(value: (typeof interpolations)[number]): ChoiceParameter {
  return {
    kind: 'choice',
    choices: interpolations,
    enumeration: 'InterpolationMode',
    default: value,
    meaning: 'How pixels between pixels are reckoned.',
  };
}

export function fillParameter(value: 0 | null): NumbersParameter {
  return {
    kind: 'numbers',
    lengths: [1, 3],
    whole: false,
    min: 0,
    max: 255,
    ...(value === null ? { none: 'black' } : {}),
    default: value,
    meaning: 'The byte, or (red, green, blue), of what lies outside of the image.',
    slider: { from: 0, to: 255, step: 1 },
  };
}

/** A pair (least, most) that one of the two is drawn between. */
export function rangeParameter(
  limits: Pick<NumbersParameter, 'min' | 'max' | 'aboveMin' | 'slider' | 'meaning'>,
  value?: ParameterValue,
): NumbersParameter {
  const known = value === undefined ? {} : { default: value };
  return { kind: 'numbers', lengths: [2], whole: false, ascending: true, ...limits, ...known };
}

export function switchParameter(meaning: string): BooleanParameter {
  return { kind: 'boolean', default: false, meaning };
}

/** A number, or (height, width): as two. */
export function heightAndWidth(size: number | readonly number[]): readonly [height: number, width: number] {
  if (typeof size === 'number') return [size, size];
  const [height = 0, width = 0] = size;
  return [height, width];
}

/** Python's `round` of a number: halves to the even neighbour. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
