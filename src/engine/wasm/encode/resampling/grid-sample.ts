import { elementCount } from '../../../../core/graph/dim';
import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { booleanAttribute } from '../../../steps/attributes';
import { inputOf, planeShape } from '../../../steps/tensors';

export function encodeGridSample(step: KernelStep, program: ProgramBuilder): void {
  const [x, grid] = [inputOf(step, 0), inputOf(step, 1)];
  program.command('grid_sample', words(step, program, x, grid, step.output));
}

export function encodeGridSampleGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, grid] = [inputOf(step, 0), inputOf(step, 1)];
  program.command('grid_sample_grad_input', words(step, program, step.output, grid, dy));
}

export function encodeGridSampleGradGrid(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x, grid] = [inputOf(step, 0), inputOf(step, 1), inputOf(step, 2)];
  program.command('grid_sample_grad_grid', [...words(step, program, x, grid, dy), program.address(step.output)]);
}

const modes = ['nearest', 'bilinear', 'bicubic'];
const paddings = ['zeros', 'border', 'reflection'];

/** The taps of 64 places and those along three axes, as the kernel lays them out. */
const scratchBytes = 64 * 272 + 192;

function words(
  { attrs }: KernelStep,
  program: ProgramBuilder,
  x: PlanTensor,
  grid: PlanTensor,
  y: PlanTensor,
): readonly number[] {
  const [images, channels] = planeShape(x);
  const rank = x.shape.length - 2;
  const [depth = 1, height = 1, width = 1] = rank === 3 ? x.shape.slice(2) : [1, ...x.shape.slice(2)];
  return [
    ...[program.address(x), program.address(grid), program.address(y), images, channels, depth, height, width],
    ...[elementCount(grid.shape.slice(1, -1)), rank],
    ...[numberOf(modes, attrs['mode']), numberOf(paddings, attrs['paddingMode'])],
    ...[Number(booleanAttribute(attrs, 'alignCorners')), ...program.partScratch(scratchBytes)],
  ];
}

/** The kernel's number of a choice. */
function numberOf(choices: readonly string[], choice: unknown): number {
  const index = choices.indexOf(String(choice));
  if (index < 0) throw new Error(`grid_sample has no kernel for ${String(choice)}`);
  return index;
}
