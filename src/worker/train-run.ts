import { inspect } from 'node:util';
import { describeError } from '../core/errors';
import { classWeightsFor } from '../core/train/class-weights';
import { outputCount } from '../core/train/training-graph';
import { countFlops } from '../core/graph/count-flops';
import type { TrainConfig } from '../core/train/config';
import { lossScaleSlot, lossScaleStepsSlot } from '../core/train/loss-scale';
import type { RunProgress } from '../core/train/run-progress';
import { stepsPerLine } from '../core/train/steps-per-line';
import { checkpointPath } from '../node/run-store';
import type { EvaluationMetrics } from '../protocol/run-folder';
import type { TrainResult } from '../protocol/worker';
import type { PreparedImages } from './augment/prepare-images';
import { augmentThreadCount, openTrainingImages, type TrainingImages } from './augment/training-images';
import { loadCheckpoint, readCheckpoints, writeCheckpoint, writeCheckpointBytes } from './checkpoint';
import { EpochCheckpoints } from './epoch-checkpoints';
import { explainDeviceFailure, isDeviceFailure, isMemoryFailure } from './gpu/gpu-failure';
import type { JobContext } from './job';
import type { ModelSession } from './model-session';
import type { RunFolder } from './run-folder';
import { scoreSplit } from './score-split';
import { stepsPerEpochOf, trainEpochs } from './trainer';

export interface RunMaterial {
  readonly folder: RunFolder;
  readonly model: ModelSession;
  readonly config: TrainConfig;
  readonly images: PreparedImages;
}

/** Trains a run whose folder is there and says `running`, and keeps the folder true to what happens until its end. */
export async function trainRun(material: RunMaterial, start: RunProgress, context: JobContext): Promise<TrainResult> {
  const { folder } = material;
  const { id, data, device, config } = folder.current;
  const stepsPerEpoch = stepsPerEpochOf(material.images.splits.train.count, config.batchSize);
  folder.log(`Training from step ${start.step} on ${device.description}, process ${process.pid}.`);
  const epochs = new EpochCheckpoints(folder.path, 1e6 * config.epochCheckpointsMb, warn);
  const threads = augmentThreadCount(device.kind, device.threads);
  const trainingImages = openTrainingImages(material.model.images, material.images, material.config, {
    threads,
    assets: context.assets,
  });
  try {
    await keepWhereItBegins(material, epochs, start);
    context.events.runStarted({
      runFolder: folder.path,
      id,
      device,
      data,
      epochs: config.epochs,
      stepsPerEpoch,
      parameterCount: folder.current.model.parameterCount,
    });
    return await trainToEnd({ ...material, trainingImages, epochs, warn }, start, context, stepsPerEpoch);
  } catch (error) {
    const explained = explainDeviceFailure(error, true);
    await recordFailure(folder, explained);
    throw explained;
  } finally {
    await trainingImages.dispose();
    await epochs.settle();
  }

  function warn(message: string): void {
    folder.log(`Warning: ${message}`);
    context.events.warning({ message });
  }
}

async function trainToEnd(
  material: RunMaterial & {
    readonly trainingImages: TrainingImages;
    readonly epochs: EpochCheckpoints;
    readonly warn: (message: string) => void;
  },
  start: RunProgress,
  context: JobContext,
  stepsPerEpoch: number,
): Promise<TrainResult> {
  const { folder, model, config, images, trainingImages, epochs, warn } = material;
  const { splits } = images;
  const { events, signal } = context;
  const secondsBefore = folder.current.trainSeconds;
  const startedAtMs = performance.now();
  const trainSeconds = () => secondsBefore + (performance.now() - startedAtMs) / 1000;
  let warnedOfLoss = false;

  const end = await trainEpochs(
    {
      model,
      config,
      train: splits.train,
      trainingImages,
      val: splits.val,
      classes: folder.current.data.classes.length,
      classWeights: classWeightsOf(material),
      signal,
      stepsPerLine: stepsPerLine(Number(countFlops(model.graph)), config.batchSize, stepsPerEpoch),
      async onStep(metrics, stepOfEpoch) {
        await folder.appendMetrics(metrics);
        events.step({ ...metrics, runFolder: folder.path, stepsPerEpoch, stepOfEpoch });
        if (Number.isFinite(metrics.trainLoss) || warnedOfLoss) return;
        warnedOfLoss = true;
        warn(`The training loss is no longer a number (step ${metrics.step}). Try a lower learning rate.`);
      },
      async onEpoch(metrics, progress) {
        // The line first, `last` last: a run that is resumed from `last` has every line up to it, and cuts what is beyond.
        await folder.appendMetrics(metrics);
        const checkpoints = await readCheckpoints(model, { progress, config }, true);
        const weights = metrics.best || epochs.wanted ? checkpoints.weights() : undefined;
        if (metrics.best && weights) await writeCheckpointBytes(checkpointPath(folder.path, 'best'), weights);
        await writeCheckpointBytes(checkpointPath(folder.path, 'last'), checkpoints.whole());
        if (weights) await epochs.keep(metrics.epoch, weights);
        await folder.update({ ...standOf(progress), trainSeconds: trainSeconds() });
        folder.log(
          `Epoch ${metrics.epoch}: train loss ${metrics.trainLoss}, val loss ${metrics.valLoss}, ` +
            `val accuracy ${metrics.valAccuracy}${metrics.best ? ', best' : ''}.`,
        );
        await logLossScale();
        events.epoch({ ...metrics, runFolder: folder.path, epochs: config.epochs });
      },
    },
    start,
  );
  if (end.reason === 'aborted') return stop(end.progress);

  const { progress } = end;
  if (progress.epochsDone < config.epochs) {
    folder.log(`Stopped early: no better validation loss since epoch ${progress.best.epoch ?? 0}.`);
  }
  let test: EvaluationMetrics | null = null;
  if (splits.test) {
    await loadCheckpoint(checkpointPath(folder.path, 'best'), model);
    const classes = folder.current.data.classes.length;
    const tested = await scoreSplit(model, splits.test, { classes, batchSize: config.batchSize, signal });
    if (!tested) return finish('stopped', progress, null);
    test = tested.metrics;
    folder.log(`Test: loss ${test.loss}, accuracy ${test.accuracy}.`);
  }
  return finish('completed', progress, test);

  async function stop(progress: RunProgress): Promise<TrainResult> {
    // Lines before the checkpoint: it says up to where they count.
    await folder.flush(true);
    await writeCheckpoint(checkpointPath(folder.path, 'last'), model, { progress, config }, true);
    return finish('stopped', progress, null);
  }

  async function finish(
    status: TrainResult['status'],
    progress: RunProgress,
    test: EvaluationMetrics | null,
  ): Promise<TrainResult> {
    const stand = { ...standOf(progress), test, trainSeconds: trainSeconds() };
    await epochs.settle();
    await folder.close();
    await folder.update({ ...stand, status, endedAt: new Date().toISOString() });
    folder.log(`The run is ${status} after ${progress.step} steps.`);
    return { runFolder: folder.path, status, ...stand };
  }

  async function logLossScale(): Promise<void> {
    if (!model.layout.slots.some(({ name }) => name === lossScaleSlot)) return;
    const [scale = NaN] = await model.state.readState(lossScaleSlot);
    const [, skipped = 0] = await model.state.readState(lossScaleStepsSlot);
    folder.log(`The loss is scaled by ${scale}; steps skipped so far: ${skipped}.`);
  }
}

/** The weights before the first step; or of the epoch that a resumed run goes on from, where a kill came before them. */
async function keepWhereItBegins(
  { model, config }: RunMaterial,
  epochs: EpochCheckpoints,
  start: RunProgress,
): Promise<void> {
  const isThere = await epochs.continueAfter(start.epochsDone);
  if (isThere || start.stepOfEpoch > 0 || !epochs.wanted) return;
  const { weights } = await readCheckpoints(model, { progress: start, config }, false);
  await epochs.keep(start.epochsDone, weights());
  await epochs.settle();
}

function classWeightsOf({ folder, model, config, images: { splits } }: RunMaterial): Float32Array | undefined {
  const { classes } = folder.current.data;
  const outputs = outputCount(model.graph) ?? classes.length;
  return classWeightsFor(config.loss.classWeights, { head: model.head, split: splits.train, classes, outputs });
}

/** What run.json says of a run's progress. */
export function standOf({ epochsDone, best }: RunProgress) {
  return { epochsDone, bestEpoch: best.epoch, bestValAccuracy: best.valAccuracy };
}

async function recordFailure(folder: RunFolder, error: unknown): Promise<void> {
  folder.log(`The run has failed.\n${inspect(error)}`);
  try {
    const onGpu = folder.current.device.kind === 'webgpu';
    const failedOnGpu = isDeviceFailure(error) || (onGpu && isMemoryFailure(error));
    const endedAt = new Date().toISOString();
    await folder.update({ status: 'failed', failure: describeError(error), failedOnGpu, endedAt });
    await folder.close();
  } catch (recordError) {
    // A full disk, a deleted folder: the job's own error says more, and is thrown by the caller.
    folder.log(`The failure could not be recorded: ${describeError(recordError)}`);
  }
}
