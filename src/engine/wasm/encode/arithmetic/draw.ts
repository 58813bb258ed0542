import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../attributes';
import { inputOf, sizeOf } from '../tensors';

export function encodeDraw(step: KernelStep, program: ProgramBuilder): void {
  const addresses = [program.address(inputOf(step, 0)), program.address(step.output)];
  const { distribution } = step.attrs;
  if (typeof distribution !== 'string') throw new Error('A draw has no distribution');
  const kernel = `draw_${distribution}`;
  program.elementwise(kernel, [...addresses, numberAttribute(step.attrs, 'key')], sizeOf(step.output));
}
