import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { aroundDim, inputOf, sizeOf } from '../../../steps/tensors';
import type { PlanTensor } from '../../../plan';

export function encodeGlu(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const addresses = [program.address(x), program.address(step.output)];
  program.command('glu', [...addresses, sizeOf(step.output), halfLength(step, x)]);
}

export function encodeGluGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x] = [inputOf(step, 0), inputOf(step, 1)];
  const addresses = [program.address(dy), program.address(x), program.address(step.output)];
  program.command('glu_grad', [...addresses, sizeOf(dy), halfLength(step, x)]);
}

/** How many elements of the first half stand side by side. */
function halfLength(step: KernelStep, x: PlanTensor): number {
  const [, length, inner] = aroundDim(x, numberAttribute(step.attrs, 'dim'));
  return (length / 2) * inner;
}
