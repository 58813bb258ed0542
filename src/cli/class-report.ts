import type { ClassScoreMetrics } from '../core/inspect/score-metrics';
import type { EvaluateResult } from '../protocol/worker';
import { formatCount, formatPercent, formatTable } from './format';

/** A class of an evaluation, as JSON tells it and as a table's row. */
export interface ClassReport extends ClassScoreMetrics {
  readonly label: string;
  readonly count: number;
  /** Recall; null where there is no image of the class. */
  readonly accuracy: number | null;
  /** Null where nothing was taken for another class, and where images have several classes. */
  readonly mostConfusedWith: string | null;
}

export function classReports({ classes, confusion, perClass }: EvaluateResult): readonly ClassReport[] {
  return perClass.map((metrics, own) => {
    const row = [...confusion.subarray(own * classes.length, (own + 1) * classes.length)];
    const wrong = row.map((value, predicted) => (predicted === own ? 0 : value));
    const most = Math.max(0, ...wrong);
    return {
      label: classes[own] ?? String(own),
      count: metrics.support,
      accuracy: metrics.support === 0 ? null : metrics.recall,
      mostConfusedWith: most === 0 ? null : (classes[wrong.indexOf(most)] ?? null),
      ...metrics,
    };
  });
}

/** `top-5 99.10 %, macro F1 0.9312, ROC AUC 0.9934, mAP 0.9610`: what there is of it. */
export function measuresLine({ top5, labelAccuracy, f1, rocAuc, averagePrecision }: EvaluateResult): string {
  const share = (title: string, value: number | undefined) =>
    value === undefined ? [] : [`${title} ${formatPercent(value)}`];
  const measure = (title: string, value: number | undefined) =>
    value === undefined ? [] : [`${title} ${formatMeasure(value)}`];
  return [
    ...share('top-5', top5),
    ...share('single labels', labelAccuracy),
    ...measure('macro F1', f1),
    ...measure('ROC AUC', rocAuc),
    ...measure('mAP', averagePrecision),
  ].join(', ');
}

/** Each class by itself, where images have several. */
export function labelLines(reports: readonly ClassReport[]): string[] {
  const rows = reports.map(({ label, support, predicted, precision, recall, f1, rocAuc, averagePrecision }) => [
    ...[label, formatCount(support), formatCount(predicted), formatPercent(precision), formatPercent(recall)],
    ...[f1, rocAuc, averagePrecision].map(formatMeasure),
  ]);
  return formatTable(labelColumns, rows);
}

export function formatMeasure(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(4);
}

const labelColumns = [
  { title: 'class', align: 'left' },
  { title: 'images', align: 'right' },
  { title: 'predicted', align: 'right' },
  { title: 'precision', align: 'right' },
  { title: 'recall', align: 'right' },
  { title: 'F1', align: 'right' },
  { title: 'ROC AUC', align: 'right' },
  { title: 'AP', align: 'right' },
] as const;
