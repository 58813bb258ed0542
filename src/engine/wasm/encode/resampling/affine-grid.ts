import type { KernelStep, PlanTensor } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { booleanAttribute } from '../../../steps/attributes';
import { inputOf } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

export function encodeAffineGrid(step: KernelStep, program: ProgramBuilder): void {
  program.command('affine_grid', words(step, program, inputOf(step, 0), step.output));
}

export function encodeAffineGridGrad(step: KernelStep, program: ProgramBuilder): void {
  program.command('affine_grid_grad', words(step, program, step.output, inputOf(step, 0)));
}

function words({ attrs }: KernelStep, program: ProgramBuilder, theta: PlanTensor, grid: PlanTensor): readonly number[] {
  const [images = 1, ...sizes] = grid.shape.slice(0, -1);
  const rank = sizes.length;
  const [depth = 1, height = 1, width = 1] = rank === 3 ? sizes : [1, ...sizes];
  const aligned = booleanAttribute(attrs, 'alignCorners');
  return [
    ...[program.address(theta), program.address(grid), images, depth, height, width, rank],
    ...[width, height, depth].flatMap((size) => coordinates(size, aligned)).map(floatWord),
  ];
}

/** First coordinate and step: −1 and 1 are the centres of the outer pixels, or their edges; a single pixel is at 0. */
function coordinates(size: number, aligned: boolean): readonly [first: number, step: number] {
  if (size === 1) return [0, 0];
  return aligned ? [-1, 2 / (size - 1)] : [1 / size - 1, 2 / size];
}
