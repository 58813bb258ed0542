import type { NetworkImage } from '../../protocol/inspection';
import type { Pixels } from './pixel-canvas';

/** An image as the network sees it, to be drawn: one channel as grey, three as colours; of others the first. */
export function networkPixels({ shape, pixels }: Pick<NetworkImage, 'shape' | 'pixels'>): Pixels {
  const [channels = 1, height = 1, width = 1] = shape;
  const size = height * width;
  const data = new Uint8ClampedArray(4 * size);
  const [green, blue] = channels === 3 ? [size, 2 * size] : [0, 0];
  for (let at = 0; at < size; at++) {
    data[4 * at] = pixels[at] ?? 0;
    data[4 * at + 1] = pixels[green + at] ?? 0;
    data[4 * at + 2] = pixels[blue + at] ?? 0;
    data[4 * at + 3] = 255;
  }
  return { width, height, data };
}
