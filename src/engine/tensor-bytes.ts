import { elementCount } from '../core/graph/dim';
import type { Plan, PlanTensor } from './plan';

/** Bytes that a tensor takes up. */
export function tensorBytes(tensor: PlanTensor): number {
  return elementBytes(tensor) * elementCount(tensor.shape);
}

/** One for an element of the region `data`, two for a float that is kept in half, elsewhere 4 for an element of any type. */
export function elementBytes({ region, storage }: Pick<PlanTensor, 'region' | 'storage'>): number {
  if (region === 'data') return 1;
  return storage === 'f16' ? 2 : 4;
}

/** How much of the region `data` a plan reads, from its start. */
export function planDataBytes({ steps }: Plan): number {
  return steps
    .flatMap((step) => (step.kind === 'kernel' ? [step] : step.steps))
    .flatMap(({ inputs }) => inputs)
    .reduce((end, tensor) => (tensor.region === 'data' ? Math.max(end, tensor.offset + tensorBytes(tensor)) : end), 0);
}
