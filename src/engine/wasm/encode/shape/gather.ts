import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { aroundDim, inputOf, sizeOf } from '../../../steps/tensors';

/** index_select, or gather where each place of the other dimensions has an index of its own. */
export function encodeGather(step: KernelStep, program: ProgramBuilder): void {
  const [x, index] = [inputOf(step, 0), inputOf(step, 1)];
  program.command(step.op === 'gather' ? 'gather_elements' : 'gather_rows', [
    ...addresses(program, [x, index, step.output]),
    ...sizes(step, x, index),
  ]);
}

/** Inputs dy and index: every element of dy is added to the place that its index names. */
export function encodeScatter(step: KernelStep, program: ProgramBuilder): void {
  if (sizeOf(step.output) === 0) return;
  const [dy, index] = [inputOf(step, 0), inputOf(step, 1)];
  const words = [...addresses(program, [dy, index, step.output]), ...sizes(step, step.output, index)];
  if (step.op === 'scatter_elements') program.command('scatter_elements', words);
  else program.command('scatter_rows', [...words, -1, 0]);
}

export function encodePut(step: KernelStep, program: ProgramBuilder): void {
  if (sizeOf(step.output) === 0) return;
  const [x, index, values] = [inputOf(step, 0), inputOf(step, 1), inputOf(step, 2)];
  program.command(step.op, [...addresses(program, [x, index, values, step.output]), ...sizes(step, x, index)]);
}

export function encodeLinearIndex(step: KernelStep, program: ProgramBuilder): void {
  const kernel = step.inputs.length === 1 ? 'wrap_index' : 'linear_index';
  const words = [...addresses(program, [...step.inputs, step.output]), numberAttribute(step.attrs, 'size')];
  program.elementwise(kernel, words, sizeOf(step.output));
}

/** The indexed tensor as (outer, size, inner), and how many indices there are along its dimension. */
function sizes(step: KernelStep, x: PlanTensor, index: PlanTensor): readonly number[] {
  const dim = numberAttribute(step.attrs, 'dim');
  const [outer, size, inner] = aroundDim(x, dim);
  const elements = step.op === 'gather' || step.op.endsWith('_elements');
  return [outer, size, inner, elements ? aroundDim(index, dim)[1] : sizeOf(index)];
}

function addresses(program: ProgramBuilder, tensors: readonly PlanTensor[]): readonly number[] {
  return tensors.map((tensor) => program.address(tensor));
}
