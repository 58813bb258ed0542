import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { inputOf, planeShape, sizeOf } from '../../../steps/tensors';

export function encodePrelu(step: KernelStep, program: ProgramBuilder): void {
  encodeBent(step, program, inputOf(step, 0), inputOf(step, 0), inputOf(step, 1));
}

export function encodePreluGrad(step: KernelStep, program: ProgramBuilder): void {
  encodeBent(step, program, inputOf(step, 0), inputOf(step, 1), inputOf(step, 2));
}

function encodeBent(
  step: KernelStep,
  program: ProgramBuilder,
  value: PlanTensor,
  x: PlanTensor,
  weight: PlanTensor,
): void {
  const addresses = [value, x, weight, step.output].map((tensor) => program.address(tensor));
  const slopes = sizeOf(weight);
  const places = slopes === 1 ? sizeOf(x) : planeShape(x)[2];
  program.elementwise('prelu', [...addresses, slopes, places], sizeOf(x));
}

export function encodePreluGradWeight(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x] = [inputOf(step, 0), inputOf(step, 1)];
  const slopes = sizeOf(step.output);
  const [images, channels, places] = planeShape(x);
  // A shared slope has no need of single places.
  const [planes, length] = slopes === 1 && places === 1 ? [images, channels] : [images * channels, places];
  const sums = program.scratch(planes * 8);
  program.command('prelu_plane_sums', [program.address(dy), program.address(x), sums, planes, length]);
  program.command('prelu_finish', [sums, program.address(step.output), planes, slopes]);
}
