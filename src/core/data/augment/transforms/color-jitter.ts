import type { Image } from '../../image';
import { adjustBrightness, adjustContrast, adjustSaturation } from '../pixels/adjust-colors';
import { adjustHue } from '../pixels/adjust-hue';
import type { NumbersParameter } from '../parameter';
import { UserError } from '../../../errors';
import { sameSize, type TransformDefinition } from '../transform';

export interface ColorJitter {
  readonly name: 'ColorJitter';
  /** A factor of 1 ± so much, or [least, most]. */
  readonly brightness: number | readonly number[];
  readonly contrast: number | readonly number[];
  readonly saturation: number | readonly number[];
  /** ± so much of the circle, or [least, most]. */
  readonly hue: number | readonly number[];
}

/** In the order in which they are made. */
export type ColorChange = { readonly kind: keyof Omit<ColorJitter, 'name'>; readonly factor: number };

export const colorJitter: TransformDefinition<ColorJitter, readonly ColorChange[]> = {
  name: 'ColorJitter',
  meaning: 'Changes brightness, contrast, saturation and hue, in random order.',
  stage: 'image',
  parameters: {
    brightness: factorParameter('brightness'),
    contrast: factorParameter('contrast'),
    saturation: factorParameter('saturation'),
    hue: {
      kind: 'numbers',
      lengths: [1, 2],
      whole: false,
      min: -0.5,
      max: 0.5,
      ascending: true,
      default: 0,
      meaning: 'Turns the hue by up to so much of the circle either way, or by (least, most).',
      slider: { from: 0, to: 0.5, step: 0.01 },
    },
  },
  check({ hue }) {
    if (typeof hue === 'number' && hue < 0) {
      throw new UserError(`ColorJitter: hue is ${hue}.`, 'Give a number from 0 to 0.5, or (least, most).');
    }
  },
  outputSize: sameSize,
  draw(config, _size, random) {
    const kinds: ColorChange['kind'][] = ['brightness', 'contrast', 'saturation', 'hue'];
    for (let last = 3; last > 0; last--) {
      const chosen = random.nextBelow(last + 1);
      [kinds[last], kinds[chosen]] = [kinds[chosen] ?? 'hue', kinds[last] ?? 'hue'];
    }
    const changes = kinds.map((kind) => {
      const [least, most] = factorRange(kind, config[kind]);
      return { kind, factor: random.uniform(least, most), unchanged: least === most && least === neutral(kind) };
    });
    return changes.filter(({ unchanged }) => !unchanged).map(({ kind, factor }) => ({ kind, factor }));
  },
  apply(image, _config, changes) {
    return changes.reduce(changeColor, image);
  },
};

function factorParameter(what: string): NumbersParameter {
  return {
    kind: 'numbers',
    lengths: [1, 2],
    whole: false,
    min: 0,
    max: 100,
    ascending: true,
    default: 0,
    meaning: `Factor of the ${what}: 1 ± so much, or from (least, most).`,
    slider: { from: 0, to: 1, step: 0.05 },
  };
}

function neutral(kind: ColorChange['kind']): number {
  return kind === 'hue' ? 0 : 1;
}

function factorRange(kind: ColorChange['kind'], value: number | readonly number[]): readonly [number, number] {
  if (typeof value !== 'number') {
    const [least = 0, most = 0] = value;
    return [least, most];
  }
  return kind === 'hue' ? [-value, value] : [Math.max(0, 1 - value), 1 + value];
}

function changeColor(image: Image, { kind, factor }: ColorChange): Image {
  switch (kind) {
    case 'brightness':
      return adjustBrightness(image, factor);
    case 'contrast':
      return adjustContrast(image, factor);
    case 'saturation':
      return adjustSaturation(image, factor);
    case 'hue':
      return adjustHue(image, factor);
  }
}
