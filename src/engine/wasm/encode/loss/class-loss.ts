import { classDimension } from '../../../../core/ops/loss/cross-entropy';
import type { KernelStep, PlanTensor } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { aroundDim } from '../../../steps/tensors';
import { encodeClassWeightSums } from './cross-entropy';
import { placeOfLosses, reduceLosses } from './reduce-loss';
import { reductionOf } from '../../../steps/loss-reduction';
import { floatWord } from '../../../steps/float-word';

/** nll_loss, multi_margin_loss and multilabel_margin_loss. */
export function encodeClassLoss(step: KernelStep, program: ProgramBuilder): void {
  const { attrs, op, output } = step;
  const { kernel, words, count, divisors } = describe(op, step, step.inputs, program);
  const reduction = reductionOf(attrs['reduction']);
  const losses = placeOfLosses(program, reduction, count, output);
  program.command(`${kernel}_rows`, [...words, losses]);
  if (reduction === 'none') return;
  const sums = reduction === 'mean' ? divisors() : 0;
  const factor = reduction === 'mean' && sums === 0 ? 1 / count : 1;
  reduceLosses(program, { losses, divisors: sums, count, factor }, output);
}

export function encodeClassLossGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dloss, ...inputs] = step.inputs;
  const loss = step.attrs['loss'];
  if (!dloss || typeof loss !== 'string') throw new Error('A gradient of a loss does not say of which');
  const { kernel, words, count, divisors } = describe(loss, step, inputs, program);
  const reduction = reductionOf(step.attrs['reduction']);
  const sums = reduction === 'mean' ? divisors() : 0;
  const factor = reduction === 'mean' && sums === 0 ? 1 / count : 1;
  program.command(`${kernel}_grad`, [
    ...[...words, program.address(step.output), program.address(dloss)],
    ...[reduction === 'none' ? 1 : 0, floatWord(factor), sums],
  ]);
}

interface ClassLoss {
  /** Without `_rows` or `_grad`. */
  readonly kernel: string;
  readonly words: readonly number[];
  /** Of how many places there is a loss. */
  readonly count: number;
  /** Block sums of what a mean is divided by; 0: the number of places. */
  readonly divisors: () => number;
}

function describe(
  loss: string,
  { attrs }: KernelStep,
  inputs: readonly PlanTensor[],
  program: ProgramBuilder,
): ClassLoss {
  const [scores, targets, weights] = inputs;
  if (!scores || !targets) throw new Error(`${loss} misses its tensors`);
  const dim = loss === 'nll_loss' ? classDimension(scores.shape) : scores.shape.length - 1;
  const [rows, classes, places] = aroundDim(scores, dim);
  const tensors = [program.address(scores), program.address(targets), program.addressOrZero(weights)];
  const words = [...tensors, rows, classes];
  const evenly = { count: rows, divisors: () => 0 };
  switch (loss) {
    case 'nll_loss': {
      const ignoreIndex = numberAttribute(attrs, 'ignoreIndex');
      return {
        kernel: 'nll',
        words: [...words, places, ignoreIndex, 1],
        count: rows * places,
        divisors: () => encodeClassWeightSums(program, { logits: scores, targets, weights, ignoreIndex }),
      };
    }
    case 'multi_margin_loss': {
      const margin = floatWord(numberAttribute(attrs, 'margin'));
      return { kernel: 'multi_margin', words: [...words, margin, attrs['p'] === 2 ? 1 : 0], ...evenly };
    }
    default:
      return { kernel: 'multilabel_margin', words, ...evenly };
  }
}
