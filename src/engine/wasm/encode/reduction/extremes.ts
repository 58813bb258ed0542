import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { inputOf } from '../../../steps/tensors';
import { reducedLayout } from '../../../steps/reduced-layout';

/** amax, amin, argmax, argmin */
export function encodeExtreme(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const wantsPlace = step.op.startsWith('arg') ? 1 : 0;
  const isWord = x.dtype !== 'f32';
  const addresses = [program.address(x), program.address(step.output)];
  const turn = step.op.endsWith('max') ? 0 : turnOf(x);
  program.command('extreme', [...addresses, ...reducedLayout(step, x), wantsPlace, turn, isWord ? 1 : 0]);
}

/** Bits that turn the order of the values around: the sign of a float, all of a whole number. */
function turnOf({ dtype }: PlanTensor): number {
  return dtype === 'f32' ? 0x80000000 : -1;
}

export function encodeExtremeGrad(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 1);
  const addresses = [...step.inputs, step.output].map((tensor) => program.address(tensor));
  program.command('extreme_grad', [...addresses, ...reducedLayout(step, x), step.attrs['ties'] === 'first' ? 1 : 0]);
}
