import { elementCount } from '../../core/graph/dim';
import type { KernelStep, PlanTensor } from '../plan';

/** A tensor as (outer, reduced, inner): the attribute `dims` names neighbours, but for sizes of 1. */
export function reducedLayout(step: KernelStep, { shape }: PlanTensor): readonly [number, number, number] {
  const dims = step.attrs['dims'];
  if (!Array.isArray(dims) || !dims.every((dim) => typeof dim === 'number')) {
    throw new Error(`A step '${step.op}' has no dims`);
  }
  const first = Math.min(...dims, shape.length);
  const last = Math.max(...dims, -1);
  if (dims.length === 0) return [elementCount(shape), 1, 1];
  return [
    elementCount(shape.slice(0, first)),
    elementCount(shape.slice(first, last + 1)),
    elementCount(shape.slice(last + 1)),
  ];
}
