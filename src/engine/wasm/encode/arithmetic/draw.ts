import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute, stringAttribute } from '../../../steps/attributes';
import { batchWords } from '../../../steps/batch-words';
import { inputOf, sizeOf } from '../../../steps/tensors';

export function encodeDraw(step: KernelStep, program: ProgramBuilder): void {
  const addresses = [program.address(inputOf(step, 0)), program.address(step.output)];
  const kernel = `draw_${stringAttribute(step.attrs, 'distribution')}`;
  const words = [numberAttribute(step.attrs, 'key'), ...batchWords(step.attrs, step.output.shape)];
  program.elementwise(kernel, [...addresses, ...words], sizeOf(step.output));
}
