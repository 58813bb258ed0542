import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';

export function encodePixelShuffle(step: KernelStep, program: ProgramBuilder): void {
  encode('pixel_shuffle', step, program, inputOf(step, 0));
}

export function encodePixelUnshuffle(step: KernelStep, program: ProgramBuilder): void {
  encode('pixel_unshuffle', step, program, step.output);
}

/** `blocks` is the side with a channel for each pixel of a block. */
function encode(kernel: string, step: KernelStep, program: ProgramBuilder, blocks: PlanTensor): void {
  const factor = numberAttribute(step.attrs, 'factor');
  const [height = 1, width = 1] = blocks.shape.slice(-2);
  const planes = sizeOf(blocks) / (factor * factor * height * width);
  const addresses = [program.address(inputOf(step, 0)), program.address(step.output)];
  program.command(kernel, [...addresses, planes, height, width, factor]);
}
