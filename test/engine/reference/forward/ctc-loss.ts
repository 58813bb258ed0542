import { at, data, type Forward } from '../tensor64';

interface CtcAttributes {
  readonly blank: number;
  readonly reduction: 'none' | 'mean' | 'sum';
  readonly zeroInfinity: boolean;
  readonly inputLengths: readonly number[] | null;
  readonly targetLengths: readonly number[] | null;
}

export const ctcForwards: Readonly<Record<string, Forward>> = { ctc_loss: ctcLoss };

function ctcLoss(inputs: Parameters<Forward>[0], attrs: CtcAttributes): Float64Array {
  const [scores, targets, ...tensors] = inputs;
  const shape = scores?.shape ?? [];
  const [items, classes] = shape.length === 3 ? [shape[1] ?? 0, shape[2] ?? 0] : [1, shape[1] ?? 0];
  const inputLengths = attrs.inputLengths ?? [...data(tensors.shift())];
  const targetLengths = attrs.targetLengths ?? [...data(tensors.shift())];
  let next = 0;
  const losses = targetLengths.map((count, item) => {
    const from = targets?.shape.length === 2 ? item * (targets.shape[1] ?? 0) : next;
    next += count;
    const labels = Array.from({ length: count }, (_, i) => at(data(targets), from + i));
    const probability = (step: number, c: number) => Math.exp(at(data(scores), (step * items + item) * classes + c));
    const loss = -Math.log(probabilityOf(labels, inputLengths[item] ?? 0, attrs.blank, probability));
    const counted = attrs.zeroInfinity && loss === Infinity ? 0 : loss;
    return attrs.reduction === 'mean' ? counted / Math.max(1, count) / items : counted;
  });
  if (attrs.reduction === 'none') return Float64Array.from(losses);
  return Float64Array.of(losses.reduce((sum, loss) => sum + loss, 0));
}

/**
 * Probability that what is read in `steps` steps collapses to the labels. A prefix of them is read so far, and the last step
 * was its last label or a blank: each step stays with the prefix or makes it one longer.
 */
function probabilityOf(
  labels: readonly number[],
  steps: number,
  blank: number,
  probability: (step: number, c: number) => number,
): number {
  let prefixes = [{ label: 0, blank: 1 }, ...labels.map(() => ({ label: 0, blank: 0 }))];
  for (let step = 0; step < steps; step++) {
    prefixes = prefixes.map((own, length) => {
      const label = labels[length - 1];
      const shorter = prefixes[length - 1];
      const stays = (own.label + own.blank) * probability(step, blank);
      if (label === undefined || !shorter) return { label: 0, blank: stays };
      const repeats = labels[length - 2] === label;
      const grown = own.label + shorter.blank + (repeats ? 0 : shorter.label);
      return { label: grown * probability(step, label), blank: stays };
    });
  }
  const last = prefixes.at(-1) ?? { label: 0, blank: 0 };
  return last.label + last.blank;
}
