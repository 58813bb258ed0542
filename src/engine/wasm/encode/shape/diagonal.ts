import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { denseStrides, encodeMove, encodeZeros, moveDimensions } from './move';

export function encodeDiagonal(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const { first, strides } = diagonalOf(step, x);
  const source = program.address(x) + 4 * first;
  const dims = moveDimensions(step.output.shape, { source: strides });
  encodeMove(program, { source, target: program.address(step.output), dims });
}

/** The input as the diagonal of the result, zeros elsewhere: diag_embed, and the gradient of diagonal. */
export function encodeDiagEmbed(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const target = program.address(step.output);
  encodeZeros(program, target, [{ size: sizeOf(step.output), target: 1 }]);
  const { first, strides } = diagonalOf(step, step.output);
  const dims = moveDimensions(x.shape, { target: strides });
  encodeMove(program, { source: program.address(x), target: target + 4 * first, dims });
}

/** Where the diagonal of two dimensions begins, and the strides of the others and of the diagonal. */
function diagonalOf({ attrs }: KernelStep, { shape }: PlanTensor) {
  const offset = numberAttribute(attrs, 'offset');
  const [dim1, dim2] = [numberAttribute(attrs, 'dim1'), numberAttribute(attrs, 'dim2')];
  const strides = denseStrides(shape);
  const [down, across] = [strides[dim1] ?? 0, strides[dim2] ?? 0];
  return {
    first: offset < 0 ? -offset * down : offset * across,
    strides: [...strides.filter((_, dim) => dim !== dim1 && dim !== dim2), down + across],
  };
}

export function encodeTriangle(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const [height, width] = [x.shape.at(-2) ?? 1, x.shape.at(-1) ?? 1];
  if (sizeOf(x) === 0) return;
  program.command('triangle', [
    ...[program.address(x), program.address(step.output), sizeOf(x) / width, height, width],
    ...[numberAttribute(step.attrs, 'diagonal'), step.op === 'triu' ? 1 : 0],
  ]);
}
