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
  const { kernel, stride, dilation } = settings;
  const [height, width] = [rows.convolved, columns.convolved];
  const size = height * width;
  const values = new Float32Array(image.channels * size);
  const sums = new Float64Array(size);
  for (let channel = 0; channel < image.channels; channel++) {
    const padded = padPlane(image, channel, settings, { rows, columns });
    sums.fill(0);
    for (let tap = 0; tap < kernel.weights.length; tap++) {
      const weight = kernel.weights[tap] ?? 0;
      if (weight === 0) continue;
      const across = (tap % kernel.width) * dilation;
      const down = Math.floor(tap / kernel.width) * dilation;
      for (let y = 0; y < height; y++) {
        const from = (y * stride + down) * padded.width + across;
        const to = y * width;
        for (let x = 0; x < width; x++) {
          sums[to + x] = (sums[to + x] ?? 0) + weight * (padded.values[from + x * stride] ?? 0);
        }
      }
    }
    const { factor, bias } = kernel;
    for (let at = 0; at < size; at++) values[channel * size + at] = (sums[at] ?? 0) * factor + bias;
  }
  return { channels: image.channels, height, width, values };
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
