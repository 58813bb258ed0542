import type { KernelStep, PlanTensor } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { inputOf } from '../../../steps/tensors';
import { encodeLines } from './lines';
import { reducedLayout } from '../../../steps/reduced-layout';
import { floatWord } from '../../../steps/float-word';

/** So many units of work keep any number of threads evenly busy; one has so many elements at least. */
const ENOUGH_UNITS = 64;
const ENOUGH_ELEMENTS = 4096;
/** Columns that the kernel adds up at once. */
const COLUMNS = 16;

/** Sums, and means, along neighbouring dimensions. */
export function encodeSum(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  if (x.dtype !== 'f32') {
    encodeLines(0)(step, program);
    return;
  }
  const [, reduced] = reducedLayout(step, x);
  addSum(step, program, x, undefined, step.op === 'mean' ? 1 / reduced : 1);
}

/** Σ a·b */
export function encodeProductSum(step: KernelStep, program: ProgramBuilder): void {
  addSum(step, program, inputOf(step, 0), inputOf(step, 1), 1);
}

function addSum(
  step: KernelStep,
  program: ProgramBuilder,
  x: PlanTensor,
  y: PlanTensor | undefined,
  factor: number,
): void {
  const [outer, reduced, inner] = reducedLayout(step, x);
  const chunks = chunksOf(outer, reduced, inner);
  const target = program.address(step.output);
  const partial = chunks === 1 ? target : program.scratch(outer * chunks * inner * 8);
  const operands = [program.address(x), program.addressOrZero(y), partial];
  program.command('sum_lines', [...operands, outer, reduced, inner, chunks, floatWord(factor)]);
  if (chunks > 1) program.command('sum_lines_finish', [partial, target, outer, inner, chunks, floatWord(factor)]);
}

/** By the shape alone, as it changes the order of the sums. */
function chunksOf(outer: number, reduced: number, inner: number): number {
  const units = outer * (inner === 1 ? 1 : Math.ceil(inner / COLUMNS));
  const perUnit = reduced * Math.min(inner, COLUMNS);
  return Math.max(1, Math.min(Math.ceil(ENOUGH_UNITS / units), Math.floor(perUnit / ENOUGH_ELEMENTS)));
}
