import type { PlanTensor } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import type { LossReduction } from '../../../steps/loss-reduction';
import { floatWord } from '../../../steps/float-word';

/** Elements that one sum of a reduced loss is made of: as in `kernels/sum-blocks.ts`. */
const SUM_BLOCK = 4096;
const DOUBLE_BYTES = 8;

/** Scratch memory for the sum of each block of so many values. */
export function blockSums(program: ProgramBuilder, count: number): number {
  return program.scratch(blocksOf(count) * DOUBLE_BYTES);
}

/** factor·Σ sums (/ Σ divisors, unless that is 0) into the loss. */
export function finishSums(
  program: ProgramBuilder,
  { sums, divisors = 0, count, factor }: { sums: number; divisors?: number; count: number; factor: number },
  loss: PlanTensor,
): void {
  program.command('sum_blocks_finish', [sums, divisors, blocksOf(count), floatWord(factor), program.address(loss)]);
}

/** Where a loss of each of `count` places goes before it is reduced: into the output itself, if it is not. */
export function placeOfLosses(program: ProgramBuilder, reduction: LossReduction, count: number, output: PlanTensor) {
  return reduction === 'none' ? program.address(output) : program.scratch(4 * count);
}

/** What remains to be done once the losses of all places are known. */
export function reduceLosses(
  program: ProgramBuilder,
  { losses, divisors, count, factor }: { losses: number; divisors?: number; count: number; factor: number },
  loss: PlanTensor,
): void {
  const sums = blockSums(program, count);
  program.command('sum_blocks', [losses, sums, count]);
  finishSums(program, { sums, count, factor, ...(divisors === undefined ? {} : { divisors }) }, loss);
}

function blocksOf(count: number): number {
  return Math.ceil(count / SUM_BLOCK);
}
