import type { PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import type { Convolution } from './conv2d';

/** One input channel a group: direct loops, as a matrix product would be all but empty. */
export function isDepthwise({ groups, inputChannels, outputChannels }: Convolution): boolean {
  return groups > 1 && inputChannels === 1 && outputChannels <= 4;
}

export function encodeDepthwise(
  program: ProgramBuilder,
  convolution: Convolution,
  x: PlanTensor,
  weight: PlanTensor,
  bias: PlanTensor | undefined,
  y: PlanTensor,
): void {
  program.command('depthwise', words(program, convolution, x, weight, bias, y));
}

export function encodeDepthwiseGradInput(
  program: ProgramBuilder,
  convolution: Convolution,
  dy: PlanTensor,
  weight: PlanTensor,
  dx: PlanTensor,
): void {
  program.command('depthwise_grad_input', words(program, convolution, dx, weight, undefined, dy));
}

export function encodeDepthwiseGradWeight(
  program: ProgramBuilder,
  convolution: Convolution,
  x: PlanTensor,
  dy: PlanTensor,
  dweight: PlanTensor,
): void {
  program.command('depthwise_grad_weight', words(program, convolution, x, dweight, undefined, dy));
}

function words(
  program: ProgramBuilder,
  convolution: Convolution,
  x: PlanTensor,
  weight: PlanTensor,
  bias: PlanTensor | undefined,
  y: PlanTensor,
): readonly number[] {
  return [
    ...[program.address(x), program.address(weight), program.addressOrZero(bias), program.address(y)],
    ...[convolution.images, convolution.groups, convolution.outputChannels],
    ...[...convolution.inputSize, ...convolution.outputSize, ...convolution.kernel],
    ...[...convolution.stride, ...convolution.dilation, ...convolution.padding],
  ];
}
