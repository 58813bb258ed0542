import { colorMapTable, colorIndex, type ColorMapName, type ValueRange } from './color-map';
import type { Picture } from './picture';

/**
 * A map [h, w] enlarged to [H, W] by bilinear interpolation between the middles of its places, its edges continued (torch's
 * interpolate with align_corners=False). Source: pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 */
export function enlargeMap(
  map: Float32Array,
  [rows, columns]: readonly [number, number],
  [height, width]: readonly [number, number],
): Float32Array {
  const large = new Float32Array(height * width);
  const at = (y: number, x: number) => map[y * columns + x] ?? 0;
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = between(y, rows / height, rows);
    for (let x = 0; x < width; x++) {
      const [left, right, across] = between(x, columns / width, columns);
      const above = at(top, left) + across * (at(top, right) - at(top, left));
      const below = at(bottom, left) + across * (at(bottom, right) - at(bottom, left));
      large[y * width + x] = above + down * (below - above);
    }
  }
  return large;
}

function between(place: number, scale: number, count: number): readonly [before: number, after: number, share: number] {
  const source = Math.max(0, (place + 0.5) * scale - 0.5);
  const before = Math.min(count - 1, Math.floor(source));
  return [before, Math.min(count - 1, before + 1), source - before];
}

/**
 * Numbers of squares that move over an image (occlusion), as numbers of its pixels: each has the mean of the squares that cover
 * it; NaN where none does.
 */
export function spreadSquares(
  values: Float32Array,
  [rows, columns]: readonly [number, number],
  { size, stride }: { readonly size: number; readonly stride: number },
  [height, width]: readonly [number, number],
): Float32Array {
  const sums = new Float64Array(height * width);
  const counts = new Int32Array(height * width);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column] ?? 0;
      for (let y = row * stride; y < Math.min(height, row * stride + size); y++) {
        for (let x = column * stride; x < Math.min(width, column * stride + size); x++) {
          const place = y * width + x;
          sums[place] = (sums[place] ?? 0) + value;
          counts[place] = (counts[place] ?? 0) + 1;
        }
      }
    }
  }
  return Float32Array.from(sums, (sum, place) => sum / (counts[place] ?? 0));
}

/** `image` with the colours of `values` [H, W] laid over it, `opacity` of them; not where there is no number. */
export function overlayHeat(
  image: Picture,
  values: Float32Array,
  {
    range,
    colorMap,
    opacity,
  }: { readonly range: ValueRange; readonly colorMap: ColorMapName; readonly opacity: number },
): Picture {
  const table = colorMapTable(colorMap);
  const pixels = image.pixels.slice();
  values.forEach((value, place) => {
    if (Number.isNaN(value)) return;
    const from = 4 * colorIndex(value, range);
    for (let channel = 0; channel < 3; channel++) {
      const at = 4 * place + channel;
      pixels[at] = Math.round((1 - opacity) * (pixels[at] ?? 0) + opacity * (table[from + channel] ?? 0));
    }
  });
  return { width: image.width, height: image.height, pixels };
}
