import { resolve } from 'node:path';
import { noViews, type TestTimeViews } from '../core/data/test-time';
import { predictionsCsv } from '../core/inspect/predictions-csv';
import { listImages } from '../node/list-images';
import { writeResult } from '../node/write-result';
import type { CheckpointName, Prediction } from '../protocol/worker';
import { exitCodes } from './exit-codes';
import { formatCount, formatPercent } from './format';
import { createOutput, type Output } from './output';
import { resolveRun } from './resolve-paths';
import { runWorkerJob } from './run-worker-job';
import type { DeviceOptions } from './train-options';
import { UsageError } from './usage-error';

export interface PredictOptions extends DeviceOptions {
  readonly top: number;
  readonly checkpoint: CheckpointName;
  /** A file; true: stdout. */
  readonly csv?: string | true;
  readonly tta?: TestTimeViews;
  readonly json?: true;
}

/** `cnn-lab predict`; gives the exit code: 1 where an image could not be read. */
export async function predictCommand(run: string, images: readonly string[], options: PredictOptions): Promise<number> {
  const output = createOutput(options.json === true);
  const runFolder = resolveRun(run);
  const { checkpoint, device, threads = null, top: topK, tta: views = noViews } = options;
  if (options.csv !== undefined && options.json) {
    throw new UsageError('--csv and --json exclude each other.', 'Give one of them.');
  }
  const paths = await listImages(images.map((image) => resolve(image)));
  const { predictions } = await runWorkerJob(output, {}, (calls) =>
    calls.predict({ runFolder, checkpoint, images: paths, topK, device, threads, views }),
  );
  if (options.csv !== undefined) {
    await writeCsv(output, options.csv, predictions, topK);
    return exitCodeOf(predictions);
  }
  const labelWidth = Math.max(0, ...predictions.flatMap(({ top }) => top.map(({ label }) => label.length)));
  // As they were written; those of a folder by their whole path.
  const written = new Map(images.map((image) => [resolve(image), image]));
  predictions.forEach(({ image, top, error }) => {
    const shown = written.get(image) ?? image;
    output.event({ event: 'prediction', image, top, error });
    if (error !== null) {
      output.note(output.style.red(`${shown}: ${error}`));
      return;
    }
    output.line(output.style.bold(shown));
    for (const { label, probability } of top) {
      output.line(`  ${label.padEnd(labelWidth)}  ${formatPercent(probability).padStart(8)}`);
    }
  });
  return exitCodeOf(predictions);
}

function exitCodeOf(predictions: readonly Prediction[]): number {
  return predictions.some(({ error }) => error !== null) ? exitCodes.failed : exitCodes.done;
}

async function writeCsv(
  output: Output,
  csv: string | true,
  predictions: readonly Prediction[],
  topK: number,
): Promise<void> {
  const text = predictionsCsv(predictions, topK);
  if (csv === true) {
    process.stdout.write(text);
  } else {
    await writeResult(resolve(csv), text);
    output.line(`Written: ${resolve(csv)} (${formatCount(predictions.length)} images)`);
  }
  const failed = predictions.filter(({ error }) => error !== null);
  for (const { image, error } of failed) output.note(output.style.red(`${image}: ${error ?? ''}`));
}
