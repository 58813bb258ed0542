import type { KernelStep, PlanTensor } from '../../../plan';
import { numberAttribute } from '../../../steps/attributes';
import { aroundDim, inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { asWords } from '../as-words';
import { encodeMove } from './move';

export function encodeSlice(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const { outer, total, inner, start, pace, length } = partOf(step, x, step.output);
  encodeMove(program, {
    name: step.op,
    from: x,
    to: step.output,
    first: start * inner,
    dims: [
      { size: outer, source: total * inner },
      { size: length, source: pace * inner },
      { size: inner, source: 1 },
    ],
  });
}

/** The gradient stands where the slice was taken; all else is zero. */
export function encodeSliceGrad(step: KernelStep, program: ProgramBuilder): void {
  const dy = inputOf(step, 0);
  encodePart(step, program, { dy }, partOf(step, step.output, dy), { inside: 'load_dy(place)', outside: '0' });
}

/** The first input, with the second in place of the slice. */
export function encodeAssignSlice(step: KernelStep, program: ProgramBuilder): void {
  const [base, values] = [inputOf(step, 0), inputOf(step, 1)];
  const [inside, outside] = ['load_values(place)', 'load_base(i)'];
  encodePart(step, program, { base, values }, partOf(step, base, values), { inside, outside });
}

/** A whole tensor: what is inside of a slice, `place` being the element's number in it, and what is outside. */
function encodePart(
  step: KernelStep,
  program: ProgramBuilder,
  inputs: Readonly<Record<string, PlanTensor>>,
  { total, inner, start, pace, length }: Part,
  values: { readonly inside: string; readonly outside: string },
): void {
  program.forEach({
    name: step.op,
    tensors: {
      ...Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, asWords(tensor)])),
      y: asWords(step.output),
    },
    sizes: { total, inner, start, pace, length },
    size: sizeOf(step.output),
    body: `  let row = i / p.inner;
  let behind = row % p.total - p.start;
  var value: i32;
  // What is before the slice wraps around, and is far behind it.
  if (behind % p.pace == 0u && behind / p.pace < p.length) {
    let place = ((row / p.total) * p.length + behind / p.pace) * p.inner + i % p.inner;
    value = ${values.inside};
  } else {
    value = ${values.outside};
  }
  store_y(i, value);`,
  });
}

interface Part {
  readonly outer: number;
  readonly total: number;
  readonly inner: number;
  readonly start: number;
  readonly pace: number;
  readonly length: number;
}

/** How a slice lies in a tensor: both are seen as (outer, total or length, inner). */
function partOf(step: KernelStep, whole: PlanTensor, slice: PlanTensor): Part {
  const dim = numberAttribute(step.attrs, 'dim');
  const [outer, total, inner] = aroundDim(whole, dim);
  const [, length] = aroundDim(slice, dim);
  const pace = step.attrs['step'] === undefined ? 1 : numberAttribute(step.attrs, 'step');
  return { outer, total, inner, start: numberAttribute(step.attrs, 'start'), pace, length };
}
