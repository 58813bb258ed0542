import { findOp } from '../core/ops/table';
import type { KernelStep, Plan } from './plan';

/**
 * Floating-point operations of one run, by the ops' own counts: a multiply-add is 2, a convolution counts as if it were
 * computed by its definition, and optimisers count nothing.
 */
export function planFlops(plan: Plan): number {
  const steps = plan.steps.flatMap((step) => (step.kind === 'kernel' ? [step] : step.steps));
  return steps.reduce((total, step) => total + stepFlops(step), 0);
}

export function stepFlops({ op, attrs, inputs, output }: KernelStep): number {
  const flops = findOp(op)?.flops?.(inputs, output, attrs) ?? 0;
  if (typeof flops !== 'number') throw new Error(`The plan's ${op} has an open size: ${flops} operations`);
  return flops;
}
