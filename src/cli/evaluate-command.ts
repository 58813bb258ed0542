import { describeTestTimeViews, noViews, type TestTimeViews } from '../core/data/test-time';
import type { CheckpointName, EvaluateResult } from '../protocol/worker';
import { classReports, labelLines, measuresLine } from './class-report';
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
  readonly tta?: TestTimeViews;
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
  const { split = null, checkpoint, device, threads = null, tta: views = noViews } = options;
  const progress = showProgress(output);
  const result = await runWorkerJob(output, progress.events, (calls) =>
    calls.evaluate({ runFolder, checkpoint, data, split, device, threads, views }),
  ).finally(() => progress.close());

  const perClass = classReports(result);
  const { labelConfusions } = result;
  const wanted = options.confusion === true && !labelConfusions;
  const report = wanted ? confusionReport(result, options.normalize ?? null) : undefined;
  output.event({
    event: 'evaluated',
    run: runFolder,
    checkpoint,
    split: result.split,
    count: result.count,
    loss: result.loss,
    accuracy: result.accuracy,
    ...measuresOf(result),
    head: result.head,
    tta: describeTestTimeViews(result.views),
    classes: perClass.map((own, index) => ({ ...own, ...report?.classes[index] })),
    ...(labelConfusions
      ? { labelConfusion: perClass.map((_, own) => rowsOf(labelConfusions.subarray(4 * own, 4 * own + 4), 2)) }
      : { confusion: rowsOf(result.confusion, result.classes.length) }),
    ...(report && { normalized: report.normalized, macro: report.macro, weighted: report.weighted }),
  });
  output.line(
    `${formatCount(result.count)} ${result.split} images: ` +
      `accuracy ${output.style.bold(formatPercent(result.accuracy))}, loss ${formatLoss(result.loss)}`,
  );
  for (const line of detailLines()) output.line(line);
  output.line(`Over all classes: ${measuresLine(result)}.`);
  if (labelConfusions) output.line('An image is correct where all of its classes are, and no other.');
  if (views.kind !== 'none') output.line(`Averaged over several looks at each image: ${describeTestTimeViews(views)}.`);
  return exitCodes.done;

  function detailLines(): readonly string[] {
    if (labelConfusions) return labelLines(perClass);
    if (report) return confusionLines(result, report);
    const rows = perClass.map(({ label, count, accuracy, mostConfusedWith }) => [
      label,
      formatCount(count),
      accuracy === null ? '–' : formatPercent(accuracy),
      mostConfusedWith ?? '',
    ]);
    return formatTable(classColumns, rows);
  }
}

const classColumns = [
  { title: 'class', align: 'left' },
  { title: 'images', align: 'right' },
  { title: 'correct', align: 'right' },
  { title: 'most confused with', align: 'left' },
] as const;

/** Macro averages, and what only some data sets have; null where there is none. */
function measuresOf({ top5, labelAccuracy, f1, rocAuc, averagePrecision }: EvaluateResult) {
  return {
    top5: top5 ?? null,
    ...(labelAccuracy === undefined ? {} : { labelAccuracy }),
    ...{ f1: f1 ?? null, rocAuc: rocAuc ?? null, averagePrecision: averagePrecision ?? null },
  };
}

function rowsOf(confusion: Int32Array, classCount: number): number[][] {
  return Array.from({ length: classCount }, (_, row) => [
    ...confusion.subarray(row * classCount, (row + 1) * classCount),
  ]);
}
