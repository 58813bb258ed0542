import { OpError } from '../../../../core/ops/op';
import type { KernelStep, PlanTensor } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { placeOfLosses, reduceLosses } from './reduce-loss';
import { reductionOf } from '../../../steps/loss-reduction';
import { floatWord } from '../../../steps/float-word';

export function encodeCtcLoss(step: KernelStep, program: ProgramBuilder): void {
  const { words, items, width } = describe(step, step.inputs, program);
  const reduction = reductionOf(step.attrs['reduction']);
  const losses = placeOfLosses(program, reduction, items, step.output);
  program.command('ctc_loss', [...words, ...scratchOf(program, 2 * width), losses]);
  if (reduction === 'none') return;
  reduceLosses(program, { losses, count: items, factor: reduction === 'mean' ? 1 / items : 1 }, step.output);
}

/** Inputs: dloss, then those of the loss. */
export function encodeCtcLossGrad(step: KernelStep, program: ProgramBuilder): void {
  const { words, items, steps, classes, width } = describe(step, step.inputs.slice(1), program);
  const reduction = reductionOf(step.attrs['reduction']);
  program.command('ctc_loss_grad', [
    ...[...words, ...scratchOf(program, (steps + 2) * width + classes)],
    ...[program.address(step.output), program.address(inputOf(step, 0)), reduction === 'none' ? 1 : 0],
    floatWord(reduction === 'mean' ? 1 / items : 1),
  ]);
}

function describe({ attrs }: KernelStep, inputs: readonly PlanTensor[], program: ProgramBuilder) {
  const [scores, targets, ...tensors] = inputs;
  if (!scores || !targets) throw new Error('A CTC loss has scores and targets');
  const [steps = 0, items = 1, classes = 1] = scores.shape.length === 3 ? scores.shape : withBatch(scores.shape);
  let next = 0;
  const lengths = ['inputLengths', 'targetLengths'].map((name) => {
    const given = attrs[name];
    if (!Array.isArray(given)) return program.addressOrZero(tensors[next++]);
    if (given.length !== items)
      throw new OpError(`CTCLoss: ${given.length} lengths were given for a batch of ${items}.`);
    return program.table(given as readonly number[]);
  });
  const pitch = targets.shape.length === 2 ? (targets.shape[1] ?? 0) : 0;
  const mostLabels = Math.min(steps, pitch === 0 ? sizeOf(targets) : pitch);
  const words = [
    ...[program.address(scores), program.address(targets), ...lengths],
    ...[items, steps, classes, pitch, sizeOf(targets), numberAttribute(attrs, 'blank')],
    ...[attrs['zeroInfinity'] === true ? 1 : 0, attrs['reduction'] === 'mean' ? 1 : 0, mostLabels],
  ];
  return { words, items, steps, classes, width: 2 * mostLabels + 1 };
}

function withBatch([steps = 0, classes = 1]: readonly number[]): readonly number[] {
  return [steps, 1, classes];
}

/** So many doubles for each part: where, and their bytes. */
function scratchOf(program: ProgramBuilder, doubles: number): readonly number[] {
  const bytes = align(8 * doubles);
  return program.partScratch(bytes);
}
