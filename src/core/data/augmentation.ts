import type { ImageSize } from './image';
import { philox4x32, streams } from '../rng/philox';
import type { TransformConfig } from './augment/transform-config';
import { heightAndWidth } from './augment/parameters';
import type { Box } from './augment/transforms/random-resized-crop';
import { deviceErasing, drawErased, type DeviceErasing } from './device-erasing';

/** How images are changed, by torchvision's transforms one after the other. */
export interface AugmentationConfig {
  /** Of training images, each time they are taken. */
  readonly train: readonly TransformConfig[];
  /** Of all others, always the same; null: what brings them to the size of the training images (`evaluationTransforms`). */
  readonly evaluation: readonly TransformConfig[] | null;
}

export const noAugmentation: AugmentationConfig = { train: [], evaluation: null };

/** Whether training images are changed: ToTensor and Normalize alone do not. */
export function isAugmented({ train }: AugmentationConfig): boolean {
  return changing(train).length > 0;
}

/** What changes pixels or sizes. */
export function changing(transforms: readonly TransformConfig[]): readonly TransformConfig[] {
  return transforms.filter(({ name }) => name !== 'ToTensor' && name !== 'Normalize');
}

/** What the device can do with images while it takes them: a shift, mirroring, and a piece of one colour. */
export interface DeviceChange {
  /** Mirrored left to right, every other time (torchvision RandomHorizontalFlip). */
  readonly flip: boolean;
  /** Pixels of border, of byte 0, out of which a piece of the image's size is cut (torchvision RandomCrop(size, padding)); 0: none. */
  readonly cropPadding: number;
  /** After the others (torchvision RandomErasing). */
  readonly erasing?: DeviceErasing;
}

export const noChange: DeviceChange = { flip: false, cropPadding: 0 };

/** The transforms from number `from` on as the device does them to images of this size; undefined: it can't do all of them. */
export function deviceChange(
  transforms: readonly TransformConfig[],
  size: ImageSize,
  from = 0,
): DeviceChange | undefined {
  let change = noChange;
  for (const transform of changing(transforms.slice(from))) {
    // What comes after a piece of one colour would change that, too.
    if (change.erasing) return undefined;
    const erasing = deviceErasing(transforms, transforms.indexOf(transform), size);
    // A shift is as likely as its mirror image, so that their order does not matter.
    if (erasing) {
      change = { ...change, erasing };
    } else if (transform.name === 'RandomHorizontalFlip' && transform.p === 0.5 && !change.flip) {
      change = { ...change, flip: true };
    } else if (transform.name === 'RandomCrop' && change.cropPadding === 0 && isShift(transform, size)) {
      change = { ...change, cropPadding: transform.padding };
    } else {
      return undefined;
    }
  }
  return change;
}

type Transform<Name> = Extract<TransformConfig, { readonly name: Name }>;

function isShift(
  crop: Transform<'RandomCrop'>,
  { height, width }: Pick<ImageSize, 'height' | 'width'>,
): crop is Transform<'RandomCrop'> & { readonly padding: number } {
  const { size, padding, paddingMode, fill } = crop;
  const [toHeight, toWidth] = size === null ? [height, width] : heightAndWidth(size);
  const black = typeof fill === 'number' ? fill === 0 : (fill ?? []).every((byte) => byte === 0);
  return typeof padding === 'number' && paddingMode === 'constant' && black && toHeight === height && toWidth === width;
}

/** What is taken out of an image: the pick of core/ops/data/gather-images.ts without the image. */
export interface ImageChange {
  /** In [−cropPadding, cropPadding]. */
  readonly dy: number;
  readonly dx: number;
  readonly flip: boolean;
  /** What is filled of the result; it may reach over its edges. */
  readonly erased?: Box;
}

export const unchanged: ImageChange = { dy: 0, dx: 0, flip: false };

/**
 * Drawn by seed, epoch (0-based) and the image's number in its split alone: one Philox block each, so that a resumed run
 * and any order of batches draw the same. A shift is a 32-bit word scaled down; no shift is favoured by more than 2⁻³²·(2p + 1).
 */
export function drawChange(
  { flip, cropPadding, erasing }: DeviceChange,
  seed: number,
  epoch: number,
  image: number,
): ImageChange {
  const [mirror, down, right] = philox4x32([image, 0, epoch, 0], [seed, streams.augment]);
  const shift = (word: number): number => Math.floor((word / 2 ** 32) * (2 * cropPadding + 1)) - cropPadding;
  const erased = erasing && drawErased(erasing, { seed, epoch, image });
  return { dy: shift(down), dx: shift(right), flip: flip && mirror >= 2 ** 31, ...(erased && { erased }) };
}

/**
 * Writes row `index` of a run's picks, as core/ops/data/gather-images.ts has them: where the image stands and how it is changed. `words`: of a
 * row, 4 or 8.
 */
export function writePick(picks: Int32Array, words: number, index: number, slot: number, change: ImageChange): void {
  const { dy, dx, flip, erased } = change;
  const start = words * index;
  picks.set([slot, dy, dx, Number(flip)], start);
  if (words === 8) {
    const { top = 0, left = 0, height = 0, width = 0 } = erased ?? {};
    picks.set([top, left, top + height, left + width], start + 4);
  }
}

/**
 * The numbers that the images at the positions of an order draw by: an image's own and, where an epoch takes it several times, that many
 * times `count` more, so that it is changed otherwise each time. `order`: numbers below `count`.
 */
export function drawNumbers(order: Int32Array, count: number): Uint32Array {
  const times = new Uint32Array(count);
  return Uint32Array.from(order, (image) => {
    const before = times[image] ?? 0;
    times[image] = before + 1;
    return image + before * count;
  });
}
