import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { booleanAttribute, numberAttribute, stringAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';

export function encodeEmbeddingBag(step: KernelStep, program: ProgramBuilder): void {
  program.command('embedding_bag', wordsOf(step, program, step.inputs, step.output));
}

/** Inputs: dy, y, then those of the forward pass. */
export function encodeEmbeddingBagGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, y] = [inputOf(step, 0), inputOf(step, 1)];
  const words = wordsOf(step, program, step.inputs.slice(2), y);
  program.command(step.op, [...words, program.address(dy), program.address(step.output)]);
}

function wordsOf(
  { attrs }: KernelStep,
  program: ProgramBuilder,
  [index, weight, ...more]: readonly PlanTensor[],
  y: PlanTensor,
): readonly number[] {
  if (!index || !weight) throw new Error('An embedding bag has indices and a weight');
  const offsets = booleanAttribute(attrs, 'offsets') ? more[0] : undefined;
  const samples = booleanAttribute(attrs, 'sampleWeights') ? more.at(-1) : undefined;
  const [bags = 1, columns = 1] = y.shape;
  const modes: Readonly<Record<string, number>> = { sum: 0, mean: 1, max: 2 };
  return [
    ...[program.address(index), program.address(weight), program.address(y)],
    ...[program.addressOrZero(offsets), program.addressOrZero(samples)],
    ...[bags, sizeOf(index) / Math.max(1, bags), sizeOf(index), weight.shape[0] ?? 1, columns],
    modes[stringAttribute(attrs, 'reduction')] ?? 0,
    attrs['paddingIdx'] === null ? -1 : numberAttribute(attrs, 'paddingIdx'),
  ];
}
