import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { aroundDim, inputOf, sizeOf } from '../../../steps/tensors';

export function encodeConcat(step: KernelStep, program: ProgramBuilder): void {
  const dim = numberAttribute(step.attrs, 'dim');
  const [outer, total, inner] = aroundDim(step.output, dim);
  let first = 0;
  for (const [index] of step.inputs.entries()) {
    const input = inputOf(step, index);
    // A vector without elements is skipped, whatever the others are.
    if (sizeOf(input) === 0) continue;
    const [, length] = aroundDim(input, dim);
    const target = program.address(step.output) + first * inner * 4;
    const sizes = [outer, length * inner, length * inner, total * inner];
    program.command('copy_blocks', [program.address(input), target, ...sizes], { barrier: false });
    first += length;
  }
  program.barrier();
}
