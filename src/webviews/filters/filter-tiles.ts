import { mapRanges, paintValues, valueRange, type ValueRange } from '../../core/inspect/color-map';
import type { Picture } from '../../core/inspect/picture';

/** How a filter becomes a picture: three input channels as red, green and blue; all of them side by side; one of them. */
export type FilterView = 'rgb' | 'slices' | 'input';

export interface FilterBank {
  /** [out, in, kH, kW] */
  readonly shape: readonly [out: number, depth: number, height: number, width: number];
  readonly weights: Float32Array;
}

/** Weights as filters with places: a Linear on the whole image has the image's shape, another one only channels. */
export function filterBank(shape: readonly number[], weights: Float32Array, inputShape: readonly number[]): FilterBank {
  const [out = 1, depth = 1, height = 1, width = 1] = shape;
  const [channels = 1, inputHeight = 1, inputWidth = 1] = inputShape;
  if (shape.length === 2 && depth === channels * inputHeight * inputWidth) {
    return { shape: [out, channels, inputHeight, inputWidth], weights };
  }
  // A 1-D kernel is one row, a 3-D one has its depth among the rows.
  if (shape.length === 3) return { shape: [out, depth, 1, height], weights };
  if (shape.length === 5) return { shape: [out, depth, height * width, shape[4] ?? 1], weights };
  return { shape: [out, depth, height, width], weights };
}

/** The views that a bank allows, the best first. */
export function possibleViews({ shape: [, depth] }: FilterBank): readonly FilterView[] {
  if (depth === 1) return ['input'];
  return depth === 3 ? ['rgb', 'slices', 'input'] : ['slices', 'input'];
}

export interface FilterScale {
  /** One for each filter. */
  readonly ranges: readonly ValueRange[];
  readonly shared: boolean;
}

/** Ranges around zero, so that zero has the middle colour. */
export function filterScale({ shape: [out], weights }: FilterBank, shared: boolean): FilterScale {
  return { ranges: mapRanges(weights, out, { shared, kind: 'symmetric' }), shared };
}

/** Columns of slices in a filter's picture: as near to a square as can be. */
function sliceColumns([, depth, height, width]: FilterBank['shape']): number {
  return Math.max(1, Math.round(Math.sqrt((depth * (height + 1)) / (width + 1))));
}

/** [width, height] of a filter's picture. */
export function tileSize({ shape }: FilterBank, view: FilterView): readonly [width: number, height: number] {
  const [, depth, height, width] = shape;
  if (view !== 'slices') return [width, height];
  const columns = sliceColumns(shape);
  return [columns * (width + 1) - 1, Math.ceil(depth / columns) * (height + 1) - 1];
}

/** `input`: the channel of the view 'input'. What lies between slices is transparent. */
export function filterPixels(
  { shape, weights }: FilterBank,
  filter: number,
  view: FilterView,
  input: number,
  range: ValueRange,
): Picture {
  const [, depth, height, width] = shape;
  const size = height * width;
  const slice = (channel: number) => {
    const start = (filter * depth + channel) * size;
    return weights.subarray(start, start + size);
  };
  if (view === 'input') return { width, height, pixels: paintValues(slice(input), range, 'diverging') };
  if (view === 'rgb') {
    const pixels = new Uint8ClampedArray(4 * size).fill(255);
    const most = range.high || 1;
    for (let channel = 0; channel < 3; channel++) {
      slice(channel).forEach((value, at) => (pixels[4 * at + channel] = Math.round(127.5 + (127.5 * value) / most)));
    }
    return { width, height, pixels };
  }
  const [across, down] = tileSize({ shape, weights }, view);
  const pixels = new Uint8ClampedArray(4 * across * down);
  const columns = sliceColumns(shape);
  for (let channel = 0; channel < depth; channel++) {
    const colors = paintValues(slice(channel), range, 'diverging');
    const [left, top] = [(channel % columns) * (width + 1), Math.floor(channel / columns) * (height + 1)];
    for (let row = 0; row < height; row++) {
      pixels.set(colors.subarray(4 * row * width, 4 * (row + 1) * width), 4 * ((top + row) * across + left));
    }
  }
  return { width: across, height: down, pixels };
}

/** The common range of a bank; null where each filter has its own. */
export function commonRange({ weights }: FilterBank, shared: boolean): ValueRange | null {
  return shared ? valueRange(weights, 'symmetric') : null;
}
