import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../core/data/dataset';
import type { DatasetSplits } from '../core/data/splits';
import { UserError } from '../core/errors';
import { defaultHead } from '../core/train/head';
import type { TrainConfig } from '../core/train/config';
import { readCnnLabVersion } from '../node/installation-version';
import { checkpointPath, checkpointsFolder, openRun, readRunRecord } from '../node/run-store';
import { temporarySuffix } from '../node/write-file-atomically';
import type { RunRecord } from '../protocol/run-folder';
import type { ResumeRequest, TrainResult } from '../protocol/worker';
import { prepareImages } from './augment/prepare-images';
import { loadCheckpoint } from './checkpoint';
import { keepingMessages, type JobContext } from './job';
import { readGraph, readTrainingGraph } from './load-model';
import { loadRunData, storedShape } from './load-run-data';
import { ModelSession, samplePlans } from './model-session';
import { deviceRecord, prepareOnDevice, type DeviceRequest } from './open-engine';
import { notePrecision, precisionOnDevice } from './precision';
import { RunFolder, cutMetrics } from './run-folder';
import { readSplit, runSplits } from './run-splits';
import { compileAll, runImages } from './train-job';
import { standOf, trainRun } from './train-run';

/** Goes on from the last checkpoint: the run ends with the weights that it would have had without the interruption. */
export async function resumeJob(request: ResumeRequest, hostContext: JobContext): Promise<TrainResult> {
  const { runFolder } = request;
  const { context, messages } = keepingMessages(hostContext);
  const record = await resumableRecord(runFolder);
  const wanted: TrainConfig = { ...record.config, epochs: request.epochs ?? record.config.epochs };
  checkEpochs(record, wanted);
  const graph = await readGraph(runFolder);
  const dataset = await loadRunData(record.data.path, context, storedShape(record));
  const cut = runSplits(dataset, record, await readSplit(runFolder), context);
  checkData(record, dataset, cut, context);
  const images = await prepareImages(cut, dataset, wanted.augment, context);
  const { splits } = images;
  const { mean, std } = record.data;
  const head = record.head ?? defaultHead;

  const trainingGraph = await readTrainingGraph(runFolder);
  const plans = () => samplePlans(graph, wanted, trainingGraph, head);
  const { engine, prepared } = await prepareOnDevice(
    deviceAfter(record, request, context),
    plans,
    context,
    async (device) => {
      const config = precisionOnDevice(device, wanted, context);
      const model = await ModelSession.open(device, graph, {
        config,
        head,
        ...(trainingGraph ? { trainingGraph } : {}),
        images: runImages(images, { mean, std }, config),
      });
      const progress = await loadCheckpoint(checkpointPath(runFolder, 'last'), model, config.optimizer);
      await compileAll(
        model,
        config.batchSize,
        [splits.train.count],
        [splits.val.count, splits.test?.count ?? 0],
        context.events,
      );
      notePrecision(device, config, context);
      return { model, progress, config };
    },
  );
  try {
    const { model, progress, config } = prepared;
    context.signal.throwIfAborted();
    const folder = new RunFolder(runFolder, record);
    for (const message of messages) folder.log(message);
    await folder.update({
      ...standOf(progress),
      status: 'running',
      failure: null,
      failedOnGpu: false,
      endedAt: null,
      test: null,
      config,
      device: deviceRecord(engine),
      processId: process.pid,
      versions: { cnnLab: readCnnLabVersion(context.assets), node: process.versions.node },
    });
    await removeTemporaries(runFolder);
    await cutMetrics(runFolder, progress);
    return await trainRun({ folder, model, config, images }, progress, hostContext);
  } catch (error) {
    const { signal } = context;
    if (!signal.aborted || error !== signal.reason) throw error;
    const { epochsDone, bestEpoch, bestValAccuracy, trainSeconds } = record;
    return { runFolder, status: 'stopped', epochsDone, bestEpoch, bestValAccuracy, test: null, trainSeconds };
  } finally {
    await engine.dispose();
  }
}

/** A run that a GPU has failed is not left to one again, unless that is asked for. */
function deviceAfter(
  { failedOnGpu }: RunRecord,
  { device, threads }: ResumeRequest,
  { events }: JobContext,
): DeviceRequest {
  if (!failedOnGpu || device !== 'auto') return { device, threads };
  events.warning({ message: 'The GPU failed in this run: it goes on on the CPU. The device gpu tries it again.' });
  return { device: 'cpu', threads };
}

async function resumableRecord(runFolder: string): Promise<RunRecord> {
  const record = await readRunRecord(runFolder);
  const run = await openRun(runFolder);
  if (run?.status === 'running') {
    throw new UserError(`${record.name} is being trained by process ${record.processId}.`, 'Stop it there first.');
  }
  return record;
}

function checkEpochs(record: RunRecord, config: TrainConfig): void {
  const { epochsDone, status } = record;
  if (config.epochs < epochsDone) {
    throw new UserError(`${record.name} has ${epochsDone} epochs already.`, `Ask for more than ${epochsDone}.`);
  }
  if (status === 'completed' && config.epochs <= record.config.epochs) {
    throw new UserError(
      `${record.name} is complete.`,
      `To train it further, ask for more epochs than ${record.config.epochs}.`,
    );
  }
}

/** Other images would silently make it another run. */
function checkData(
  { name, data }: RunRecord,
  dataset: Dataset,
  { train, val, test }: DatasetSplits,
  { events }: JobContext,
): void {
  const sameClasses = dataset.classes.join('\n') === data.classes.join('\n');
  const sameCounts =
    train.count === data.trainCount && val.count === data.valCount && (test?.count ?? 0) === data.testCount;
  if (!sameClasses || !sameCounts) {
    throw new UserError(
      `The data set ${data.path} has other classes or other numbers of images than when ${name} began.`,
      'Start a new run.',
    );
  }
  if (dataset.fingerprint !== data.fingerprint) {
    events.warning({ message: `The files of ${data.path} may have changed since ${name} began.` });
  }
}

/** What a killed process was just writing. */
async function removeTemporaries(runFolder: string): Promise<void> {
  for (const folder of [runFolder, join(runFolder, checkpointsFolder)]) {
    const names = (await readdir(folder)).filter((name) => name.startsWith('.') && name.endsWith(temporarySuffix));
    for (const name of names) await rm(join(folder, name), { force: true });
  }
}
