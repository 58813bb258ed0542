import type { Picture } from '../../core/inspect/picture';
import type { ItemImage } from '../../protocol/dataset-inspection';

/** An image of a data set, to be drawn. */
export function pictureOfItem({ width, height, pixels }: Pick<ItemImage, 'width' | 'height' | 'pixels'>): Picture {
  return { width, height, pixels: new Uint8ClampedArray(pixels.slice().buffer) };
}
