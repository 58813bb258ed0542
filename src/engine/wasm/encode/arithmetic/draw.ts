import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute, stringAttribute } from '../attributes';
import { inputOf, sizeOf } from '../tensors';

export function encodeDraw(step: KernelStep, program: ProgramBuilder): void {
  const addresses = [program.address(inputOf(step, 0)), program.address(step.output)];
  const kernel = `draw_${stringAttribute(step.attrs, 'distribution')}`;
  program.elementwise(kernel, [...addresses, numberAttribute(step.attrs, 'key')], sizeOf(step.output));
}
