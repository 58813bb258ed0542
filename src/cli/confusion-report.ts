import {
  averageMetrics,
  normalizedConfusion,
  weightedMean,
  type AverageMetrics,
} from '../core/inspect/average-metrics';
import { classMetrics, type ClassMetrics } from '../core/inspect/class-metrics';
import type { EvaluateResult } from '../protocol/worker';
import { formatCount, formatPercent, formatTable } from './format';

export type ConfusionNormalization = 'row' | 'column';

/** What `evaluate --confusion` tells beyond counts. */
export interface ConfusionReport {
  readonly classes: readonly (ClassMetrics & { readonly label: string; readonly rocAuc: number })[];
  readonly macro: AverageMetrics & { readonly rocAuc: number };
  readonly weighted: AverageMetrics & { readonly rocAuc: number };
  /** [true][predicted]: shares of a row or of a column; null where they were not asked for. */
  readonly normalized: readonly (readonly number[])[] | null;
}

/** Of an evaluation of images of one class each. Areas are those of one class against all others. */
export function confusionReport(
  { classes, confusion, perClass }: EvaluateResult,
  normalization: ConfusionNormalization | null,
): ConfusionReport {
  const metrics = classMetrics(confusion, classes.length);
  const areas = perClass.map(({ rocAuc }) => rocAuc);
  const { macro, weighted } = averageMetrics(metrics);
  const supports = metrics.map(({ support }) => support);
  const shares = normalization && normalizedConfusion(confusion, classes.length, normalization);
  return {
    classes: metrics.map((each, own) => ({ label: classes[own] ?? String(own), ...each, rocAuc: areas[own] ?? NaN })),
    macro: {
      ...macro,
      rocAuc: weightedMean(
        areas,
        areas.map(() => 1),
      ),
    },
    weighted: { ...weighted, rocAuc: weightedMean(areas, supports) },
    normalized:
      shares && classes.map((_, row) => [...shares.subarray(row * classes.length, (row + 1) * classes.length)]),
  };
}

/** The matrix and the measures, as two tables. */
export function confusionLines({ classes, confusion }: EvaluateResult, report: ConfusionReport): string[] {
  return ['', 'Rows: what an image shows. Columns: what it was taken for.', ...matrixLines(), '', ...measureLines()];

  function matrixLines(): string[] {
    const cells = classes.map((label, row) => [
      label,
      ...classes.map((_, column) => {
        const share = report.normalized?.[row]?.[column];
        if (share !== undefined) return share === 0 ? '·' : share.toFixed(3);
        const count = confusion[row * classes.length + column] ?? 0;
        return count === 0 ? '·' : formatCount(count);
      }),
    ]);
    const columns = classes.map((label) => ({ title: shortened(label), align: 'right' }) as const);
    return formatTable([{ title: '', align: 'left' }, ...columns], cells);
  }

  function measureLines(): string[] {
    const row = (label: string, images: string, { precision, recall, f1, rocAuc }: ConfusionReport['macro']) => [
      ...[label, images, formatPercent(precision), formatPercent(recall)],
      ...[f1, rocAuc].map((value) => (Number.isNaN(value) ? '–' : value.toFixed(4))),
    ];
    return formatTable(measureColumns, [
      ...report.classes.map((each) => row(each.label, formatCount(each.support), each)),
      row('macro average', '', report.macro),
      row('weighted average', '', report.weighted),
    ]);
  }
}

/** Columns are as wide as their titles: names of folders may be long. */
function shortened(label: string): string {
  return label.length > 10 ? `${label.slice(0, 9)}…` : label;
}

const measureColumns = [
  { title: 'class', align: 'left' },
  { title: 'images', align: 'right' },
  { title: 'precision', align: 'right' },
  { title: 'recall', align: 'right' },
  { title: 'F1', align: 'right' },
  { title: 'ROC AUC', align: 'right' },
] as const;
