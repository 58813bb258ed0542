import type { KernelStep, Plan } from '../plan';
import { elementEncoders, kernelEncoders } from './encode/table';

/** The first step of a plan that the GPU engine has no kernel for; undefined: it can run the plan. */
export function findMissingKernel({ steps }: Plan): KernelStep | undefined {
  return steps
    .flatMap((step) => (step.kind === 'kernel' ? [step] : step.steps))
    .find(({ op }) => !elementEncoders.has(op) && !kernelEncoders.has(op));
}
