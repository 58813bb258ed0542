import { addDims, floorDivideDims, formatShape, type Dim } from '../graph/dim';
import type { Shape, TensorType } from '../graph/graph';
import { OpError } from './op';

/** [top, left, bottom, right], as ONNX orders them. */
export type Padding4 = readonly [number, number, number, number];
/** [height, width] */
export type Pair = readonly [number, number];

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
 * its left padding. Source: PyTorch, MaxPool2d.
 */
export function poolOutputSize(
  title: string,
  size: Dim,
  window: { kernel: number; stride: number; padding: number; dilation: number; ceilMode: boolean },
): Dim {
  const { kernel, stride, padding, dilation, ceilMode } = window;
  if (!ceilMode) return windowOutputSize(size, kernel, stride, 2 * padding, dilation);
  if (typeof size !== 'number') {
    throw new OpError(`${title}: with ceil_mode the output of size ${size} cannot be written as a formula.`);
  }
  const rounded = Math.ceil((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
  return (rounded - 1) * stride >= size + padding ? rounded - 1 : rounded;
}

/** Throws where the window does not fit into the padded input. */
export function requireWindowFits(title: string, input: Shape, output: readonly Dim[], kernel: Pair): void {
  if (output.some((size) => typeof size === 'number' && size < 1)) {
    throw new OpError(
      `${title}: the ${kernel.join('×')} window is larger than its padded input of shape ${formatShape(input)}.`,
    );
  }
}

/** The sizes of an image batch `[N, C, H, W]`. */
export function imageShape(title: string, input: TensorType | undefined): readonly [Dim, Dim, Dim, Dim] {
  const [n, c, h, w, ...more] = input?.shape ?? [];
  if (n === undefined || c === undefined || h === undefined || w === undefined || more.length > 0) {
    throw new OpError(`${title} expects a batch of images (N, C, H, W), got shape ${formatShape(input?.shape ?? [])}.`);
  }
  return [n, c, h, w];
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
