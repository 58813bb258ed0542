import type { PixelBox, TopImage } from '../../protocol/inspection';
import { networkPicture } from '../shared/network-picture';
import type { Picture } from '../../core/inspect/picture';

/** What an element sees of its image; what lies beyond the image is transparent. */
export function cropPixels({ image, field }: TopImage): Picture {
  const whole = networkPicture(image);
  const box = field ?? wholeBox(whole);
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const pixels = new Uint8ClampedArray(4 * width * height);
  const [from, to] = [Math.max(0, box.left), Math.min(whole.width, box.right)];
  for (let y = Math.max(0, box.top); y < Math.min(whole.height, box.bottom); y++) {
    const row = whole.pixels.subarray(4 * (y * whole.width + from), 4 * (y * whole.width + to));
    pixels.set(row, 4 * ((y - box.top) * width + from - box.left));
  }
  return { width, height, pixels };
}

export function wholeBox({ width, height }: Picture): PixelBox {
  return { top: 0, left: 0, bottom: height, right: width };
}
