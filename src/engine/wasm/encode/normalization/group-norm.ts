import type { KernelStep, PlanTensor } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { inputOf, planeShape } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

export function encodeGroupNorm(step: KernelStep, program: ProgramBuilder): void {
  const { attrs, inputs, output } = step;
  const x = inputOf(step, 0);
  const weight = booleanAttribute(attrs, 'weight') ? inputs[1] : undefined;
  const bias = booleanAttribute(attrs, 'bias') ? inputs[weight ? 2 : 1] : undefined;
  program.command('group_norm', [
    ...[program.address(x), program.addressOrZero(weight), program.addressOrZero(bias), program.address(output)],
    ...[...groupShape(step, x), floatWord(numberAttribute(attrs, 'eps'))],
  ]);
}

export function encodeGroupNormGradStats(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x] = [inputOf(step, 0), inputOf(step, 1)];
  program.command('group_norm_grad_stats', [
    ...[program.address(dy), program.address(x), program.address(step.output)],
    ...[...groupShape(step, x), floatWord(numberAttribute(step.attrs, 'eps'))],
  ]);
}

export function encodeGroupNormGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x, stats, weight] = [inputOf(step, 0), inputOf(step, 1), inputOf(step, 2), step.inputs[3]];
  program.command('group_norm_grad_input', [
    ...[program.address(dy), program.address(x), program.address(stats), program.addressOrZero(weight)],
    ...[program.address(step.output), ...groupShape(step, x)],
  ]);
}

/** Images, groups, channels of a group, places. */
function groupShape({ attrs }: KernelStep, x: PlanTensor): readonly number[] {
  const [images, channels, places] = planeShape(x);
  const groups = numberAttribute(attrs, 'groups');
  return [images, groups, channels / groups, places];
}
