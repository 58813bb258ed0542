import type { Attributes } from '../../../../core/graph/graph';
import type { KernelStep, PlanTensor } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { blockSums, finishSums } from './reduce-loss';
import { reductionOf, reductionFactor } from '../../../steps/loss-reduction';
import { floatWord } from '../../../steps/float-word';

interface Kind {
  /** As in `kernels/pointwise-loss.ts`. */
  readonly code: number;
  readonly a?: number;
  readonly b?: number;
}

/** A loss of each value by itself, reduced or not. */
export function encodePointwiseLoss(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const words = firstWords(step, step.op, step.inputs, program);
  const reduction = reductionOf(step.attrs['reduction']);
  const count = sizeOf(x);
  if (reduction === 'none') {
    program.elementwise('loss_values', [...words, program.address(step.output)], count);
    return;
  }
  const sums = blockSums(program, count);
  program.command('loss_blocks', [...words, sums, count]);
  finishSums(program, { sums, count, factor: reductionFactor(reduction, x) }, step.output);
}

export function encodePointwiseLossGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dloss, ...inputs] = step.inputs;
  const loss = step.attrs['loss'];
  if (!dloss || typeof loss !== 'string') throw new Error('A gradient of a loss does not say of which');
  const reduction = reductionOf(step.attrs['reduction']);
  const own = [
    ...[program.address(step.output), program.address(dloss), reduction === 'none' ? 1 : 0],
    ...[floatWord(reductionFactor(reduction, step.output)), numberAttribute(step.attrs, 'of')],
  ];
  const words = [...firstWords(step, loss, inputs, program), ...own];
  program.elementwise('loss_gradient', words, sizeOf(step.output));
}

function firstWords(
  { attrs }: KernelStep,
  loss: string,
  inputs: readonly PlanTensor[],
  program: ProgramBuilder,
): readonly number[] {
  const { code, a = 0, b = 0 } = kindOf(loss, attrs);
  const [x, y, third, fourth] = inputs;
  if (!x || !y) throw new Error(`${loss} misses its tensors`);
  // The weight of the positive part may come without the other.
  const given = attrs['given'];
  const onlyPositive = Array.isArray(given) && given.length === 1 && given[0] === 'pos_weight';
  const more = onlyPositive ? [undefined, third] : [third, fourth];
  return [
    ...[program.address(x), program.address(y), ...more.map((tensor) => program.addressOrZero(tensor))],
    ...[code, floatWord(a), floatWord(b)],
  ];
}

function kindOf(loss: string, attrs: Attributes): Kind {
  const number = (name: string) => numberAttribute(attrs, name);
  switch (loss) {
    case 'mse_loss':
      return { code: 0 };
    case 'l1_loss':
      return { code: 1 };
    case 'smooth_l1_loss':
      return number('beta') === 0 ? { code: 1 } : { code: 2, a: number('beta') };
    case 'huber_loss':
      return { code: 3, a: number('delta') };
    case 'soft_margin_loss':
      return { code: 4 };
    case 'hinge_embedding_loss':
      return { code: 5, a: number('margin') };
    case 'poisson_nll_loss':
      return { code: attrs['logInput'] === true ? 6 : 7, a: number('eps'), b: attrs['full'] === true ? 1 : 0 };
    case 'kl_div':
      return { code: attrs['logTarget'] === true ? 9 : 8 };
    case 'binary_cross_entropy':
      return { code: 10 };
    case 'binary_cross_entropy_with_logits':
      return { code: 11 };
    case 'gaussian_nll_loss':
      return { code: 12, a: number('eps'), b: attrs['full'] === true ? Math.log(2 * Math.PI) / 2 : 0 };
    case 'margin_ranking_loss':
      return { code: 13, a: number('margin') };
    default:
      throw new Error(`The CPU engine has no kernel for '${loss}'`);
  }
}
