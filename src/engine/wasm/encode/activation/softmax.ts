import { softmaxDimension } from '../../../../core/ops/activation/softmax';
import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { aroundDim, inputOf } from '../../../steps/tensors';

/** softmax and log_softmax. */
export function encodeSoftmax(step: KernelStep, program: ProgramBuilder): void {
  encodeLines(step, program, [program.address(inputOf(step, 0)), program.address(step.output), 0]);
}

/** softmax_grad and log_softmax_grad. */
export function encodeSoftmaxGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, y] = [inputOf(step, 0), inputOf(step, 1)];
  encodeLines(step, program, [program.address(dy), program.address(y), program.address(step.output)]);
}

export function encodeHardChoice(step: KernelStep, program: ProgramBuilder): void {
  encodeLines(step, program, [program.address(inputOf(step, 0)), program.address(step.output)]);
}

function encodeLines(step: KernelStep, program: ProgramBuilder, addresses: readonly number[]): void {
  const { attrs, output } = step;
  const dim = softmaxDimension(step.op, output.shape.length, typeof attrs['dim'] === 'number' ? attrs['dim'] : null);
  const [outer, length, inner] = aroundDim(output, dim);
  program.command(step.op, [...addresses, outer * inner, length, inner]);
}
