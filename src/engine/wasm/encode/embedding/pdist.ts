import type { KernelStep, PlanTensor } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { inputOf } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

export function encodePdist(step: KernelStep, program: ProgramBuilder): void {
  program.command('pdist', wordsOf(step, program, inputOf(step, 0), step.output));
}

/** Inputs: dy, x, y. */
export function encodePdistGrad(step: KernelStep, program: ProgramBuilder): void {
  const words = wordsOf(step, program, inputOf(step, 1), inputOf(step, 2));
  program.command('pdist_grad', [...words, program.address(inputOf(step, 0)), program.address(step.output)]);
}

function wordsOf({ attrs }: KernelStep, program: ProgramBuilder, x: PlanTensor, y: PlanTensor): readonly number[] {
  const [rows = 0, columns = 0] = x.shape;
  const { p } = attrs;
  // As in `kernels/pdist.ts`.
  const norm = p === 0 ? 0 : p === 1 ? 1 : p === 2 ? 2 : p === 'inf' ? 3 : 4;
  return [program.address(x), program.address(y), rows, columns, norm, floatWord(typeof p === 'number' ? p : 0)];
}
