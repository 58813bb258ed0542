import type { KernelStep, PlanTensor } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { batchWords } from '../../../steps/batch-words';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

export function encodeRrelu(step: KernelStep, program: ProgramBuilder): void {
  encodeBent(step, program, inputOf(step, 0), inputOf(step, 0), inputOf(step, 1));
}

export function encodeRreluGrad(step: KernelStep, program: ProgramBuilder): void {
  encodeBent(step, program, inputOf(step, 0), inputOf(step, 1), inputOf(step, 2));
}

function encodeBent(
  step: KernelStep,
  program: ProgramBuilder,
  value: PlanTensor,
  x: PlanTensor,
  random: PlanTensor,
): void {
  const addresses = [value, x, random, step.output].map((tensor) => program.address(tensor));
  const [lower, upper] = [numberAttribute(step.attrs, 'lower'), numberAttribute(step.attrs, 'upper')];
  const key = numberAttribute(step.attrs, 'key');
  const words = [key, floatWord(lower), floatWord(upper - lower), ...batchWords(step.attrs, x.shape)];
  program.elementwise('rrelu_apply', [...addresses, ...words], sizeOf(x));
}
