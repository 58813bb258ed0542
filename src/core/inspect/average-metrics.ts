import type { ClassMetrics } from './class-metrics';

export interface AverageMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * Averages over the classes that occur, as true ones or as predictions: `macro` counts each alike, `weighted` by its images. What
 * is 0/0 counts as 0, as in scikit-learn. Source: scikit-learn.org/stable/modules/generated/sklearn.metrics.precision_recall_fscore_support.html
 */
export function averageMetrics(classes: readonly ClassMetrics[]): {
  readonly macro: AverageMetrics;
  readonly weighted: AverageMetrics;
} {
  const occurring = classes.filter(({ support, predicted }) => support + predicted > 0);
  return { macro: averaged(occurring, () => 1), weighted: averaged(occurring, ({ support }) => support) };
}

function averaged(classes: readonly ClassMetrics[], weightOf: (metrics: ClassMetrics) => number): AverageMetrics {
  const mean = (term: (metrics: ClassMetrics) => number): number =>
    weightedMean(
      classes.map((each) => (Number.isNaN(term(each)) ? 0 : term(each))),
      classes.map(weightOf),
    );
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
  };
}

/** Of those values that are numbers; NaN where there are none. */
export function weightedMean(values: readonly number[], weights: readonly number[]): number {
  let [sum, total] = [0, 0];
  values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    const weight = weights[index] ?? 0;
    sum += weight * value;
    total += weight;
  });
  return sum / total;
}

/** A confusion matrix [true × predicted] as shares of its rows or of its columns; 0 where there is nothing to share. */
export function normalizedConfusion(confusion: ArrayLike<number>, classes: number, by: 'row' | 'column'): Float64Array {
  const sums = new Float64Array(classes);
  const group = (cell: number) => (by === 'row' ? Math.floor(cell / classes) : cell % classes);
  for (let cell = 0; cell < confusion.length; cell++) {
    sums[group(cell)] = (sums[group(cell)] ?? 0) + (confusion[cell] ?? 0);
  }
  return Float64Array.from({ length: confusion.length }, (_, cell) => {
    const sum = sums[group(cell)] ?? 0;
    return sum === 0 ? 0 : (confusion[cell] ?? 0) / sum;
  });
}
