import { resolve } from 'node:path';
import type { CheckpointName } from '../protocol/worker';
import { exitCodes } from './exit-codes';
import { formatPercent } from './format';
import { createOutput } from './output';
import { resolveRun } from './resolve-paths';
import { runWorkerJob } from './run-worker-job';
import type { DeviceOptions } from './train-options';

export interface PredictOptions extends DeviceOptions {
  readonly top: number;
  readonly checkpoint: CheckpointName;
  readonly json?: true;
}

/** `cnn-lab predict`; gives the exit code: 1 where an image could not be read. */
export async function predictCommand(run: string, images: readonly string[], options: PredictOptions): Promise<number> {
  const output = createOutput(options.json === true);
  const runFolder = resolveRun(run);
  const { checkpoint, device, threads = null, top: topK } = options;
  const paths = images.map((image) => resolve(image));
  const { predictions } = await runWorkerJob(output, {}, (calls) =>
    calls.predict({ runFolder, checkpoint, images: paths, topK, device, threads }),
  );
  const labelWidth = Math.max(0, ...predictions.flatMap(({ top }) => top.map(({ label }) => label.length)));
  predictions.forEach(({ image, top, error }, index) => {
    output.event({ event: 'prediction', image, top, error });
    if (error !== null) {
      output.note(output.style.red(`${images[index] ?? image}: ${error}`));
      return;
    }
    output.line(output.style.bold(images[index] ?? image));
    for (const { label, probability } of top) {
      output.line(`  ${label.padEnd(labelWidth)}  ${formatPercent(probability).padStart(8)}`);
    }
  });
  return predictions.some(({ error }) => error !== null) ? exitCodes.failed : exitCodes.done;
}
