import { averageMetrics } from './average-metrics';
import { classMetrics, confusionMatrix, type ClassMetrics } from './class-metrics';

/** How well one class is told from the others, by its scores too. NaN where a measure is 0/0. */
export interface ClassScoreMetrics extends ClassMetrics {
  /** Area under the ROC curve, this class against the rest: the chance that one of its images scores above another. */
  readonly rocAuc: number;
  /** Σ (Rₙ − Rₙ₋₁)·Pₙ over all thresholds, R recall and P precision. */
  readonly averagePrecision: number;
}

/**
 * Measures of probabilities [count, classes] as scikit-learn defines them: accuracy_score, top_k_accuracy_score, f1_score,
 * roc_auc_score (one class against the rest), average_precision_score, each averaged over classes evenly (`macro`).
 * Source: scikit-learn.org/stable/modules/model_evaluation.html
 */
export interface ScoreMetrics {
  /** An image of several classes is right where all of them are. */
  readonly accuracy: number;
  /** The class is among the five that score highest; null for up to five classes, and where images have several. */
  readonly top5: number | null;
  /** How many single yes and no are right; null where images have one class. */
  readonly labelAccuracy: number | null;
  /** Over the classes that occur, as true ones or as predictions; of images with several classes over all, 0/0 as 0. */
  readonly f1: number;
  /** Over the classes of which there are some images and some others; NaN where there are none. */
  readonly rocAuc: number;
  /** Mean average precision, over the classes that have images. */
  readonly averagePrecision: number;
  readonly classes: readonly ClassScoreMetrics[];
}

/** Where images have one class each: `labels` [count]. */
export function multiClassMetrics(labels: Int32Array, probabilities: Float32Array, classes: number): ScoreMetrics {
  const confusion = confusionMatrix(labels, probabilities, classes);
  const byClass = classMetrics(confusion, classes);
  let right = 0;
  for (let own = 0; own < classes; own++) right += confusion[own * classes + own] ?? 0;
  return {
    accuracy: right / labels.length,
    top5: classes > 5 ? topShare(labels, probabilities, classes, 5) : null,
    labelAccuracy: null,
    f1: averageMetrics(byClass).macro.f1,
    ...withRanks(byClass, probabilities, classes, (row, own) => labels[row] === own),
  };
}

/** Where images have any number of classes: `labelSets` [count, classes], 0 or 1; predicted are those above 0.5. */
export function multiLabelMetrics(labelSets: Uint8Array, probabilities: Float32Array, classes: number): ScoreMetrics {
  const count = classes === 0 ? 0 : labelSets.length / classes;
  let [right, rightSets] = [0, 0];
  for (let row = 0; row < count; row++) {
    let rightOfRow = 0;
    for (let own = 0; own < classes; own++) {
      const cell = row * classes + own;
      if ((probabilities[cell] ?? 0) > 0.5 === (labelSets[cell] === 1)) rightOfRow++;
    }
    right += rightOfRow;
    if (rightOfRow === classes) rightSets++;
  }
  const confusions = labelConfusions(labelSets, probabilities, classes);
  const byClass = Array.from({ length: classes }, (_, own): ClassMetrics => {
    const [, falsePositives = 0, falseNegatives = 0, truePositives = 0] = confusions.subarray(4 * own, 4 * own + 4);
    const [support, predicted] = [truePositives + falseNegatives, truePositives + falsePositives];
    return {
      ...{ support, predicted, precision: truePositives / predicted, recall: truePositives / support },
      f1: support + predicted === 0 ? NaN : (2 * truePositives) / (support + predicted),
    };
  });
  const f1s = byClass.map(({ f1 }) => (Number.isNaN(f1) ? 0 : f1));
  return {
    accuracy: rightSets / count,
    top5: null,
    labelAccuracy: right / labelSets.length,
    f1: f1s.reduce((sum, f1) => sum + f1, 0) / classes,
    ...withRanks(byClass, probabilities, classes, (row, own) => labelSets[row * classes + own] === 1),
  };
}

/** [classes, 2, 2], row-major counts of each class by itself: rows are what is so, no and yes; columns what was said. */
export function labelConfusions(labelSets: Uint8Array, probabilities: Float32Array, classes: number): Int32Array {
  const confusions = new Int32Array(4 * classes);
  labelSets.forEach((set, cell) => {
    const place = 4 * (cell % classes) + 2 * set + Number((probabilities[cell] ?? 0) > 0.5);
    confusions[place] = (confusions[place] ?? 0) + 1;
  });
  return confusions;
}

/**
 * How many rows have their label among the `k` highest scores. Of equal scores the lower class counts as the higher one, so that
 * k = 1 is the accuracy.
 */
export function topShare(labels: Int32Array, scores: Float32Array, classes: number, k: number): number {
  let right = 0;
  labels.forEach((label, row) => {
    const start = row * classes;
    const own = scores[start + label] ?? NaN;
    let above = 0;
    for (let other = 0; other < classes; other++) {
      const score = scores[start + other] ?? 0;
      if (!(score < own) && other !== label && (score !== own || other < label)) above++;
    }
    if (above < k) right++;
  });
  return right / labels.length;
}

function withRanks(
  byClass: readonly ClassMetrics[],
  probabilities: Float32Array,
  classes: number,
  isPositive: (row: number, own: number) => boolean,
): Pick<ScoreMetrics, 'rocAuc' | 'averagePrecision' | 'classes'> {
  const count = classes === 0 ? 0 : probabilities.length / classes;
  const column = new Float32Array(count);
  const ranked = byClass.map((metrics, own): ClassScoreMetrics => {
    for (let row = 0; row < count; row++) column[row] = probabilities[row * classes + own] ?? 0;
    return { ...metrics, ...rankMetrics(column, (row) => isPositive(row, own)) };
  });
  return {
    rocAuc: meanOfNumbers(ranked.map(({ rocAuc }) => rocAuc)),
    averagePrecision: meanOfNumbers(ranked.map(({ averagePrecision }) => averagePrecision)),
    classes: ranked,
  };
}

/** Both areas in one pass over scores of at least 0, highest first, equal ones together. NaN where there is nothing to tell apart. */
export function rankMetrics(
  scores: Float32Array,
  isPositive: (index: number) => boolean,
): Pick<ClassScoreMetrics, 'rocAuc' | 'averagePrecision'> {
  // Floats of at least 0 are in the order of their bits: a score and its truth are one whole number, which sorts without a function.
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  const keys = Float64Array.from(bits, (word, index) => 2 * word + Number(isPositive(index))).sort();
  const positives = keys.reduce((sum, key) => sum + (key % 2), 0);
  const negatives = keys.length - positives;
  if (scores.some(Number.isNaN)) return { rocAuc: NaN, averagePrecision: NaN };
  let [truePositives, falsePositives, area, precision] = [0, 0, 0, 0];
  for (let place = keys.length - 1; place >= 0;) {
    const score = Math.floor((keys[place] ?? 0) / 2);
    const [trueBefore, falseBefore] = [truePositives, falsePositives];
    for (; place >= 0 && Math.floor((keys[place] ?? 0) / 2) === score; place--) {
      if ((keys[place] ?? 0) % 2 === 1) truePositives++;
      else falsePositives++;
    }
    area += ((falsePositives - falseBefore) * (truePositives + trueBefore)) / 2;
    precision += ((truePositives - trueBefore) * truePositives) / (truePositives + falsePositives);
  }
  return { rocAuc: area / (positives * negatives), averagePrecision: precision / positives };
}

function meanOfNumbers(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
