import { describeTestTimeViews, noViews } from '../../core/data/test-time';
import type { EvaluateResult } from '../../protocol/worker';
import { formatCount, formatLoss, formatPercent } from '../runs/run-presentation';

/** An evaluation in Markdown: how well each class is told apart, and which classes are taken for which. */
export function evaluationReport(runName: string, result: EvaluateResult): string {
  const { split, loss, accuracy, count, head, labelConfusions, views = noViews } = result;
  const what = head === 'multi-label' || head === 'binary' ? 'binary cross-entropy' : 'cross-entropy';
  const looks =
    views.kind === 'none' ? '' : ` Averaged over several looks at each image (${describeTestTimeViews(views)}).`;
  const meaning = labelConfusions ? ' An image counts where all of its classes are found, and no other.' : '';
  return `# ${cell(runName)}: ${split} images

**${formatPercent(accuracy)}** of ${formatCount(count)} images are classified correctly; mean ${what} ${formatLoss(loss)}.${meaning}${looks}

${measures(result)}## Classes

Recall: share of a class's images that are recognised. Precision: share of the images taken for a class that are of it.

| Class | Images | Recall | Precision | F1 | ROC AUC | Average precision |
|:--|--:|--:|--:|--:|--:|--:|
${classRows(result).join('\n')}

${labelConfusions ? labelTables(result, labelConfusions) : confusionTable(result)}
`;
}

/** Averages over the classes, and what only some data sets have. */
function measures({ top5, labelAccuracy, f1, rocAuc, averagePrecision }: EvaluateResult): string {
  const share = (title: string, value: number | undefined) =>
    value === undefined ? [] : [`${title} ${formatPercent(value)}`];
  const measure = (title: string, value: number | undefined) =>
    value === undefined ? [] : [`${title} ${formatMeasure(value)}`];
  const told = [
    ...share('top-5 accuracy', top5),
    ...share('accuracy of single labels', labelAccuracy),
    ...measure('F1', f1),
    ...measure('ROC AUC', rocAuc),
    ...measure('mean average precision', averagePrecision),
  ];
  return told.length === 0 ? '' : `Over all classes: ${told.join(', ')}.\n\n`;
}

function classRows({ classes, perClass }: EvaluateResult): string[] {
  return perClass.map(({ support, recall, precision, f1, rocAuc, averagePrecision }, own) => {
    const name = cell(classes[own] ?? String(own));
    const shares = [formatCount(support), formatPercent(recall), formatPercent(precision)];
    return `| ${[name, ...shares, ...[f1, rocAuc, averagePrecision].map(formatMeasure)].join(' | ')} |`;
  });
}

function confusionTable({ classes, confusion }: EvaluateResult): string {
  const at = (truth: number, predicted: number) => confusion[truth * classes.length + predicted] ?? 0;
  const names = classes.map(cell);
  const rows = names.map(
    (name, truth) => `| **${name}** | ${names.map((_, k) => showCount(at(truth, k), k === truth)).join(' | ')} |`,
  );
  return `## Confusion matrix

Rows: what an image shows. Columns: what it was taken for.

| | ${names.join(' | ')} |
|:--|${names.map(() => '--:').join('|')}|
${rows.join('\n')}`;
}

/** Each class by itself: what is so, and what was said. */
function labelTables({ classes }: EvaluateResult, confusions: Int32Array): string {
  const rows = classes.map((name, own) => {
    const [noNo = 0, noYes = 0, yesNo = 0, yesYes = 0] = confusions.subarray(4 * own, 4 * own + 4);
    return `| ${[cell(name), ...[yesYes, yesNo, noYes, noNo].map(formatCount)].join(' | ')} |`;
  });
  return `## Classes by themselves

| Class | Found | Missed | Wrongly found | Rightly not found |
|:--|--:|--:|--:|--:|
${rows.join('\n')}`;
}

function formatMeasure(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(4);
}

function showCount(value: number, isRight: boolean): string {
  if (value === 0) return '·';
  return isRight ? `**${formatCount(value)}**` : formatCount(value);
}

/** Class names are folder names: they may hold what Markdown reads as its own. */
function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#~]/g, '\\$&');
}
