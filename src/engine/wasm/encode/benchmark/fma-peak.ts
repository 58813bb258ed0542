import type { KernelStep } from '../../../plan';
import { numberAttribute } from '../../../steps/attributes';
import type { ProgramBuilder } from '../../program-builder';

/** Every thread does so many `iterations` (see kernels/fma-peak.ts). The output has 16 elements for each thread. */
export function encodeFmaPeak(step: KernelStep, program: ProgramBuilder): void {
  program.command('fma_peak', [numberAttribute(step.attrs, 'iterations'), program.address(step.output)]);
}
