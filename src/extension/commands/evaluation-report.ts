import type { EvaluateResult } from '../../protocol/worker';
import { formatCount, formatLoss, formatPercent } from '../runs/run-presentation';

/** An evaluation in Markdown: accuracy, precision and recall of each class, and which classes are taken for which. */
export function evaluationReport(
  runName: string,
  { split, loss, accuracy, count, classes, confusion }: EvaluateResult,
): string {
  const at = (truth: number, predicted: number) => confusion[truth * classes.length + predicted] ?? 0;
  const sum = (term: (k: number) => number) => classes.reduce((total, _, k) => total + term(k), 0);
  const names = classes.map(cell);
  const rows = names.map((name, k) => {
    const truths = sum((other) => at(k, other));
    const predictions = sum((other) => at(other, k));
    const recall = truths === 0 ? Number.NaN : at(k, k) / truths;
    const precision = predictions === 0 ? Number.NaN : at(k, k) / predictions;
    return `| ${name} | ${formatCount(truths)} | ${formatPercent(recall)} | ${formatPercent(precision)} |`;
  });
  const confusionRows = names.map(
    (name, truth) => `| **${name}** | ${names.map((_, k) => showCount(at(truth, k), k === truth)).join(' | ')} |`,
  );
  return `# ${cell(runName)}: ${split} images

**${formatPercent(accuracy)}** of ${formatCount(count)} images are classified correctly; mean cross-entropy ${formatLoss(loss)}.

## Classes

Recall: share of a class's images that are recognised. Precision: share of the images taken for a class that are of it.

| Class | Images | Recall | Precision |
|:--|--:|--:|--:|
${rows.join('\n')}

## Confusion matrix

Rows: what an image shows. Columns: what it was taken for.

| | ${names.join(' | ')} |
|:--|${names.map(() => '--:').join('|')}|
${confusionRows.join('\n')}
`;
}

function showCount(value: number, isRight: boolean): string {
  if (value === 0) return '·';
  return isRight ? `**${formatCount(value)}**` : formatCount(value);
}

/** Class names are folder names: they may hold what Markdown reads as its own. */
function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#~]/g, '\\$&');
}
