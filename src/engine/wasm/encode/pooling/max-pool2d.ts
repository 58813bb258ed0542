import type { KernelStep, PlanTensor } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { pairAttribute } from '../attributes';
import { imageShape, inputOf } from '../tensors';

export function encodeMaxPool2d(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const rowBytes = align(x.shape.at(-1) ?? 1) * 4 + 64;
  const scratch = program.scratch(rowBytes * program.threads);
  program.command('max_pool2d', [...windowWords(step, program, x, step.output, step.output), scratch, rowBytes]);
}

export function encodeMaxPool2dGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x] = [inputOf(step, 0), inputOf(step, 1)];
  program.command('max_pool2d_grad', [...windowWords(step, program, x, step.output, dy), program.address(dy)]);
}

/** `pooled` has the shape of the pool's output. */
function windowWords(
  step: KernelStep,
  program: ProgramBuilder,
  x: PlanTensor,
  output: PlanTensor,
  pooled: PlanTensor,
): readonly number[] {
  const [images, channels, height, width] = imageShape(x);
  const [, , outputHeight, outputWidth] = imageShape(pooled);
  return [
    ...[program.address(x), program.address(output), images * channels, height, width, outputHeight, outputWidth],
    ...pairAttribute(step.attrs, 'kernel'),
    ...pairAttribute(step.attrs, 'stride'),
    ...pairAttribute(step.attrs, 'padding'),
    ...pairAttribute(step.attrs, 'dilation'),
  ];
}
