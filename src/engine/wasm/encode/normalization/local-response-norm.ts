import type { KernelStep } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { inputOf, planeShape } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

export function encodeLocalResponseNorm(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  program.command('local_response_norm', [
    ...[program.address(x), program.address(step.output), ...planeShape(x), ...windowWords(step)],
  ]);
}

export function encodeLocalResponseNormGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x] = [inputOf(step, 0), inputOf(step, 1)];
  const [, channels] = planeShape(x);
  const bytes = align(2 * channels * placesTogether * 4);
  program.command('local_response_norm_grad', [
    ...[program.address(dy), program.address(x), program.address(step.output), ...planeShape(x), ...windowWords(step)],
    ...program.partScratch(bytes),
  ]);
}

/** As many as the kernel says. */
const placesTogether = 64;

/** The window of channel c is c − ⌊size/2⌋ … c + ⌊(size − 1)/2⌋ (PyTorch, local_response_norm). */
function windowWords({ attrs }: KernelStep): readonly number[] {
  const size = numberAttribute(attrs, 'size');
  return [
    ...[Math.floor(size / 2), Math.floor((size - 1) / 2), floatWord(numberAttribute(attrs, 'alpha') / size)],
    ...[floatWord(numberAttribute(attrs, 'beta')), floatWord(numberAttribute(attrs, 'k'))],
  ];
}
