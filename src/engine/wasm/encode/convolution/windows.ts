import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute, pairAttribute } from '../../../steps/attributes';
import { inputOf, planeShape, sizeOf } from '../../../steps/tensors';

export function encodeUnfold(step: KernelStep, program: ProgramBuilder): void {
  program.command('unfold', columnWords(step, program, inputOf(step, 0), step.output));
}

export function encodeFold(step: KernelStep, program: ProgramBuilder): void {
  program.command('fold', columnWords(step, program, step.output, inputOf(step, 0)));
}

function columnWords(
  { attrs }: KernelStep,
  program: ProgramBuilder,
  image: PlanTensor,
  columns: PlanTensor,
): readonly number[] {
  const [height = 1, width = 1] = image.shape.slice(-2);
  const [kernel, stride] = [pairAttribute(attrs, 'kernel'), pairAttribute(attrs, 'stride')];
  const [padding, dilation] = [pairAttribute(attrs, 'padding'), pairAttribute(attrs, 'dilation')];
  const windows = [height, width].map((size, axis) => {
    const span = (dilation[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
    return Math.floor((size + 2 * (padding[axis] ?? 0) - span) / (stride[axis] ?? 1)) + 1;
  });
  const planes = sizeOf(image) / (height * width);
  return [
    ...[program.address(image), program.address(columns), planes, height, width],
    ...[...windows, ...kernel, ...stride, ...dilation, ...padding],
  ];
}

export function encodeDepthWindows(step: KernelStep, program: ProgramBuilder): void {
  program.command('depth_windows', depthWords(step, program, inputOf(step, 0), step.output));
}

export function encodeDepthWindowsSum(step: KernelStep, program: ProgramBuilder): void {
  program.command('depth_windows_sum', depthWords(step, program, step.output, inputOf(step, 0)));
}

function depthWords(
  { attrs }: KernelStep,
  program: ProgramBuilder,
  slices: PlanTensor,
  windows: PlanTensor,
): readonly number[] {
  const [images = 1, channels = 1, depth = 1, size = 1] = slices.shape;
  const window = ['kernel', 'stride', 'padding', 'dilation'].map((name) => numberAttribute(attrs, name));
  return [
    ...[program.address(slices), program.address(windows)],
    ...[images, channels, depth, windows.shape[1] ?? 1, size, ...window],
  ];
}

export function encodeAddChannelBias(step: KernelStep, program: ProgramBuilder): void {
  const [x, bias] = [inputOf(step, 0), inputOf(step, 1)];
  const [, channels, places] = planeShape(x);
  const addresses = [x, bias, step.output].map((tensor) => program.address(tensor));
  program.elementwise('add_channel_bias', [...addresses, channels, places], sizeOf(x));
}
