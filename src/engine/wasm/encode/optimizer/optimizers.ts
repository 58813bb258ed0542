import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { booleanAttribute } from '../attributes';
import { inputOf, sizeOf } from '../tensors';

export function encodeSgd(step: KernelStep, program: ProgramBuilder): void {
  const hasMomentum = booleanAttribute(step.attrs, 'momentum');
  const [parameters, gradients] = [inputOf(step, 0), inputOf(step, 1)];
  const buffer = hasMomentum ? program.address(inputOf(step, 2)) : 0;
  const hyper = program.address(inputOf(step, hasMomentum ? 3 : 2));
  const nesterov = booleanAttribute(step.attrs, 'nesterov');
  program.elementwise(
    'sgd',
    [program.address(parameters), program.address(gradients), buffer, hyper, hasMomentum ? 1 : 0, nesterov ? 1 : 0],
    sizeOf(parameters),
  );
}

/** adam and adamw. */
export function encodeAdam(step: KernelStep, program: ProgramBuilder): void {
  const addresses = [0, 1, 2, 3, 4].map((index) => program.address(inputOf(step, index)));
  program.elementwise('adam', [...addresses, step.op === 'adamw' ? 1 : 0], sizeOf(inputOf(step, 0)));
}
