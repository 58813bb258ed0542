import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../attributes';
import { aroundDim, inputOf } from '../tensors';

export function encodeConcat(step: KernelStep, program: ProgramBuilder): void {
  const dim = numberAttribute(step.attrs, 'dim');
  const [outer, total, inner] = aroundDim(step.output, dim);
  let first = 0;
  for (const input of step.inputs) {
    const [, length] = aroundDim(input, dim);
    const target = program.address(step.output) + first * inner * 4;
    const sizes = [outer, length * inner, length * inner, total * inner];
    program.command('copy_blocks', [program.address(input), target, ...sizes], { barrier: false });
    first += length;
  }
  program.barrier();
}

export function encodeSlice(step: KernelStep, program: ProgramBuilder): void {
  const dim = numberAttribute(step.attrs, 'dim');
  const x = inputOf(step, 0);
  const [outer, total, inner] = aroundDim(x, dim);
  const [, length] = aroundDim(step.output, dim);
  const source = program.address(x) + numberAttribute(step.attrs, 'start') * inner * 4;
  const sizes = [outer, length * inner, total * inner, length * inner];
  program.command('copy_blocks', [source, program.address(step.output), ...sizes]);
}
