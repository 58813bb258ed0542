import type { CheckpointName } from '../protocol/worker';
import { confusionLines, confusionReport, type ConfusionNormalization } from './confusion-report';
import { exitCodes } from './exit-codes';
import { formatCount, formatLoss, formatPercent, formatTable } from './format';
import { createOutput } from './output';
import { resolveData, resolveRun } from './resolve-paths';
import { runWorkerJob } from './run-worker-job';
import { showProgress } from './show-progress';
import type { DeviceOptions } from './train-options';
import { UsageError } from './usage-error';

export interface EvaluateOptions extends DeviceOptions {
  readonly data?: string;
  readonly split?: 'train' | 'val' | 'test';
  readonly checkpoint: CheckpointName;
  readonly confusion?: true;
  readonly normalize?: ConfusionNormalization;
  readonly json?: true;
}

/** `cnn-lab evaluate`; gives the exit code. */
export async function evaluateCommand(run: string, options: EvaluateOptions): Promise<number> {
  const output = createOutput(options.json === true);
  if (options.normalize !== undefined && options.confusion === undefined) {
    throw new UsageError('--normalize has no effect without --confusion.', 'Add --confusion.');
  }
  const runFolder = resolveRun(run);
  const data = options.data === undefined ? null : resolveData(options.data);
  const { split = null, checkpoint, device, threads = null } = options;
  const progress = showProgress(output);
  const result = await runWorkerJob(output, progress.events, (calls) =>
    calls.evaluate({ runFolder, checkpoint, data, split, device, threads, scores: options.confusion === true }),
  ).finally(() => progress.close());

  const perClass = classAccuracies(result.classes, result.confusion);
  const report = options.confusion && confusionReport(result, options.normalize ?? null);
  output.event({
    event: 'evaluated',
    run: runFolder,
    checkpoint,
    split: result.split,
    count: result.count,
    loss: result.loss,
    accuracy: result.accuracy,
    classes: perClass.map((own, index) => ({ ...own, ...report?.classes[index] })),
    confusion: rowsOf(result.confusion, result.classes.length),
    ...(report && { normalized: report.normalized, macro: report.macro, weighted: report.weighted }),
  });
  output.line(
    `${formatCount(result.count)} ${result.split} images: ` +
      `accuracy ${output.style.bold(formatPercent(result.accuracy))}, loss ${formatLoss(result.loss)}`,
  );
  if (report) {
    for (const line of confusionLines(result, report)) output.line(line);
    return exitCodes.done;
  }
  const rows = perClass.map(({ label, count, accuracy, mostConfusedWith }) => [
    label,
    formatCount(count),
    accuracy === null ? '–' : formatPercent(accuracy),
    mostConfusedWith ?? '',
  ]);
  for (const line of formatTable(classColumns, rows)) output.line(line);
  return exitCodes.done;
}

const classColumns = [
  { title: 'class', align: 'left' },
  { title: 'images', align: 'right' },
  { title: 'correct', align: 'right' },
  { title: 'most confused with', align: 'left' },
] as const;

interface ClassAccuracy {
  readonly label: string;
  readonly count: number;
  /** null where there is no image of the class. */
  readonly accuracy: number | null;
  readonly mostConfusedWith: string | null;
}

function classAccuracies(classes: readonly string[], confusion: Int32Array): ClassAccuracy[] {
  return rowsOf(confusion, classes.length).map((row, label) => {
    const count = row.reduce((sum, value) => sum + value, 0);
    const correct = row[label] ?? 0;
    const wrong = row.map((value, predicted) => (predicted === label ? 0 : value));
    const most = Math.max(0, ...wrong);
    return {
      label: classes[label] ?? String(label),
      count,
      accuracy: count === 0 ? null : correct / count,
      mostConfusedWith: most === 0 ? null : (classes[wrong.indexOf(most)] ?? null),
    };
  });
}

function rowsOf(confusion: Int32Array, classCount: number): number[][] {
  return Array.from({ length: classCount }, (_, row) => [
    ...confusion.subarray(row * classCount, (row + 1) * classCount),
  ]);
}
