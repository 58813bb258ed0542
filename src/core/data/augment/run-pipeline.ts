import type { Image, ImageSize } from '../image';
import type { Normalization } from '../normalization';
import { DrawStream, type DrawPlace } from './draw-stream';
import type { PixelValues } from './transform';
import type { TransformConfig } from './transform-config';
import { transformNamed } from './transform-table';

/**
 * What each transform of a pipeline draws for an image of this size: by the place alone, the same each time. `from`: the first that is still
 * to be applied; those before it draw nothing.
 */
export function drawPipeline(
  transforms: readonly TransformConfig[],
  size: ImageSize,
  place: DrawPlace,
  from = 0,
): unknown[] {
  let before = size;
  return transforms.map((config, index) => {
    if (index < from) return null;
    const transform = transformNamed(config.name);
    const drawn = transform.draw(config, before, new DrawStream(place, index));
    before = transform.outputSize(config, before, drawn) ?? before;
    return drawn;
  });
}

/** The image as it is after each transform: [transforms.length]. */
export function applySteps(
  image: Image,
  transforms: readonly TransformConfig[],
  drawn: readonly unknown[],
  from = 0,
): Image[] {
  let values: PixelValues;
  let before = image;
  return transforms.map((config, index) => {
    if (index >= from) before = transformNamed(config.name).apply(before, config, drawn[index], values);
    if (config.name === 'Normalize') values = normalizationOf(transforms, image.channels);
    return before;
  });
}

/** The image that a pipeline makes of another at this place. */
export function augmentImage(image: Image, transforms: readonly TransformConfig[], place: DrawPlace, from = 0): Image {
  return applySteps(image, transforms, drawPipeline(transforms, image, place, from), from).at(-1) ?? image;
}

/** What the pipeline's Normalize says, a number for each channel; undefined: there is none. */
export function normalizationOf(transforms: readonly TransformConfig[], channels: number): Normalization | undefined {
  const given = transforms.find((config) => config.name === 'Normalize');
  if (!given) return undefined;
  const each = (values: number | readonly number[]): readonly number[] => {
    const list = typeof values === 'number' ? [values] : values;
    return Array.from({ length: channels }, (_, channel) => list[channel] ?? list[0] ?? 0);
  };
  return { mean: each(given.mean), std: each(given.std) };
}
