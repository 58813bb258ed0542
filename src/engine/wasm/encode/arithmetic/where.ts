import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { inputOf, sizeOf } from '../../../steps/tensors';

/** Operands of one element stand for all; the others have the output's shape. */
export function encodeWhere(step: KernelStep, program: ProgramBuilder): void {
  const size = sizeOf(step.output);
  const operands = [inputOf(step, 1), inputOf(step, 2)];
  const addresses = [inputOf(step, 0), ...operands, step.output].map((tensor) => program.address(tensor));
  const steps = operands.map((tensor) => (size > 1 && sizeOf(tensor) === 1 ? 0 : 1));
  program.elementwise('where', [...addresses, ...steps], size);
}
