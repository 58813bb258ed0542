import type { ImageSize } from './image';
import { DrawStream, type DrawPlace } from './augment/draw-stream';
import { normalizationOf } from './augment/run-pipeline';
import type { TransformConfig } from './augment/transform-config';
import { cutout, cutoutBox, type Cutout } from './augment/transforms/cutout';
import { colourOf, randomErasing, type RandomErasing } from './augment/transforms/random-erasing';
import type { Box } from './augment/transforms/random-resized-crop';

/** What fills a piece of each image with one colour, as the device can do it. */
export interface DeviceErasing {
  readonly transform: Cutout | RandomErasing;
  /** Its number in the pipeline, which it draws by. */
  readonly index: number;
  readonly size: ImageSize;
  /** Of the colour, by channel. */
  readonly bytes: readonly number[];
}

/** The transform of that number; undefined: the device can't do it. `size`: of the images that it gets. */
export function deviceErasing(
  transforms: readonly TransformConfig[],
  index: number,
  size: ImageSize,
): DeviceErasing | undefined {
  const transform = transforms[index];
  if (transform?.name !== 'Cutout' && transform?.name !== 'RandomErasing') return undefined;
  const value = transform.name === 'Cutout' ? 0 : transform.value;
  if (value === 'random') return undefined;
  const isNormalized = transforms.slice(0, index).some(({ name }) => name === 'Normalize');
  const values = isNormalized ? normalizationOf(transforms, size.channels) : undefined;
  return { transform, index, size, bytes: colourOf(value, size.channels, values) };
}

/** What is filled of an image: what the transform draws as a part of its pipeline; null: nothing. It may reach over the image's edges. */
export function drawErased({ transform, index, size }: DeviceErasing, place: DrawPlace): Box | null {
  const random = new DrawStream(place, index);
  return transform.name === 'Cutout'
    ? cutoutBox(transform, cutout.draw(transform, size, random))
    : randomErasing.draw(transform, size, random);
}
