import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { imageShape, inputOf } from '../../../steps/tensors';

/** Inputs: images and others f32 [N, C, H, W], mix f32 [N, 5]. */
export function encodeMixImages(step: KernelStep, program: ProgramBuilder): void {
  const tensors = [inputOf(step, 0), inputOf(step, 1), inputOf(step, 2), step.output];
  program.command('mix_images', [...tensors.map((tensor) => program.address(tensor)), ...imageShape(step.output)]);
}
