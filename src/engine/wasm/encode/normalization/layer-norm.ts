import type { KernelStep } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

export function encodeLayerNorm(step: KernelStep, program: ProgramBuilder): void {
  encodeRows(step, program, true);
}

export function encodeRmsNorm(step: KernelStep, program: ProgramBuilder): void {
  encodeRows(step, program, false);
}

function encodeRows(step: KernelStep, program: ProgramBuilder, centred: boolean): void {
  const { attrs, inputs, output } = step;
  const x = inputOf(step, 0);
  const weight = booleanAttribute(attrs, 'weight') ? inputs[1] : undefined;
  const bias = attrs['bias'] === true ? inputs[weight ? 2 : 1] : undefined;
  program.command('layer_norm', [
    ...[program.address(x), program.addressOrZero(weight), program.addressOrZero(bias), program.address(output)],
    ...[...rowsOf(step, sizeOf(x)), epsilon(step), Number(centred)],
  ]);
}

export function encodeLayerNormGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x, weight] = [inputOf(step, 0), inputOf(step, 1), step.inputs[2]];
  program.command('layer_norm_grad_input', [
    ...[program.address(dy), program.address(x), program.addressOrZero(weight), program.address(step.output)],
    ...[...rowsOf(step, sizeOf(x)), epsilon(step), centring(step)],
  ]);
}

export function encodeLayerNormGradAffine(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x] = [inputOf(step, 0), inputOf(step, 1)];
  const [rows, columns] = rowsOf(step, sizeOf(x));
  const chunks = rowChunks(rows, columns);
  const partial = program.scratch(chunks * columns * 8);
  program.command('layer_norm_grad_affine', [
    ...[program.address(dy), program.address(x), partial, rows, columns, chunks, epsilon(step), centring(step)],
  ]);
  program.command('column_sum', [partial, program.address(step.output), chunks, 2 * columns]);
}

/** Longer sums in f32 would lose digits. */
const longestChunk = 128;

/** Into how many chunks of rows the sums of columns are cut: by the shape alone, as it changes their order. */
function rowChunks(rows: number, columns: number): number {
  const forThreads = Math.min(64, Math.max(16, Math.ceil(2 ** 15 / columns)));
  return Math.min(rows, Math.max(forThreads, Math.ceil(rows / longestChunk)));
}

function rowsOf({ attrs }: KernelStep, elements: number): readonly [rows: number, columns: number] {
  const shape = attrs['normalizedShape'] as readonly number[];
  const columns = shape.reduce((product, size) => product * size, 1);
  return [elements / columns, columns];
}

function centring({ attrs }: KernelStep): number {
  return Number(booleanAttribute(attrs, 'centred'));
}

/** The machine epsilon of float32 where RMSNorm was given none. */
function epsilon({ attrs }: KernelStep): number {
  return floatWord(attrs['eps'] === null ? 2 ** -23 : numberAttribute(attrs, 'eps'));
}
