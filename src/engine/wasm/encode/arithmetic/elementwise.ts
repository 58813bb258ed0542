import type { KernelStep } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

/** Kernels that take all inputs and the output, and nothing else: relu, relu_grad, add, multiply, copy. */
export function encodeElementwise(step: KernelStep, program: ProgramBuilder): void {
  const addresses = [...step.inputs, step.output].map((tensor) => program.address(tensor));
  program.elementwise(step.op, addresses, sizeOf(step.output));
}

export function encodeScale(step: KernelStep, program: ProgramBuilder): void {
  const factor = floatWord(numberAttribute(step.attrs, 'factor'));
  const [x, y] = [program.address(inputOf(step, 0)), program.address(step.output)];
  program.elementwise('scale', [x, y, factor], sizeOf(step.output));
}

export function encodeConstant(step: KernelStep, program: ProgramBuilder): void {
  const value = numberAttribute(step.attrs, 'value');
  const word = step.output.dtype === 'f32' ? floatWord(value) : value;
  program.elementwise('constant', [program.address(step.output), word], sizeOf(step.output));
}
