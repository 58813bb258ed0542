import { pictureOfImage, type Picture } from '../../core/inspect/picture';
import type { NetworkImage } from '../../protocol/inspection';

/** An image as the network sees it, to be drawn: one channel as grey, three as colours; of others the first. */
export function networkPicture({ shape, pixels }: Pick<NetworkImage, 'shape' | 'pixels'>): Picture {
  return pictureOfImage(pixels, shape);
}
