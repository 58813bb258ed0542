import { rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Dataset } from '../core/data/dataset';
import type { DatasetSplits } from '../core/data/splits';
import { networkSize } from '../core/data/augment/evaluation-transforms';
import type { Normalization } from '../core/data/normalization';
import { elementCount } from '../core/graph/dim';
import { UserError } from '../core/errors';
import { formatShape } from '../core/graph/dim';
import { stateTensors } from '../core/rng/initialize';
import { classWeightsFor } from '../core/train/class-weights';
import type { TrainConfig } from '../core/train/config';
import { headFor, type Head } from '../core/train/head';
import { startOfRun } from '../core/train/run-progress';
import { outputCount } from '../core/train/training-graph';
import { readCnnLabVersion } from '../node/installation-version';
import { checkpointPath, trainingGraphFile } from '../node/run-store';
import { writeFileAtomically } from '../node/write-file-atomically';
import type { DataReference, RunRecord } from '../protocol/run-folder';
import type { ModelRequest, TrainRequest, TrainResult } from '../protocol/worker';
import { normalizationFor, prepareImages, type PreparedImages } from './augment/prepare-images';
import { initializeModel, loadInitialWeights, writeCheckpoint } from './checkpoint';
import type { JobContext } from './job';
import { keepingMessages } from './job';
import type { LoadedModel } from './load-model';
import { declaredInputShape, imageShape, loadModel } from './load-model';
import { loadRunData } from './load-run-data';
import { ModelSession, samplePlans, type ModelSessionOptions } from './model-session';
import { deviceRecord, prepareOnDevice } from './open-engine';
import { notePrecision } from './precision';
import { RunFolder, createRunFolder, removeRunFolder } from './run-folder';
import { cutSplits, writeSplit } from './run-splits';
import { trainRun } from './train-run';
import { stepsPerEpochOf } from './trainer';

/** Starts a run and trains it to its end. Until the run has begun, what fails or is stopped leaves no folder behind. */
export async function trainJob(request: TrainRequest, context: JobContext): Promise<TrainResult> {
  const { runFolder } = request;
  try {
    return await trainNewRun(request, context);
  } catch (error) {
    // The host may have reserved the folder; one that holds anything stays.
    await rmdir(runFolder).catch(() => undefined);
    const { signal } = context;
    if (!signal.aborted || error !== signal.reason) throw error;
    const stand = { epochsDone: 0, bestEpoch: null, bestValAccuracy: null, test: null, trainSeconds: 0 };
    return { runFolder, status: 'stopped', ...stand };
  }
}

async function trainNewRun(request: TrainRequest, hostContext: JobContext): Promise<TrainResult> {
  const { config, runFolder } = request;
  const { context, messages } = keepingMessages(hostContext);
  const { dataset, loaded } = await loadFitting(request.model, request.data, config, context);
  const { splits: cut, recorded } = cutSplits(dataset, config, context);
  const images = await prepareImages(cut, dataset, config.augment, context);
  const { splits } = images;
  const normalization = normalizationFor(images, config.augment, dataset.normalization);
  const head = headFor(dataset.task, dataset.classes.length, outputCount(loaded.graph));
  checkClassCount(loaded, dataset, head, context);
  checkClassWeights(loaded, dataset, splits, head, config);

  const { graph, trainingGraph } = loaded;
  const plans = () => samplePlans(graph, config, trainingGraph, head);
  const { engine, prepared: model } = await prepareOnDevice(request, plans, context, async (device) => {
    const opened = await ModelSession.open(device, graph, {
      config,
      head,
      ...(trainingGraph ? { trainingGraph } : {}),
      images: runImages(images, normalization, config),
    });
    notePrecision(device, config, context);
    await initializeModel(opened, config.seed);
    if (request.weights !== null) await useWeights(request.weights, opened, context);
    await compileAll(
      opened,
      config.batchSize,
      [splits.train.count],
      [splits.val.count, splits.test?.count ?? 0],
      context.events,
    );
    return opened;
  });
  try {
    context.signal.throwIfAborted();
    const data: DataReference = {
      path: request.data,
      name: dataset.name,
      classes: dataset.classes,
      fingerprint: dataset.fingerprint,
      trainCount: splits.train.count,
      valCount: splits.val.count,
      testCount: splits.test?.count ?? 0,
      ...normalization,
      ...(dataset.decided && { decided: dataset.decided }),
      ...(loaded.inputShape.join() === imageShape(dataset).join() ? {} : { imageShape: imageShape(dataset) }),
    };
    const record: RunRecord = {
      formatVersion: 1,
      id: basename(runFolder),
      name: request.name,
      status: 'running',
      failure: null,
      failedOnGpu: false,
      model: {
        file: request.model.file,
        target: loaded.target,
        sourceHash: loaded.sourceHash,
        inputShape: loaded.inputShape,
        parameterCount: parameterCount(model),
      },
      data,
      config,
      head,
      device: deviceRecord(engine),
      startedAt: new Date().toISOString(),
      endedAt: null,
      processId: process.pid,
      versions: { cnnLab: readCnnLabVersion(context.assets), node: process.versions.node },
      epochsDone: 0,
      bestEpoch: null,
      bestValAccuracy: null,
      test: null,
      trainSeconds: 0,
    };
    const folder = await beginRun(record, runFolder, model, loaded, recorded);
    for (const message of messages) folder.log(message);
    for (const { path, reason } of dataset.skipped) folder.log(`Left out: ${path}: ${reason}`);
    return await trainRun({ folder, model, config, images }, startOfRun, hostContext);
  } finally {
    await engine.dispose();
  }
}

/** What a run keeps on the device. */
export function runImages(
  { splits: { train, val, test }, training }: PreparedImages,
  normalization: Normalization,
  { batchSize }: TrainConfig,
): ModelSessionOptions['images'] & object {
  const evaluated = [val, ...(test ? [test] : [])];
  if (training.kind === 'device') {
    const { erasing } = training.change;
    const splits = [train, ...evaluated];
    return { splits, normalization, batchSize, ...(erasing && { erased: erasing.bytes }) };
  }
  return { splits: evaluated, streamed: true, normalization, batchSize };
}

/** The folder with all that a resumption needs, then run.json: from there on it is a run. */
async function beginRun(
  record: RunRecord,
  runFolder: string,
  model: ModelSession,
  { graph, trainingGraph, sources }: LoadedModel,
  recordedSplit: string | undefined,
): Promise<RunFolder> {
  await createRunFolder(runFolder, `${JSON.stringify(graph)}\n`, sources);
  try {
    if (trainingGraph) {
      await writeFileAtomically(join(runFolder, trainingGraphFile), `${JSON.stringify(trainingGraph)}\n`);
    }
    if (recordedSplit !== undefined) await writeSplit(runFolder, recordedSplit);
    const last = checkpointPath(runFolder, 'last');
    await writeCheckpoint(last, model, { progress: startOfRun, config: record.config }, true);
    const folder = new RunFolder(runFolder, record);
    await folder.update({});
    return folder;
  } catch (error) {
    await removeRunFolder(runFolder);
    throw error;
  }
}

/**
 * The model for the data set's own images as the augmentation leaves them; where it can't take those and its file says what it takes, the
 * images are resized to that.
 */
async function loadFitting(
  request: ModelRequest,
  dataPath: string,
  { augment }: TrainConfig,
  context: JobContext,
): Promise<{ readonly dataset: Dataset; readonly loaded: LoadedModel }> {
  const dataset = await loadRunData(dataPath, context);
  const ownShape = imageShape(networkSize(augment, dataset));
  const classCount = dataset.classes.length;
  try {
    return { dataset, loaded: await loadModel(request, ownShape, classCount) };
  } catch (error) {
    const declared = error instanceof UserError ? await declaredInputShape(request) : undefined;
    if (!declared || formatShape(declared) === formatShape(ownShape)) throw error;
    const loaded = await loadModel(request, declared, classCount).catch(() => {
      throw error; // Neither shape will do: what is wrong with the data set's own is what the user should read.
    });
    const resized = await loadRunData(dataPath, context, declared);
    const fitted = imageShape(networkSize(augment, resized));
    if (formatShape(fitted) !== formatShape(declared)) {
      throw new UserError(
        `The augmentation makes images of ${formatShape(fitted)}, ${request.target} takes ${formatShape(declared)}.`,
        'Give its transforms the size that the model takes.',
      );
    }
    context.events.warning({
      message: `The images are changed from ${formatShape(ownShape)} to ${formatShape(declared)}, which the model's file asks for.`,
    });
    return { dataset: resized, loaded };
  }
}

function checkClassCount(
  { graph, target }: LoadedModel,
  { classes, name, task, train }: Dataset,
  head: Head,
  { events }: JobContext,
): void {
  const outputs = outputCount(graph);
  if (task === 'multi-label' && !train.labelSets) throw new Error(`${name} does not say which classes its images have`);
  if (outputs === undefined || outputs === classes.length || head === 'binary') return;
  if (outputs < classes.length) {
    throw new UserError(
      `${target} has ${outputs} outputs, the data set has ${classes.length} classes.`,
      `Give the model ${classes.length} outputs.`,
    );
  }
  events.warning({
    message: `${target} has ${outputs} outputs for ${classes.length} classes; the others stay unused.`,
  });
}

/** What is wrong with them shows before there is a run. */
function checkClassWeights(
  { graph }: LoadedModel,
  { classes }: Dataset,
  { train }: DatasetSplits,
  head: Head,
  { loss }: TrainConfig,
): void {
  const outputs = outputCount(graph) ?? classes.length;
  classWeightsFor(loss.classWeights, { head, split: train, classes, outputs });
}

async function useWeights(file: string, model: ModelSession, { events }: JobContext): Promise<void> {
  const untouched = await loadInitialWeights(file, model);
  if (untouched.length === 0) return;
  events.warning({ message: `Not in ${file}, or of another shape, so freshly drawn: ${untouched.join(', ')}.` });
}

/** Every program that the run will need: what does not fit shows before there is a run. */
export async function compileAll(
  model: ModelSession,
  batchSize: number,
  trainCounts: readonly number[],
  evaluationCounts: readonly number[],
  events: JobContext['events'],
): Promise<void> {
  const sizesOf = (count: number) => {
    const steps = stepsPerEpochOf(count, batchSize);
    const last = count - (steps - 1) * batchSize;
    return count === 0 ? [] : steps > 1 ? [batchSize, last] : [last];
  };
  for (const size of trainCounts.flatMap(sizesOf)) {
    const parts = await model.trainingParts(size);
    const [first] = parts;
    if (parts.length === 1 || !first || size < batchSize) continue;
    const message =
      `Batches of ${size} do not fit into memory: each is trained in ${parts.length} parts of up to ${first.to} images, whose ` +
      'gradients are added up. Batch normalisation sees each part by itself.';
    events.warning({ message });
  }
  for (const count of evaluationCounts) {
    if (count > 0) await model.evaluationSize(Math.min(batchSize, count));
  }
}

function parameterCount({ graph }: ModelSession): number {
  return stateTensors(graph)
    .filter(({ kind }) => kind === 'parameter')
    .reduce((sum, { shape }) => sum + elementCount(shape), 0);
}
