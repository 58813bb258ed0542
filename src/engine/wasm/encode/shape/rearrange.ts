import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { listAttribute } from '../../../steps/attributes';
import { inputOf } from '../../../steps/tensors';
import { denseStrides, encodeMove, moveDimensions } from './move';

export function encodeFlip(step: KernelStep, program: ProgramBuilder): void {
  const { shape } = step.output;
  const flipped = listAttribute(step.attrs, 'dims');
  const strides = denseStrides(shape);
  let last = 0;
  for (const dim of flipped) last += ((shape[dim] ?? 1) - 1) * (strides[dim] ?? 0);
  encodeMove(program, {
    source: program.address(inputOf(step, 0)) + 4 * last,
    target: program.address(step.output),
    dims: moveDimensions(shape, { source: strides.map((stride, dim) => (flipped.includes(dim) ? -stride : stride)) }),
  });
}

/** Each rolled dimension is two pieces: what stays in order, and what comes in at the beginning. */
export function encodeRoll(step: KernelStep, program: ProgramBuilder): void {
  const { shape } = step.output;
  const [dims, shifts] = [listAttribute(step.attrs, 'dims'), listAttribute(step.attrs, 'shifts')];
  const strides = denseStrides(shape);
  interface Piece {
    readonly source: number;
    readonly target: number;
    readonly sizes: readonly number[];
  }
  let pieces: readonly Piece[] = [{ source: 0, target: 0, sizes: shape }];
  for (const [at, dim] of dims.entries()) {
    const [size, stride] = [shape[dim] ?? 1, strides[dim] ?? 0];
    const shift = size === 0 ? 0 : (((shifts[at] ?? 0) % size) + size) % size;
    const ranges = [
      { source: 0, target: shift, length: size - shift },
      { source: size - shift, target: 0, length: shift },
    ];
    pieces = pieces.flatMap((piece) =>
      ranges
        .filter(({ length }) => length > 0)
        .map(({ source, target, length }) => ({
          source: piece.source + source * stride,
          target: piece.target + target * stride,
          sizes: piece.sizes.map((old, other) => (other === dim ? length : old)),
        })),
    );
  }
  for (const { source, target, sizes } of pieces) {
    const places = {
      source: program.address(inputOf(step, 0)) + 4 * source,
      target: program.address(step.output) + 4 * target,
    };
    encodeMove(program, { ...places, dims: moveDimensions(sizes, { source: strides, target: strides }) }, noBarrier);
  }
  program.barrier();
}

const noBarrier = { barrier: false };
