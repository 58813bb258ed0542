import type { ImageSplit } from '../data/dataset';
import type { Head } from '../train/head';
import { softmaxRows } from './class-metrics';

/**
 * What a model says of each class: rows of logits [count, outputs] as probabilities [count, classes]. Softmax for one class of
 * several, of which outputs beyond the classes take their part; sigmoid for a single logit (of the second class; the first has the
 * rest) and for any number of classes. In double precision; a class without an output is 0.
 */
export function probabilityRows(logits: Float32Array, outputs: number, head: Head, classes: number): Float32Array {
  if (head === 'binary') {
    return Float32Array.from({ length: 2 * logits.length }, (_, index) => {
      const logit = logits[index >> 1] ?? 0;
      return sigmoid(index % 2 === 1 ? logit : -logit);
    });
  }
  const all = head === 'multi-class' ? softmaxRows(logits, outputs) : Float32Array.from(logits, sigmoid);
  if (outputs === classes) return all;
  return Float32Array.from({ length: (all.length / outputs) * classes }, (_, index) => {
    const [row, column] = [Math.floor(index / classes), index % classes];
    return column < outputs ? (all[row * outputs + column] ?? 0) : 0;
  });
}

/** What an image is: a class, or a yes or no for each. */
export type ImageTruth =
  { readonly kind: 'class'; readonly label: number } | { readonly kind: 'set'; readonly labels: ArrayLike<number> };

/** The loss of one image, from its logits, in double precision: cross-entropy, or the mean binary cross-entropy of its outputs. */
export function lossOfRow(logits: Float32Array, head: Head, truth: ImageTruth): number {
  if (head === 'multi-class') {
    const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
    const sum = logits.reduce((total, value) => total + Math.exp(value - largest), 0);
    return Math.log(sum) + largest - (truth.kind === 'class' ? (logits[truth.label] ?? NaN) : NaN);
  }
  const targetOf = (output: number): number => {
    if (truth.kind === 'set') return truth.labels[output] ?? 0;
    return Number(head === 'binary' ? truth.label === 1 : truth.label === output);
  };
  const sum = logits.reduce((total, logit, output) => total + softplus(logit) - targetOf(output) * logit, 0);
  return sum / logits.length;
}

/**
 * Mean loss of probabilities [count, classes]: −log p of the class, or the mean binary cross-entropy of all where images have several.
 * A logarithm counts −100 at most, as in torch's BCELoss.
 */
export function lossOfProbabilities(
  probabilities: Float32Array,
  classes: number,
  { labels, labelSets, count }: Pick<ImageSplit, 'labels' | 'labelSets' | 'count'>,
): number {
  const log = (p: number) => Math.max(-100, Math.log(p));
  let sum = 0;
  if (!labelSets) {
    labels.forEach((label, row) => (sum -= log(probabilities[row * classes + label] ?? 0)));
    return sum / count;
  }
  labelSets.forEach((set, cell) => {
    const p = probabilities[cell] ?? 0;
    sum -= log(set === 1 ? p : 1 - p);
  });
  return sum / labelSets.length;
}

export function sigmoid(logit: number): number {
  return logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit));
}

/** log(1 + eˣ) */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
