import type { Dataset, ImageSplit } from '../core/data/dataset';
import { foldsOf } from '../core/data/folds';
import { findMislabels } from '../core/data/hygiene/confident-learning';
import { stratifiedSplit } from '../core/data/split-config';
import { selectImages } from '../core/data/splits';
import { UserError } from '../core/errors';
import type { Graph } from '../core/graph/graph';
import { classWeightsFor } from '../core/train/class-weights';
import type { TrainConfig } from '../core/train/config';
import { defaultHead } from '../core/train/head';
import { startOfRun } from '../core/train/run-progress';
import { outputCount } from '../core/train/training-graph';
import type { Engine } from '../engine/engine';
import { writeMislabels } from '../node/mislabels-file';
import { readRunRecord } from '../node/run-store';
import type { MislabelReport, MislabelRequest } from '../protocol/mislabels';
import type { RunRecord } from '../protocol/run-folder';
import { normalizationFor, prepareImages } from './augment/prepare-images';
import { augmentThreadCount, openTrainingImages } from './augment/training-images';
import { initializeModel } from './checkpoint';
import type { JobContext } from './job';
import { runImages } from './train-job';
import { readGraph, readTrainingGraph } from './load-model';
import { loadRunData, storedShape } from './load-run-data';
import { ModelSession, samplePlans } from './model-session';
import { runOnDevice } from './open-engine';
import { scoreSplit } from './score-split';
import { trainEpochs } from './trainer';

/**
 * Trains a run's model anew for each fold of its data, from weights that are drawn afresh, and finds labels that the models which have
 * not seen an image contradict. Keeps what it finds in the run's folder.
 */
export async function mislabelJob(request: MislabelRequest, context: JobContext): Promise<MislabelReport> {
  const { runFolder, folds } = request;
  const record = await readRunRecord(runFolder);
  const { head = defaultHead } = record;
  if (head === 'multi-label') {
    throw new UserError(
      `The images of ${record.data.name} may have several classes: wrong labels are looked for only where each has one.`,
    );
  }
  const dataset = await loadRunData(record.data.path, context, storedShape(record));
  if (dataset.classes.join('\n') !== record.data.classes.join('\n')) {
    throw new UserError(`${dataset.name} has other classes than when ${record.name} was trained.`, 'Train a new run.');
  }
  const all = trainedImages(dataset);
  const graph = await readGraph(runFolder);
  const trainingGraph = await readTrainingGraph(runFolder);
  const epochs = request.epochs ?? record.bestEpoch ?? record.config.epochs;
  // What ends early or keeps the best would look at the images that are to be judged.
  const config: TrainConfig = { ...record.config, epochs, earlyStoppingPatience: null, epochCheckpointsMb: 0 };
  const material: FoldMaterial = { record, graph, trainingGraph, config, dataset, all };
  const fold = foldsOf(
    { split: all, classes: dataset.classes, config: stratifiedSplit, seed: config.seed },
    { count: folds, number: 1 },
  );
  const probabilities = new Float32Array(all.count * dataset.classes.length);
  const plans = () => samplePlans(graph, config, trainingGraph, head);
  return runOnDevice(request, plans, context, async (engine) => {
    for (let number = 1; number <= folds; number++) {
      const held = Int32Array.from(fold.keys()).filter((index) => fold[index] === number - 1);
      const rest = Int32Array.from(fold.keys()).filter((index) => fold[index] !== number - 1);
      const tell = (epoch: number) => context.events.foldProgress({ fold: number, folds, epoch, epochs });
      tell(0);
      const own = await scoreFold(material, { held, rest }, engine, context, tell);
      held.forEach((index, row) => {
        const { length } = dataset.classes;
        probabilities.set(own.subarray(row * length, (row + 1) * length), index * length);
      });
    }
    const report = reportOf(material, probabilities, { folds, epochs });
    await writeMislabels(runFolder, report);
    return report;
  });
}

interface FoldMaterial {
  readonly record: RunRecord;
  readonly graph: Graph;
  readonly trainingGraph: Graph | undefined;
  readonly config: TrainConfig;
  readonly dataset: Dataset;
  readonly all: ImageSplit;
}

/** Scores of images by a model that was trained on the others: [held.length, classes] */
async function scoreFold(
  { record, graph, trainingGraph, config, dataset, all }: FoldMaterial,
  { held, rest }: { readonly held: Int32Array; readonly rest: Int32Array },
  engine: Engine,
  context: JobContext,
  tell: (epoch: number) => void,
): Promise<Float32Array> {
  const { classes } = dataset;
  const { head = defaultHead } = record;
  const train = selectImages(all, rest);
  // An epoch is followed by a validation, of which nothing is wanted: a few training images are the least work.
  const val = selectImages(
    train,
    Int32Array.from({ length: Math.min(8, train.count) }, (_, index) => index),
  );
  const test = selectImages(all, held);
  const images = await prepareImages({ train, val, test }, dataset, config.augment, context);
  const { splits } = images;
  if (!splits.test) throw new Error('A fold without images');
  const model = await ModelSession.open(engine, graph, {
    config,
    head,
    ...(trainingGraph ? { trainingGraph } : {}),
    images: runImages(images, normalizationFor(images, config.augment, dataset.normalization), config),
  });
  const threads = augmentThreadCount(engine.info.kind, engine.info.threads);
  const trainingImages = openTrainingImages(model.images, images, config, { threads, assets: context.assets });
  try {
    await initializeModel(model, config.seed);
    const outputs = outputCount(graph) ?? classes.length;
    const { reason } = await trainEpochs(
      {
        model,
        config,
        train: splits.train,
        trainingImages,
        val: splits.val,
        classWeights: classWeightsFor(config.loss.classWeights, { head, split: splits.train, classes, outputs }),
        signal: context.signal,
        stepsPerLine: Infinity,
        onStep: () => Promise.resolve(),
        onEpoch({ epoch }) {
          tell(epoch);
          return Promise.resolve();
        },
      },
      startOfRun,
    );
    const { batchSize } = config;
    const scored =
      reason === 'finished'
        ? await scoreSplit(model, splits.test, {
            classes: classes.length,
            batchSize,
            signal: context.signal,
            keep: true,
          })
        : undefined;
    if (!scored?.probabilities) {
      context.signal.throwIfAborted();
      throw new Error('A fold without scores');
    }
    return scored.probabilities;
  } finally {
    await trainingImages.dispose();
    await model.dispose();
  }
}

/** All that a run may have learnt from, as one split: the test images stay out of it. */
function trainedImages({ train, val }: Dataset): ImageSplit {
  if (!val) return train;
  const images = new Uint8Array(train.images.length + val.images.length);
  images.set(train.images);
  images.set(val.images, train.images.length);
  return {
    count: train.count + val.count,
    images,
    labels: Int32Array.of(...train.labels, ...val.labels),
    ...(train.keys && val.keys && { keys: [...train.keys, ...val.keys] }),
  };
}

function reportOf(
  { dataset: { classes, fingerprint }, all }: FoldMaterial,
  probabilities: Float32Array,
  { folds, epochs }: { readonly folds: number; readonly epochs: number },
): MislabelReport {
  const suspects = findMislabels({ labels: all.labels, probabilities, classes: classes.length });
  let right = 0;
  for (let index = 0; index < all.count; index++) {
    const row = probabilities.subarray(index * classes.length, (index + 1) * classes.length);
    const own = row[all.labels[index] ?? 0] ?? 0;
    if (row.every((probability, label) => label === all.labels[index] || probability < own)) right++;
  }
  return {
    fingerprint,
    madeAt: new Date().toISOString(),
    folds,
    epochs,
    count: all.count,
    accuracy: right / all.count,
    classes,
    keys: suspects.map(({ index }) => all.keys?.[index] ?? String(index)),
    given: Int32Array.from(suspects, ({ given }) => given),
    suggested: Int32Array.from(suspects, ({ suggested }) => suggested),
    givenProbabilities: Float32Array.from(suspects, ({ givenProbability }) => givenProbability),
    suggestedProbabilities: Float32Array.from(suspects, ({ suggestedProbability }) => suggestedProbability),
  };
}
