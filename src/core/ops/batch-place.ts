import { divideExactly } from '../graph/dim';
import type { Attributes, Shape } from '../graph/graph';

/** Of a tensor that random numbers are drawn for: which dimension has the images of the batch, and how many of its places each image takes. */
export interface BatchPlace extends Attributes {
  readonly dim: number;
  readonly each: number;
}

/**
 * The attribute `batch` of what draws a number for each element of this shape, where it depends on the batch. A part of a batch
 * then draws what the whole batch draws for its images. Images lie one after the other along the dimension.
 */
export function batchPlace(shape: Shape): { readonly batch?: BatchPlace } {
  const [dim, ...more] = shape.flatMap((size, index) => (typeof size === 'string' ? [index] : []));
  if (dim === undefined || more.length > 0) return {};
  const each = divideExactly(shape[dim] ?? 1, 'N');
  return typeof each === 'number' ? { batch: { dim, each } } : {};
}
