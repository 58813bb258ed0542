import { activated, type FilteredImage, type Planes } from './filter-image';
import { sourceIndex, type FilterSettings } from './filter-sizes';

/** How one element of a filtered image comes about. */
export interface FilterArithmetic {
  /** Of the element behind the kernel, [y, x]: where something is pooled, the one that was taken, or the window's first. */
  readonly place: readonly [y: number, x: number];
  /** [kH, kW]: what the kernel lies on, padding included. */
  readonly patch: readonly number[];
  /** Row and column of the image that each tap reads; −1: a zero of the padding. [kH] and [kW] */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** First and last place under the kernel, which may lie outside of the image: [top, left, bottom, right), in its pixels. */
  readonly field: { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };
  /** Σ patch ⊙ kernel */
  readonly sum: number;
  /** sum · factor + bias */
  readonly value: number;
  readonly activated: number;
  /** The window of the pooling; null where there is none. */
  readonly window: {
    /** [size, size] */
    readonly values: readonly number[];
    /** Index of the largest; null for an average. */
    readonly taken: number | null;
    readonly value: number;
  } | null;
}

/** Of element (y, x) of a channel of `filtered.output`. */
export function explainFilter(
  image: Planes,
  { sizes, convolved }: FilteredImage,
  settings: FilterSettings,
  channel: number,
  y: number,
  x: number,
): FilterArithmetic {
  const { kernel, stride, dilation, edge, pool } = settings;
  const window = pool && poolWindow(convolved, channel, y * pool.stride, x * pool.stride, pool.size, pool.kind);
  const offset = window?.taken ?? 0;
  const place: readonly [number, number] = pool
    ? [y * pool.stride + Math.floor(offset / pool.size), x * pool.stride + (offset % pool.size)]
    : [y, x];
  const top = place[0] * stride - sizes.rows.padding;
  const left = place[1] * stride - sizes.columns.padding;
  const rows = Array.from({ length: kernel.height }, (_, tap) => sourceIndex(top + tap * dilation, image.height, edge));
  const columns = Array.from({ length: kernel.width }, (_, tap) =>
    sourceIndex(left + tap * dilation, image.width, edge),
  );
  const start = channel * image.height * image.width;
  const patch = rows.flatMap((row) =>
    columns.map((column) => (row < 0 || column < 0 ? 0 : (image.values[start + row * image.width + column] ?? 0))),
  );
  const sum = patch.reduce((total, value, tap) => total + value * (kernel.weights[tap] ?? 0), 0);
  const value = sum * kernel.factor + kernel.bias;
  const field = {
    top,
    left,
    bottom: top + dilation * (kernel.height - 1) + 1,
    right: left + dilation * (kernel.width - 1) + 1,
  };
  return { place, patch, rows, columns, field, sum, value, activated: activated(value, settings.activation), window };
}

function poolWindow(
  { values, height, width }: Planes,
  channel: number,
  top: number,
  left: number,
  size: number,
  kind: 'max' | 'average',
): NonNullable<FilterArithmetic['window']> {
  const seen = Array.from({ length: size * size }, (_, at) => {
    const [row, column] = [top + Math.floor(at / size), left + (at % size)];
    return values[(channel * height + row) * width + column] ?? 0;
  });
  if (kind === 'average') {
    return { values: seen, taken: null, value: seen.reduce((sum, value) => sum + value, 0) / seen.length };
  }
  const value = Math.max(...seen);
  return { values: seen, taken: seen.indexOf(value), value };
}
