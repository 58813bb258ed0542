import type { KernelStep } from '../../../plan';
import { floatWord, type ProgramBuilder } from '../../program-builder';
import { inputOf } from '../tensors';

/** The mean loss of the rows. */
export function encodeCrossEntropy(step: KernelStep, program: ProgramBuilder): void {
  const [rows = 1] = inputOf(step, 0).shape;
  encodeRows(step, program, 'cross_entropy_rows', 1 / rows);
}

/** The number of rows that are right. */
export function encodeCountCorrect(step: KernelStep, program: ProgramBuilder): void {
  encodeRows(step, program, 'count_correct_rows', 1);
}

function encodeRows(step: KernelStep, program: ProgramBuilder, kernel: string, factor: number): void {
  const [logits, targets] = [inputOf(step, 0), inputOf(step, 1)];
  const [rows = 1, classes = 1] = logits.shape;
  const values = program.scratch(rows * 4);
  program.command(kernel, [program.address(logits), program.address(targets), values, rows, classes]);
  program.command('sum_all', [values, program.address(step.output), rows, floatWord(factor)]);
}

export function encodeCrossEntropyGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dloss, logits, targets] = [inputOf(step, 0), inputOf(step, 1), inputOf(step, 2)];
  const [rows = 1, classes = 1] = logits.shape;
  program.command('cross_entropy_grad', [
    ...[program.address(dloss), program.address(logits), program.address(targets), program.address(step.output)],
    ...[rows, classes],
  ]);
}
