import { addDims, floorDivideDims, formatShape, substituteDim, subtractDims, type Dim } from '../graph/dim';
import type { Shape, TensorType } from '../graph/graph';
import { OpError, OpUnsupported, type ArgumentFix } from './op';

/**
 * Size of a sliding window's output: ⌊(size + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1,
 * `padding` being both sides together. Source: PyTorch, Conv2d.
 */
export function windowOutputSize(size: Dim, kernel: number, stride: number, padding: number, dilation: number): Dim {
  const span = dilation * (kernel - 1) + 1;
  return addDims(floorDivideDims(addDims(size, padding - span), stride), 1);
}

/**
 * Output size of a pool: like a convolution's, rounded up with `ceilMode`, but no window may begin beyond the input and
 * its left padding. With span = dilation·(kernel − 1) + 1 that is ⌈(size + 2·padding − span)/stride⌉ + 1, or, where a
 * window could begin beyond (stride + padding > span), the number of windows that do not: ⌈(size + padding)/stride⌉.
 * Source: PyTorch, MaxPool2d.
 */
export function poolOutputSize(
  size: Dim,
  window: { kernel: number; stride: number; padding: number; dilation: number; ceilMode: boolean },
): Dim {
  const { kernel, stride, padding, dilation, ceilMode } = window;
  if (!ceilMode) return windowOutputSize(size, kernel, stride, 2 * padding, dilation);
  const span = dilation * (kernel - 1) + 1;
  if (stride + padding > span) return ceilDivideDims(addDims(size, padding), stride);
  return addDims(ceilDivideDims(addDims(size, 2 * padding - span), stride), 1);
}

/** ⌈a / b⌉ */
export function ceilDivideDims(a: Dim, b: number): Dim {
  return floorDivideDims(addDims(a, b - 1), b);
}

/** Throws where the window does not fit into the padded input. */
export function requireWindowFits(
  title: string,
  input: Shape,
  output: readonly Dim[],
  kernel: readonly number[],
): void {
  if (output.some((size) => typeof size === 'number' && size < 1)) {
    throw new OpError(
      `${title}: the ${kernel.join('×')} window is larger than its padded input of shape ${formatShape(input)}.`,
    );
  }
}

/** A tensor `[N, C, …]` or `[C, …]` with the last dimensions apart. */
export interface SpatialShape {
  /** `[N]`, or empty where there is no batch. */
  readonly batch: readonly Dim[];
  readonly channels: Dim;
  /** `[length]`, `[height, width]` or `[depth, height, width]` */
  readonly size: readonly Dim[];
}

const batches: Readonly<Record<number, string>> = {
  1: 'a batch of sequences (N, C, L)',
  2: 'a batch of images (N, C, H, W)',
  3: 'a batch of volumes (N, C, D, H, W)',
};

/** The sizes of a batch of sequences, images or volumes; like PyTorch, one alone (without N) will do. */
export function spatialShape(title: string, input: TensorType | undefined, rank: number): SpatialShape {
  const shape = input?.shape ?? [];
  const channels = shape.at(-rank - 1);
  if (channels === undefined || shape.length > rank + 2) {
    throw new OpError(`${title} expects ${batches[rank] ?? ''}, got shape ${formatShape(shape)}.`);
  }
  return { batch: shape.slice(0, -rank - 1), channels, size: shape.slice(-rank) };
}

/** Throws where two sizes must be equal and are not; where symbols leave it open, that is said. */
export function requireEqual(actual: Dim | undefined, expected: Dim, message: string, fix?: ArgumentFix): void {
  if (actual === expected) return;
  if (actual === undefined || surelyDiffer(actual, expected)) throw new OpError(message, fix);
  throw new OpUnsupported(`${message} Whether that fits depends on the size of the input.`);
}

/**
 * Whether two sizes are different, so that PyTorch refuses them where they must be equal. Sizes that only some batch
 * sizes make equal are different: a model is for any batch size. Other symbols leave it open.
 */
export function surelyDiffer(a: Dim, b: Dim): boolean {
  const difference = subtractDims(a, b);
  return difference !== 0 && typeof substituteDim(difference, { N: 1 }) === 'number';
}

/** Whether tensors of that type hold fractions. */
export function isFloat({ dtype }: TensorType): boolean {
  return dtype.startsWith('f') || dtype.startsWith('bf');
}

/** Throws where a weight does not have the input's element type. */
export function requireTypeOfWeight(title: string, input: TensorType, weight: TensorType): void {
  if (input.dtype === weight.dtype) return;
  if (isFloat(weight) && !isFloat(input)) {
    throw new OpError(`${title} expects floats, its input holds ${input.dtype} values. Convert it with .float().`);
  }
  throw new OpUnsupported(`${title}: an input of ${input.dtype} and a weight of ${weight.dtype} are not supported.`);
}

/** Throws for whole numbers, which versions of PyTorch treat differently. */
export function requireFloatInput(title: string, input: TensorType): void {
  if (!isFloat(input)) {
    throw new OpUnsupported(`${title} of ${input.dtype} values is not supported. Convert them with .float().`);
  }
}

/** The input's type; ops are only called with as many inputs as they have. */
export function inputAt(inputs: readonly TensorType[], index: number): TensorType {
  const input = inputs[index];
  if (!input) throw new Error(`An op misses its input ${index}`);
  return input;
}

export function dimAt(shape: Shape, index: number): Dim {
  const dim = shape.at(index);
  if (dim === undefined) throw new Error(`Shape ${formatShape(shape)} has no dimension ${index}`);
  return dim;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** A dimension index counted from the end where negative, as in Python; throws an OpError out of range. */
export function normalizeDimension(title: string, dim: number, rank: number): number {
  const normalized = dim < 0 ? dim + rank : dim;
  if (normalized < 0 || normalized >= rank) {
    throw new OpError(`${title}: dimension ${dim} is out of range for a tensor of ${rank} dimensions.`);
  }
  return normalized;
}

export function f32(shape: Shape): TensorType {
  return { shape, dtype: 'f32' };
}
