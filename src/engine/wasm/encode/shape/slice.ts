import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { aroundDim, inputOf } from '../../../steps/tensors';
import { encodeMove, encodeZeros } from './move';

export function encodeSlice(step: KernelStep, program: ProgramBuilder): void {
  const part = partOf(step, inputOf(step, 0), step.output);
  const source = program.address(inputOf(step, 0)) + 4 * part.first;
  encodeMove(program, {
    source,
    target: program.address(step.output),
    dims: part.strides(part.whole, part.own),
  });
}

/** The gradient stands where the slice was taken; all else is zero. */
export function encodeSliceGrad(step: KernelStep, program: ProgramBuilder): void {
  const dy = inputOf(step, 0);
  const part = partOf(step, step.output, dy);
  const target = program.address(step.output);
  if (part.pace > 1) {
    encodeZeros(program, target, [{ size: part.outer * part.total * part.inner, target: 1 }]);
  } else {
    for (const { first, length } of part.rest) {
      const dims = [
        { size: part.outer, target: part.total * part.inner },
        { size: length * part.inner, target: 1 },
      ];
      encodeZeros(program, target + 4 * first * part.inner, dims, { barrier: false });
    }
  }
  const dims = part.strides(part.own, part.whole);
  encodeMove(program, { source: program.address(dy), target: target + 4 * part.first, dims });
  program.barrier();
}

/** The first input, with the second in place of the slice. */
export function encodeAssignSlice(step: KernelStep, program: ProgramBuilder): void {
  const [base, values] = [inputOf(step, 0), inputOf(step, 1)];
  const part = partOf(step, base, values);
  const [source, target] = [program.address(base), program.address(step.output)];
  const pieces = part.pace > 1 ? [{ first: 0, length: part.total }] : part.rest;
  for (const { first, length } of pieces) {
    const offset = 4 * first * part.inner;
    const pitch = part.total * part.inner;
    const dims = [
      { size: part.outer, source: pitch, target: pitch },
      { size: length * part.inner, source: 1, target: 1 },
    ];
    encodeMove(program, { source: source + offset, target: target + offset, dims }, { barrier: part.pace > 1 });
  }
  const dims = part.strides(part.own, part.whole);
  encodeMove(program, { source: program.address(values), target: target + 4 * part.first, dims });
  program.barrier();
}

/** How a slice lies in a tensor: both are seen as (outer, length, inner). */
function partOf(step: KernelStep, whole: PlanTensor, slice: PlanTensor) {
  const dim = numberAttribute(step.attrs, 'dim');
  const start = numberAttribute(step.attrs, 'start');
  const pace = step.attrs['step'] === undefined ? 1 : numberAttribute(step.attrs, 'step');
  const [outer, total, inner] = aroundDim(whole, dim);
  const [, length] = aroundDim(slice, dim);
  const end = start + length;
  return {
    outer,
    total,
    inner,
    pace,
    /** Elements before the slice's first. */
    first: start * inner,
    /** What a slice of every element leaves: before it and behind it. */
    rest: [
      { first: 0, length: start },
      { first: end, length: total - end },
    ],
    /** Strides of the outer dimension and of the slice's elements. */
    whole: [total * inner, pace * inner],
    own: [length * inner, inner],
    strides: (source: readonly number[], target: readonly number[]) => [
      { size: outer, source: source[0] ?? 0, target: target[0] ?? 0 },
      { size: length, source: source[1] ?? 0, target: target[1] ?? 0 },
      { size: inner, source: 1, target: 1 },
    ],
  };
}
