import { multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import type { NodeAdder } from '../op';
import { sameShape } from '../shapes';
import { at } from './convolution';

/** What convolutions of sequences, images and volumes have along their dimensions; padding is before each, then after each. */
export interface WindowAxes {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

/** The same elements under another shape; nothing is added where it is the same. */
export function reshaped({ add, typeOf }: NodeAdder, x: NodeId, shape: Shape): NodeId {
  return sameShape(typeOf(x).shape, shape) ? x : add('reshape', { shape }, [x]);
}

/** `[C, …size]` as a batch of one. */
export function asBatch(nodes: NodeAdder, x: NodeId, rank: number): NodeId {
  const { shape } = nodes.typeOf(x);
  return shape.length === rank + 1 ? reshaped(nodes, x, [1, ...shape]) : x;
}

/** A sequence's window as that of an image of one row. */
export function rowAxes({ stride, padding, dilation }: WindowAxes): WindowAxes {
  return {
    stride: [1, ...stride],
    padding: [0, at(padding, 0), 0, at(padding, 1)],
    dilation: [1, ...dilation],
  };
}

/** A volume's window in each of its slices. */
export function sliceAxes({ stride, padding, dilation }: WindowAxes): WindowAxes {
  return {
    stride: stride.slice(1),
    padding: [at(padding, 1), at(padding, 2), at(padding, 4), at(padding, 5)],
    dilation: dilation.slice(1),
  };
}

/** The window of a volume that sees one place of each slice: its slices are the rows of an image, their places its columns. */
export function depthAxes({ stride, padding, dilation }: WindowAxes): WindowAxes {
  return {
    stride: [at(stride, 0), 1],
    padding: [at(padding, 0), 0, at(padding, 3), 0],
    dilation: [at(dilation, 0), 1],
  };
}

/** Whether a volume's window takes each place of a slice for itself. */
export function seesOnePlace({ stride, padding }: WindowAxes, kernel: Shape): boolean {
  return [1, 2].every(
    (axis) => kernel[axis] === 1 && at(stride, axis) === 1 && at(padding, axis) === 0 && at(padding, axis + 3) === 0,
  );
}

/** `[N, C, D, H, W]` → `[N·D, C, H, W]`: every slice an image. */
export function slicesAsImages(nodes: NodeAdder, x: NodeId): NodeId {
  const [images = 1, channels = 1, depth = 1, ...size] = nodes.typeOf(x).shape;
  const swapped = swapDims(nodes, x, [images, channels, depth, productOfDims(size)]);
  return reshaped(nodes, swapped, [multiplyDims(images, depth), channels, ...size]);
}

/** `[N·D, C, H, W]` → `[N, C, D, H·W]` */
export function imagesAsSlices(nodes: NodeAdder, x: NodeId, depth: Dim, images: Dim): NodeId {
  const [, channels = 1, ...size] = nodes.typeOf(x).shape;
  return swapDims(nodes, x, [images, depth, channels, productOfDims(size)]);
}

/** x seen as `shape`, its second and third dimensions swapped. */
function swapDims(nodes: NodeAdder, x: NodeId, [first = 1, second = 1, third = 1, last = 1]: Shape): NodeId {
  const seen = reshaped(nodes, x, [first, second, third, last]);
  if (second === 1 || third === 1) return reshaped(nodes, seen, [first, third, second, last]);
  return nodes.add('depth_windows', { kernel: 1, stride: 1, padding: 0, dilation: 1, count: third }, [seen]);
}
