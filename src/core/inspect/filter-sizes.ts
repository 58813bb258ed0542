import { UserError } from '../errors';

/** What a kernel reads beyond the image. `valid`: it stays inside; the others pad by half of what it reaches over. */
export type EdgeHandling = 'zero' | 'reflect' | 'replicate' | 'circular' | 'valid';

export interface Kernel {
  readonly height: number;
  readonly width: number;
  /** [height, width] */
  readonly weights: readonly number[];
  /** Multiplies the sum, so that weights can be whole numbers. */
  readonly factor: number;
  readonly bias: number;
}

export interface Pooling {
  readonly kind: 'max' | 'average';
  /** Of the square window, which never leaves the map. */
  readonly size: number;
  readonly stride: number;
}

export interface FilterSettings {
  readonly kernel: Kernel;
  readonly stride: number;
  readonly dilation: number;
  readonly edge: EdgeHandling;
  readonly activation: 'none' | 'relu' | 'abs';
  readonly pool: Pooling | null;
}

/** How long a side of the output is, and by which numbers. */
export interface FilterAxis {
  readonly input: number;
  /** On each of the two ends. */
  readonly padding: number;
  readonly kernel: number;
  readonly dilation: number;
  readonly stride: number;
  /** ⌊(input + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 */
  readonly convolved: number;
  /** ⌊(convolved − size) / stride⌋ + 1; `convolved` where nothing is pooled. */
  readonly output: number;
}

export interface FilterSizes {
  readonly rows: FilterAxis;
  readonly columns: FilterAxis;
}

/**
 * Sizes of what comes out, as PyTorch's Conv2d and MaxPool2d / AvgPool2d have them. Throws a UserError where PyTorch would refuse:
 * the kernel or the window is larger than what it lies on, or the padding is more than the image can give.
 */
export function filterSizes(height: number, width: number, settings: FilterSettings): FilterSizes {
  const { kernel } = settings;
  return {
    rows: axisOf('height', height, kernel.height, settings),
    columns: axisOf('width', width, kernel.width, settings),
  };
}

function axisOf(name: string, input: number, kernel: number, settings: FilterSettings): FilterAxis {
  const { stride, dilation, edge, pool } = settings;
  const reach = dilation * (kernel - 1);
  const padding = edge === 'valid' ? 0 : Math.floor(reach / 2);
  if (input + 2 * padding < reach + 1) {
    throw new UserError(
      `The kernel reaches over ${reach + 1} pixels, but the image's ${name} is ${input}.`,
      'Choose a smaller kernel, a smaller dilation, or another edge handling.',
    );
  }
  // PyTorch: a reflection does not repeat the edge's pixel, a circular padding goes around once.
  if ((edge === 'reflect' && padding >= input) || (edge === 'circular' && padding > input)) {
    throw new UserError(
      `A padding of ${padding} is more than ${edge === 'reflect' ? 'a reflection of' : 'going once around'} ${input} pixels gives.`,
      'Choose a smaller kernel or dilation, or pad with zeros.',
    );
  }
  const convolved = Math.floor((input + 2 * padding - reach - 1) / stride) + 1;
  if (pool && convolved < pool.size) {
    throw new UserError(
      `The pooling window of ${pool.size} is larger than the map, whose ${name} is ${convolved}.`,
      'Choose a smaller window or a smaller stride.',
    );
  }
  const output = pool ? Math.floor((convolved - pool.size) / pool.stride) + 1 : convolved;
  return { input, padding, kernel, dilation, stride, convolved, output };
}

/** Where the image is read for a place that may be outside of it; −1: nowhere, it is zero. */
export function sourceIndex(place: number, length: number, edge: EdgeHandling): number {
  if (place >= 0 && place < length) return place;
  switch (edge) {
    case 'zero':
    case 'valid':
      return -1;
    case 'reflect':
      return place < 0 ? -place : 2 * (length - 1) - place;
    case 'replicate':
      return place < 0 ? 0 : length - 1;
    case 'circular':
      return ((place % length) + length) % length;
  }
}
