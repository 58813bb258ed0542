import { philox4x32, streams } from '../rng/philox';

/** How training images are changed, each time they are taken. */
export interface AugmentationConfig {
  /** Mirrored left to right, every other time (torchvision RandomHorizontalFlip). */
  readonly flip: boolean;
  /** Pixels of border, of byte 0, out of which a piece of the image's size is cut (torchvision RandomCrop(size, padding)); 0: none. */
  readonly cropPadding: number;
}

export const noAugmentation: AugmentationConfig = { flip: false, cropPadding: 0 };

/** What is taken out of an image: the pick of core/ops/data/gather-images.ts without the image. */
export interface ImageChange {
  /** In [−cropPadding, cropPadding]. */
  readonly dy: number;
  readonly dx: number;
  readonly flip: boolean;
}

export const unchanged: ImageChange = { dy: 0, dx: 0, flip: false };

export function isAugmented({ flip, cropPadding }: AugmentationConfig): boolean {
  return flip || cropPadding > 0;
}

/**
 * Drawn by seed, epoch (0-based) and the image's number in its split alone: one Philox block each, so that a resumed run
 * and any order of batches draw the same. A shift is a 32-bit word scaled down; no shift is favoured by more than 2⁻³²·(2p + 1).
 */
export function drawChange(
  { flip, cropPadding }: AugmentationConfig,
  seed: number,
  epoch: number,
  image: number,
): ImageChange {
  const [mirror, down, right] = philox4x32([image, 0, epoch, 0], [seed, streams.augment]);
  const shift = (word: number): number => Math.floor((word / 2 ** 32) * (2 * cropPadding + 1)) - cropPadding;
  return { dy: shift(down), dx: shift(right), flip: flip && mirror >= 2 ** 31 };
}
