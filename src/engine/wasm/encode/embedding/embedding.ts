import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';

export function encodeEmbedding(step: KernelStep, program: ProgramBuilder): void {
  const [index, weight] = [inputOf(step, 0), inputOf(step, 1)];
  const [rows = 1, columns = 1] = weight.shape;
  program.command('gather_rows', [
    ...[program.address(weight), program.address(index), program.address(step.output)],
    ...[1, rows, columns, sizeOf(index)],
  ]);
}

export function encodeEmbeddingGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, index] = [inputOf(step, 0), inputOf(step, 1)];
  const [rows = 1, columns = 1] = step.output.shape;
  const padding = step.attrs['paddingIdx'] === null ? -1 : numberAttribute(step.attrs, 'paddingIdx');
  let frequencies = 0;
  if (booleanAttribute(step.attrs, 'byFrequency')) {
    frequencies = program.scratch(4 * rows);
    program.command('count_rows', [program.address(index), frequencies, rows, sizeOf(index)]);
  }
  program.command('scatter_rows', [
    ...[program.address(dy), program.address(index), program.address(step.output)],
    ...[1, rows, columns, sizeOf(index), padding, frequencies],
  ]);
}

export function encodeOneHot(step: KernelStep, program: ProgramBuilder): void {
  const index = inputOf(step, 0);
  const places = [program.address(index), program.address(step.output)];
  program.command('one_hot', [...places, sizeOf(index), numberAttribute(step.attrs, 'classes')]);
}
