import type { Image, ImageSize } from '../../image';
import { UserError } from '../../../errors';
import type { DrawStream } from '../draw-stream';
import type { TransformsParameter } from '../parameter';
import { probability } from '../parameters';
import type { PixelValues, TransformDefinition } from '../transform';
import type { TransformConfig } from '../transform-config';

export interface RandomApply {
  readonly name: 'RandomApply';
  readonly transforms: readonly TransformConfig[];
  readonly p: number;
}

export interface RandomChoice {
  readonly name: 'RandomChoice';
  readonly transforms: readonly TransformConfig[];
  /** A weight for each; null: all alike. */
  readonly p: readonly number[] | number | null;
}

/** What the list of all transforms can do with a list of them: it can't be imported by its own members. */
export interface Nested {
  sizeAfter(transforms: readonly TransformConfig[], size: ImageSize, drawn?: readonly unknown[]): ImageSize | undefined;
  draw(transforms: readonly TransformConfig[], size: ImageSize, random: DrawStream): readonly unknown[];
  apply(image: Image, transforms: readonly TransformConfig[], drawn: readonly unknown[], values: PixelValues): Image;
}

const transformsParameter: TransformsParameter = { kind: 'transforms', meaning: 'A list of transforms.' };

/** What is drawn is what the transforms draw; null: the image stays as it is. */
export function randomApply(nested: Nested): TransformDefinition<RandomApply, readonly unknown[] | null> {
  return {
    name: 'RandomApply',
    meaning: 'Applies a list of transforms, or none of them.',
    stage: 'image',
    parameters: { transforms: transformsParameter, p: probability(0.5) },
    outputSize({ transforms, p }, size, drawn) {
      if (drawn === null) return size;
      const after = nested.sizeAfter(transforms, size, drawn);
      return drawn !== undefined || p === 1 || sameExtent(after, size) ? after : undefined;
    },
    draw({ transforms, p }, size, random) {
      return random.happens(p) ? nested.draw(transforms, size, random) : null;
    },
    apply(image, { transforms }, drawn, values) {
      return drawn === null ? image : nested.apply(image, transforms, drawn, values);
    },
  };
}

export interface Choice {
  readonly index: number;
  readonly drawn: readonly unknown[];
}

export function randomChoice(nested: Nested): TransformDefinition<RandomChoice, Choice> {
  return {
    name: 'RandomChoice',
    meaning: 'Applies one of a list of transforms.',
    stage: 'image',
    parameters: {
      transforms: transformsParameter,
      p: {
        kind: 'numbers',
        lengths: Array.from({ length: 64 }, (_, index) => index + 1),
        whole: false,
        min: 0,
        max: 1000,
        none: 'all alike',
        default: null,
        meaning: 'A weight for each transform; None: all alike.',
        slider: { from: 0, to: 1, step: 0.05 },
      },
    },
    check({ transforms, p }) {
      const weights = weightsOf(p, transforms.length);
      if (weights.length === transforms.length && sum(weights) > 0) return;
      throw new UserError(
        `RandomChoice: p has ${weights.length} weights for ${transforms.length} transforms, which add up to ${sum(weights)}.`,
        'Give a weight for each transform, not all 0.',
      );
    },
    outputSize({ transforms }, size, choice) {
      if (choice) return nested.sizeAfter(transforms.slice(choice.index, choice.index + 1), size, choice.drawn);
      const sizes = transforms.map((transform) => nested.sizeAfter([transform], size));
      return sizes.every((each) => sameExtent(each, sizes[0])) ? sizes[0] : undefined;
    },
    draw({ transforms, p }, size, random) {
      const weights = weightsOf(p, transforms.length);
      let rest = random.uniform(0, sum(weights));
      let index = 0;
      while (index < weights.length - 1 && rest >= (weights[index] ?? 0)) rest -= weights[index++] ?? 0;
      return { index, drawn: nested.draw(transforms.slice(index, index + 1), size, random) };
    },
    apply(image, { transforms }, { index, drawn }, values) {
      return nested.apply(image, transforms.slice(index, index + 1), drawn, values);
    },
  };
}

function weightsOf(p: RandomChoice['p'], count: number): readonly number[] {
  if (p === null) return Array<number>(count).fill(1);
  return typeof p === 'number' ? [p] : p;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function sameExtent(a: ImageSize | undefined, b: ImageSize | undefined): boolean {
  return a !== undefined && b !== undefined && a.height === b.height && a.width === b.width;
}
