import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute, numbersAttribute } from '../../../steps/attributes';
import { batchWords } from '../../../steps/batch-words';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { binsOf } from './bins';
import { inVolume, volumesOf } from '../../../steps/volumes';

export function encodeAdaptiveMaxIndices(step: KernelStep, program: ProgramBuilder): void {
  const [x, indices] = [inputOf(step, 0), step.output];
  const rank = Array.isArray(step.attrs['outputSize']) ? step.attrs['outputSize'].length : 0;
  const { planes, size } = volumesOf(x, rank);
  const output = volumesOf(indices, rank).size;
  const isGlobal = output.every((count) => count === 1);
  // A whole plane is one long row.
  const rows = isGlobal ? inVolume([size[0] * size[1] * size[2]], 1) : size;
  const tables = rows.map((length, axis) =>
    program.table(binsOf(length, output[axis] ?? 1).flatMap(({ first, end }) => [first, end])),
  );
  program.command('adaptive_max_indices', [
    ...[program.address(x), program.address(indices), planes, ...rows, ...output, ...tables],
  ]);
}

export function encodeFractionalMaxIndices(step: KernelStep, program: ProgramBuilder): void {
  const [x, samples, indices] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const rank = samples.shape.at(-1) ?? 2;
  const { planes, size } = volumesOf(x, rank);
  program.command('fractional_max_indices', [
    ...[program.address(x), program.address(indices), planes, ...size, ...volumesOf(indices, rank).size],
    ...[...inVolume(numbersAttribute(step.attrs, 'kernel', rank), 1), program.address(samples), rank],
  ]);
}

export function encodeFractionalPoolSamples(step: KernelStep, program: ProgramBuilder): void {
  const rank = step.output.shape.at(-1) ?? 2;
  program.command('fractional_pool_samples', [
    ...[program.address(inputOf(step, 0)), program.address(step.output), sizeOf(step.output) / rank, rank],
    ...[numberAttribute(step.attrs, 'key'), ...batchWords(step.attrs, step.output.shape.slice(0, -1))],
  ]);
}
