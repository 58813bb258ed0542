import { filterSizes, sourceIndex, type FilterSettings, type FilterSizes, type Pooling } from './filter-sizes';

/** Maps of one size: [channels, height, width], row-major. */
export interface Planes {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
}

export interface FilteredImage {
  readonly sizes: FilterSizes;
  /** Behind the activation. */
  readonly convolved: Planes;
  /** Behind the pooling; `convolved` itself where there is none. */
  readonly output: Planes;
}

/**
 * What one kernel makes of each channel of an image: PyTorch's depthwise `conv2d` (a cross-correlation: the kernel is not turned
 * around), then an activation and a pooling without padding. Sums are made in double precision. Throws as `filterSizes` does.
 */
export function filterImage(image: Planes, settings: FilterSettings): FilteredImage {
  const sizes = filterSizes(image.height, image.width, settings);
  const convolved = convolve(image, settings, sizes);
  activate(convolved.values, settings.activation);
  return { sizes, convolved, output: settings.pool ? poolPlanes(convolved, settings.pool, sizes) : convolved };
}

function convolve(image: Planes, settings: FilterSettings, { rows, columns }: FilterSizes): Planes {
  const { kernel, stride } = settings;
  const [height, width] = [rows.convolved, columns.convolved];
  const values = new Float32Array(image.channels * height * width);
  const sums = new Float64Array(width);
  let to = 0;
  for (let channel = 0; channel < image.channels; channel++) {
    const padded = padPlane(image, channel, settings, { rows, columns });
    const taps = tapsOf(settings, padded.width);
    for (let y = 0; y < height; y++) {
      sums.fill(0);
      for (let tap = 0; tap < taps.count; tap += tapsAtOnce) {
        addTaps(sums, padded.values, y * stride * padded.width, stride, taps, tap);
      }
      for (let x = 0; x < width; x++) values[to++] = (sums[x] ?? 0) * kernel.factor + kernel.bias;
    }
  }
  return { channels: image.channels, height, width, values };
}

/** Weights that are not zero, and where they read from the first; filled up with zeros to a multiple of `tapsAtOnce`. */
interface Taps {
  readonly count: number;
  readonly weights: Float64Array;
  readonly offsets: Int32Array;
}

/** A sum is read and written once for so many products: that is where the time goes. */
const tapsAtOnce = 4;

function tapsOf({ kernel, dilation }: FilterSettings, paddedWidth: number): Taps {
  const used = kernel.weights.map((_, tap) => tap).filter((tap) => kernel.weights[tap] !== 0);
  const count = Math.ceil(used.length / tapsAtOnce) * tapsAtOnce;
  const [weights, offsets] = [new Float64Array(count), new Int32Array(count)];
  used.forEach((tap, at) => {
    weights[at] = kernel.weights[tap] ?? 0;
    offsets[at] = (Math.floor(tap / kernel.width) * paddedWidth + (tap % kernel.width)) * dilation;
  });
  return { count, weights, offsets };
}

function addTaps(
  sums: Float64Array,
  values: Float32Array,
  start: number,
  stride: number,
  { weights, offsets }: Taps,
  tap: number,
): void {
  // Not by destructuring: that would go through iterators, a thousand times for an image.
  const weight = (index: number) => weights[tap + index] ?? 0;
  const from = (index: number) => start + (offsets[tap + index] ?? 0);
  const [a, b, c, d] = [weight(0), weight(1), weight(2), weight(3)];
  const [atA, atB, atC, atD] = [from(0), from(1), from(2), from(3)];
  for (let x = 0, at = 0; x < sums.length; x++, at += stride) {
    sums[x] =
      (sums[x] ?? 0) +
      a * (values[at + atA] ?? 0) +
      b * (values[at + atB] ?? 0) +
      c * (values[at + atC] ?? 0) +
      d * (values[at + atD] ?? 0);
  }
}

/** One channel with its padding around it. */
function padPlane(
  { height, width, values }: Planes,
  channel: number,
  { edge }: FilterSettings,
  { rows, columns }: FilterSizes,
): { readonly width: number; readonly values: Float32Array } {
  const [paddedHeight, paddedWidth] = [height + 2 * rows.padding, width + 2 * columns.padding];
  const padded = new Float32Array(paddedHeight * paddedWidth);
  const start = channel * height * width;
  const sources = Array.from({ length: paddedWidth }, (_, x) => sourceIndex(x - columns.padding, width, edge));
  for (let y = 0; y < paddedHeight; y++) {
    const row = sourceIndex(y - rows.padding, height, edge);
    if (row < 0) continue;
    for (let x = 0; x < paddedWidth; x++) {
      const column = sources[x] ?? -1;
      if (column >= 0) padded[y * paddedWidth + x] = values[start + row * width + column] ?? 0;
    }
  }
  return { width: paddedWidth, values: padded };
}

function activate(values: Float32Array, activation: FilterSettings['activation']): void {
  if (activation === 'none') return;
  for (let at = 0; at < values.length; at++) values[at] = activated(values[at] ?? 0, activation);
}

/** Value of one element behind the activation. */
export function activated(value: number, activation: FilterSettings['activation']): number {
  switch (activation) {
    case 'none':
      return value;
    case 'relu':
      return Math.max(0, value);
    case 'abs':
      return Math.abs(value);
  }
}

function poolPlanes(map: Planes, { kind, size, stride }: Pooling, { rows, columns }: FilterSizes): Planes {
  const [height, width] = [rows.output, columns.output];
  const values = new Float32Array(map.channels * height * width);
  let to = 0;
  for (let channel = 0; channel < map.channels; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const start = (channel * map.height + y * stride) * map.width + x * stride;
        let [sum, most] = [0, -Infinity];
        for (let row = 0; row < size; row++) {
          for (let column = 0; column < size; column++) {
            const value = map.values[start + row * map.width + column] ?? 0;
            sum += value;
            if (value > most) most = value;
          }
        }
        values[to++] = kind === 'max' ? most : sum / (size * size);
      }
    }
  }
  return { channels: map.channels, height, width, values };
}
