import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute, stringAttribute } from '../attributes';
import { batchWords } from '../batch-words';
import { inputOf, sizeOf } from '../tensors';

export function encodeDraw(step: KernelStep, program: ProgramBuilder): void {
  const addresses = [program.address(inputOf(step, 0)), program.address(step.output)];
  const kernel = `draw_${stringAttribute(step.attrs, 'distribution')}`;
  const words = [numberAttribute(step.attrs, 'key'), ...batchWords(step.attrs, step.output.shape)];
  program.elementwise(kernel, [...addresses, ...words], sizeOf(step.output));
}
