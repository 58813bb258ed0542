import type { PixelBox, TopImage } from '../../protocol/inspection';
import { networkPixels } from '../shared/network-pixels';
import type { Pixels } from '../shared/pixel-canvas';

/** What an element sees of its image; what lies beyond the image is transparent. */
export function cropPixels({ image, field }: TopImage): Pixels {
  const whole = networkPixels(image);
  const box = field ?? wholeBox(whole);
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const data = new Uint8ClampedArray(4 * width * height);
  const [from, to] = [Math.max(0, box.left), Math.min(whole.width, box.right)];
  for (let y = Math.max(0, box.top); y < Math.min(whole.height, box.bottom); y++) {
    const row = whole.data.subarray(4 * (y * whole.width + from), 4 * (y * whole.width + to));
    data.set(row, 4 * ((y - box.top) * width + from - box.left));
  }
  return { width, height, data };
}

export function wholeBox({ width, height }: Pixels): PixelBox {
  return { top: 0, left: 0, bottom: height, right: width };
}
