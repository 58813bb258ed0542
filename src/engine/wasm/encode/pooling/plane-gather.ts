import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { volumesOf } from '../../../steps/volumes';

export function encodePlaneGather(step: KernelStep, program: ProgramBuilder): void {
  const [x, indices, y] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const { planes } = volumesOf(x, numberAttribute(step.attrs, 'rank'));
  program.command('plane_gather', [
    ...[program.address(x), program.address(indices), program.address(y)],
    ...[planes, sizeOf(x) / planes, sizeOf(y) / planes],
  ]);
}

export function encodePlaneScatter(step: KernelStep, program: ProgramBuilder): void {
  const [x, indices, y] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const { planes } = volumesOf(x, numberAttribute(step.attrs, 'rank'));
  program.command('plane_scatter', [
    ...[program.address(x), program.address(indices), program.address(y)],
    ...[planes, sizeOf(y) / planes, sizeOf(x) / planes, Number(booleanAttribute(step.attrs, 'sums'))],
  ]);
}
