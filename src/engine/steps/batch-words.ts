import type { BatchPlace } from '../../core/ops/batch-place';
import { elementCount } from '../../core/graph/dim';
import type { Attributes } from '../../core/graph/graph';

/**
 * How the numbers that are drawn for a tensor of this shape lie in those of the whole batch, as `kernels/place-of-draw.ts`
 * reads it: how many belong to one image side by side, and how many images stand together. Zeros: the tensor has no images.
 */
export function batchWords(attrs: Attributes, shape: readonly number[]): readonly [perImage: number, run: number] {
  const batch = attrs['batch'] as BatchPlace | undefined;
  if (!batch) return [0, 0];
  const run = elementCount(shape.slice(batch.dim));
  return [(batch.each * run) / (shape[batch.dim] ?? 1), run];
}
