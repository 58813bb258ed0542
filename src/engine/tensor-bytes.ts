import { elementCount } from '../core/graph/dim';
import type { Plan, PlanTensor } from './plan';

/** Bytes that a tensor takes up: one for an element of the region `data`, elsewhere 4 for an element of any type. */
export function tensorBytes({ region, shape }: PlanTensor): number {
  return (region === 'data' ? 1 : 4) * elementCount(shape);
}

/** How much of the region `data` a plan reads, from its start. */
export function planDataBytes({ steps }: Plan): number {
  return steps
    .flatMap((step) => (step.kind === 'kernel' ? [step] : step.steps))
    .flatMap(({ inputs }) => inputs)
    .reduce((end, tensor) => (tensor.region === 'data' ? Math.max(end, tensor.offset + tensorBytes(tensor)) : end), 0);
}
