/** How well one class is told from the others. NaN where a measure is 0/0: a class that is never predicted has no precision. */
export interface ClassMetrics {
  /** Images of the class, and images taken for it. */
  readonly support: number;
  readonly predicted: number;
  readonly precision: number;
  readonly recall: number;
  /** 2·TP / (2·TP + FP + FN); 0 where nothing was right. */
  readonly f1: number;
}

/** Of a confusion matrix [true × predicted], row-major counts. */
export function classMetrics(confusion: ArrayLike<number>, classes: number): readonly ClassMetrics[] {
  const count = (row: number, column: number) => confusion[row * classes + column] ?? 0;
  return Array.from({ length: classes }, (_, own) => {
    let [support, predicted] = [0, 0];
    for (let other = 0; other < classes; other++) {
      support += count(own, other);
      predicted += count(other, own);
    }
    const right = count(own, own);
    return {
      support,
      predicted,
      precision: right / predicted,
      recall: right / support,
      f1: support + predicted === 0 ? NaN : (2 * right) / (support + predicted),
    };
  });
}

/** The most probable class of each row of `probabilities` [count, classes]; ties go to the lower one. */
export function predictedClasses(probabilities: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, row) => {
    let best = 0;
    for (let other = 1; other < classes; other++) {
      if ((probabilities[row * classes + other] ?? 0) > (probabilities[row * classes + best] ?? 0)) best = other;
    }
    return best;
  });
}

/** [true × predicted]: how many images of each class were taken for each. */
export function confusionMatrix(labels: Int32Array, probabilities: Float32Array, classes: number): Int32Array {
  const confusion = new Int32Array(classes * classes);
  predictedClasses(probabilities, classes).forEach((predicted, row) => {
    const cell = (labels[row] ?? 0) * classes + predicted;
    confusion[cell] = (confusion[cell] ?? 0) + 1;
  });
  return confusion;
}

/**
 * Whether an image counts in a cell of the confusion matrix of images with several classes, of which those above 0.5 are predicted: on
 * the diagonal where it has the class and that was seen; elsewhere where its class was missed and one that it has not was seen instead.
 */
export function isTakenFor(
  labelSets: Uint8Array,
  probabilities: Float32Array,
  classes: number,
  image: number,
  { truth, predicted }: { readonly truth: number; readonly predicted: number },
): boolean {
  const has = (own: number) => labelSets[image * classes + own] === 1;
  const isSeen = (own: number) => (probabilities[image * classes + own] ?? 0) > 0.5;
  if (truth === predicted) return has(truth) && isSeen(truth);
  return has(truth) && !isSeen(truth) && !has(predicted) && isSeen(predicted);
}

/** [true × predicted], by `isTakenFor`: an image counts in none or several of the cells. */
export function labelSetConfusion(labelSets: Uint8Array, probabilities: Float32Array, classes: number): Int32Array {
  const confusion = new Int32Array(classes * classes);
  for (let image = 0; image < labelSets.length / classes; image++) {
    for (let truth = 0; truth < classes; truth++) {
      if (labelSets[image * classes + truth] !== 1) continue;
      for (let predicted = 0; predicted < classes; predicted++) {
        if (!isTakenFor(labelSets, probabilities, classes, image, { truth, predicted })) continue;
        const cell = truth * classes + predicted;
        confusion[cell] = (confusion[cell] ?? 0) + 1;
      }
    }
  }
  return confusion;
}

/** A receiver operating characteristic: rates when scores of at least `threshold` count as positive. */
export interface RocCurve {
  /** From (0, 0) to (1, 1); equal scores are one point. */
  readonly falsePositiveRate: Float64Array;
  readonly truePositiveRate: Float64Array;
  /** Infinity first. */
  readonly threshold: Float64Array;
  /** Area by trapezoids: the chance that a positive scores above a negative, ties counted half. NaN where there is none of either. */
  readonly auc: number;
}

/** Of scores, where positives are those with `isPositive`. */
export function rocCurve(scores: ArrayLike<number>, isPositive: (index: number) => boolean): RocCurve {
  const order = Array.from({ length: scores.length }, (_, index) => index);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const positives = order.filter(isPositive).length;
  const negatives = order.length - positives;
  const points: [falseRate: number, trueRate: number, threshold: number][] = [[0, 0, Infinity]];
  let [truePositives, falsePositives, auc] = [0, 0, 0];
  for (let start = 0; start < order.length;) {
    const threshold = scores[order[start] ?? 0] ?? 0;
    const [trueBefore, falseBefore] = [truePositives, falsePositives];
    while (start < order.length && (scores[order[start] ?? 0] ?? 0) === threshold) {
      if (isPositive(order[start] ?? 0)) truePositives++;
      else falsePositives++;
      start++;
    }
    auc += ((falsePositives - falseBefore) * (truePositives + trueBefore)) / 2;
    points.push([falsePositives / negatives, truePositives / positives, threshold]);
  }
  return {
    falsePositiveRate: Float64Array.from(points, ([rate]) => rate),
    truePositiveRate: Float64Array.from(points, ([, rate]) => rate),
    threshold: Float64Array.from(points, ([, , threshold]) => threshold),
    auc: auc / (positives * negatives),
  };
}

/** Softmax of rows [count, classes], in double precision, the largest subtracted first. */
export function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  const result = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    let largest = -Infinity;
    for (let i = 0; i < classes; i++) largest = Math.max(largest, logits[start + i] ?? 0);
    let sum = 0;
    for (let i = 0; i < classes; i++) sum += Math.exp((logits[start + i] ?? 0) - largest);
    for (let i = 0; i < classes; i++) result[start + i] = Math.exp((logits[start + i] ?? 0) - largest) / sum;
  }
  return result;
}
