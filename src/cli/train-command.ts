import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assertNever } from '../core/errors';
import { decidedDifference, describeDifference } from '../node/decided-difference';
import { parseModelReference } from '../node/model-reference';
import { defaultRunName, reserveRunFolder } from '../node/run-store';
import { foldName, trainFolds } from '../node/train-folds';
import type { ResumeRequest, TrainRequest, TrainResult } from '../protocol/worker';
import { foldsToTrain } from './data-options';
import { exitCodes } from './exit-codes';
import { formatDuration, formatPercent } from './format';
import { ownCommand, zooFolder } from './installation';
import { createOutput } from './output';
import type { Output } from './output';
import { defaultRunsFolder, resolveData, resolveRun } from './resolve-paths';
import { runWorkerJob } from './run-worker-job';
import type { TrainOptions } from './train-options';
import { optionsAgainstResume, trainConfigFrom } from './train-options';
import { reportFolds } from './report-folds';
import { showProgress } from './show-progress';
import { UsageError, asUsage } from './usage-error';

/** `cnn-lab train`; gives the exit code. */
export async function trainCommand(model: string | undefined, options: TrainOptions): Promise<number> {
  const output = createOutput(options.json === true);
  const folds = foldsToTrain(options);
  if (folds === undefined || options.resume !== undefined) {
    return await reportEnd(output, await work(output, await requestFrom(model, options)));
  }
  let code: number = exitCodes.done;
  const report = await trainFolds(folds, async (fold) => {
    const result = await work(output, await requestFrom(model, optionsOfFold(options, fold, folds)));
    code = await reportEnd(output, result);
    return result;
  });
  if (report) reportFolds(output, report);
  return code;
}

async function work(output: Output, request: Request): Promise<TrainResult> {
  const progress = showProgress(output);
  try {
    return await runWorkerJob(
      output,
      progress.events,
      (calls) => (request.kind === 'train' ? calls.train(request) : calls.resume(request)),
      () => progress.close(),
    );
  } finally {
    progress.close();
  }
}

/** Each fold is a run of its own, in a folder of its own. */
function optionsOfFold(options: TrainOptions, fold: number, folds: number): TrainOptions {
  const { out } = options;
  return { ...options, fold, ...(out === undefined ? {} : { out: join(out, `fold-${fold}-of-${folds}`) }) };
}

type Request = ({ readonly kind: 'train' } & TrainRequest) | ({ readonly kind: 'resume' } & ResumeRequest);

async function requestFrom(model: string | undefined, options: TrainOptions): Promise<Request> {
  const { device, threads = null } = options;
  if (options.resume !== undefined) {
    const superfluous = [...(model === undefined ? [] : [`MODEL (${model})`]), ...optionsAgainstResume(options)];
    if (superfluous.length > 0) {
      throw new UsageError(
        `A resumed run keeps its own settings: ${superfluous.join(', ')} can't be given with --resume.`,
        'Only --epochs, --device and --threads can.',
      );
    }
    return { kind: 'resume', runFolder: resolveRun(options.resume), device, threads, epochs: options.epochs ?? null };
  }
  if (model === undefined)
    throw new UsageError('MODEL is missing.', `Example: ${ownCommand()} train lenet --data digits`);
  if (options.data === undefined)
    throw new UsageError('--data is missing.', `Example: ${ownCommand()} train lenet --data digits`);
  const modelRequest = asUsage(() => parseModelReference(model, { cwd: process.cwd(), zoo: zooFolder }));
  const data = resolveData(options.data);
  const config = trainConfigFrom(options);
  const weights = options.weights === undefined ? null : existingFile(options.weights);
  const given = options.name ?? defaultRunName(modelRequest.file, modelRequest.target, data);
  const { fold } = config.split;
  const name = fold ? foldName(given, fold) : given;
  const runFolder =
    options.out === undefined ? await reserveRunFolder(defaultRunsFolder(), name) : unusedFolder(resolve(options.out));
  return { kind: 'train', model: modelRequest, data, config, device, threads, runFolder, name, weights };
}

function existingFile(text: string): string {
  const file = resolve(text);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`There is no file ${file}.`);
  return file;
}

function unusedFolder(folder: string): string {
  if (!existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0)) return folder;
  throw new UsageError(
    `${folder} is there already.`,
    'Give another folder to --out, or go on with the run in it by --resume.',
  );
}

async function reportEnd(output: Output, result: TrainResult): Promise<number> {
  const { runFolder, status, epochsDone, bestEpoch, bestValAccuracy, test, trainSeconds } = result;
  const difference = status === 'completed' ? await decidedDifference(runFolder) : undefined;
  output.event({
    event: 'done',
    run: runFolder,
    status,
    epochs: epochsDone,
    bestEpoch,
    bestValAccuracy,
    testLoss: test?.loss ?? null,
    testAccuracy: test?.accuracy ?? null,
    testTop5: test?.top5 ?? null,
    trainSeconds,
    ...(difference && { decidedDifference: difference }),
  });
  switch (status) {
    case 'completed': {
      const best = bestEpoch === null ? '' : `, best epoch ${bestEpoch} (val ${formatPercent(bestValAccuracy ?? NaN)})`;
      const top5 = test?.top5 === undefined ? '' : ` (top-5 ${formatPercent(test.top5)})`;
      const tested = test ? `, test accuracy ${output.style.bold(formatPercent(test.accuracy))}${top5}` : '';
      output.line(`Done in ${formatDuration(trainSeconds)}${best}${tested}.`);
      if (difference) output.line(`What was decided about images: ${describeDifference(difference)}.`);
      output.line(`Run: ${runFolder}`);
      output.line(`Look at it: ${ownCommand()} evaluate "${runFolder}", or in VS Code: CNN Lab › Experiments.`);
      return exitCodes.done;
    }
    case 'stopped':
      output.line(
        epochsDone === 0 && !existsSync(runFolder)
          ? 'Stopped before the training began.'
          : `Stopped after ${epochsDone} epochs. Go on: ${ownCommand()} train --resume "${runFolder}"`,
      );
      return exitCodes.stopped;
    default:
      return assertNever(status);
  }
}
