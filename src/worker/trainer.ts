import { noChange, writePick } from '../core/data/augmentation';
import type { ImageSplit } from '../core/data/dataset';
import type { TrainConfig } from '../core/train/config';
import { drawMix, isMixed, partnerOf, unmixed } from '../core/train/draw-mixing';
import { trainingOrder } from '../core/train/image-order';
import { betterOf, shouldStopEarly } from '../core/train/early-stopping';
import { groupHyperparameters } from '../core/train/optimizer';
import type { ParameterGroup } from '../core/train/parameter-groups';
import type { RunProgress, RunningSums } from '../core/train/run-progress';
import { addBatch, noSums } from '../core/train/run-progress';
import { learningRateAt } from '../core/train/schedule';
import type { EpochMetrics, StepMetrics } from '../protocol/run-folder';
import { deviceTrainingImages, type TrainingImages } from './augment/training-images';
import type { ImagePass } from './device-images';
import { evaluateSplit } from './evaluate-split';
import { fillMix, fillTargets } from './fill-targets';
import { InFlight, mostStepsInFlight } from './in-flight';
import { createYield } from './job';
import type { ModelSession } from './model-session';
import { floatInput, integerInput, readScalar } from './model-session';
import { ValidationMeasures, type ValidationMetrics } from './validation-measures';

export interface TrainerOptions {
  /** Opened with images. */
  readonly model: ModelSession;
  readonly config: TrainConfig;
  readonly train: ImageSplit;
  /** What `train` is taken from, changed as the configuration says; absent: unchanged. */
  readonly trainingImages?: TrainingImages;
  readonly val: ImageSplit;
  /** How many the images are of; absent: as many as the model has outputs. */
  readonly classes?: number;
  /** What the classes of the targets weigh in the training loss; undefined: all alike. */
  readonly classWeights: Float32Array | undefined;
  readonly signal: AbortSignal;
  /** A step line of the metrics every so many steps, and at the end of an epoch. */
  readonly stepsPerLine: number;
  /** What the trainer tells; awaited, so that what is on disk never runs ahead or behind. */
  readonly onStep: (metrics: StepMetrics, stepOfEpoch: number) => Promise<void>;
  readonly onEpoch: (metrics: EpochMetrics, progress: RunProgress) => Promise<void>;
}

export interface TrainerEnd {
  /** `finished`: all epochs, or stopped early by the validation loss. */
  readonly reason: 'finished' | 'aborted';
  readonly progress: RunProgress;
}

export function stepsPerEpochOf(imageCount: number, batchSize: number): number {
  return Math.ceil(imageCount / batchSize);
}

/** Trains from `start` to the end of the configuration, or to the batch boundary at which the signal was aborted. */
export async function trainEpochs(options: TrainerOptions, start: RunProgress): Promise<TrainerEnd> {
  const { config, signal } = options;
  let progress = start;
  while (progress.epochsDone < config.epochs) {
    if (shouldStopEarly(progress.best, progress.epochsDone, config.earlyStoppingPatience)) break;
    const startedAtMs = performance.now();
    const trained = await trainRestOfEpoch(options, progress);
    const imagesPerSecond = trained.imagesPerSecond;
    progress = trained.progress;
    if (signal.aborted) return { reason: 'aborted', progress };
    const validation = await validate(options);
    if (!validation) return { reason: 'aborted', progress };
    const seconds = (performance.now() - startedAtMs) / 1000;
    const metrics = epochMetrics(options, progress, validation, { imagesPerSecond, seconds });
    const best = betterOf(progress.best, metrics);
    progress = {
      step: progress.step,
      epochsDone: metrics.epoch,
      stepOfEpoch: 0,
      epoch: noSums,
      sinceLine: noSums,
      best,
    };
    await options.onEpoch({ ...metrics, best: best.epoch === metrics.epoch }, progress);
  }
  return { reason: 'finished', progress };
}

/**
 * The batches of the epoch that are still to do. What each gave is awaited only where it is wanted: at a line of the
 * metrics, at the end, and where too much is owed. Until then `progress` counts steps whose sums are still missing.
 */
async function trainRestOfEpoch(
  options: TrainerOptions,
  start: RunProgress,
): Promise<{ readonly progress: RunProgress; readonly imagesPerSecond: number }> {
  const { config, train, signal } = options;
  const order = trainingOrder(train, config, start.epochsDone);
  const stepsPerEpoch = stepsPerEpochOf(train.count, config.batchSize);
  const turn = createYield();
  const startedAtMs = performance.now();
  let lineAtMs = startedAtMs;
  let progress = start;
  const trainingImages =
    options.trainingImages ?? deviceTrainingImages(options.model.images, train, noChange, config.seed);
  const pass = trainingImages.pass(order, start.epochsDone);
  const inFlight = new InFlight<BatchResult>(({ loss, correct, images }) => {
    progress = {
      ...progress,
      epoch: addBatch(progress.epoch, loss, correct, images),
      sinceLine: addBatch(progress.sinceLine, loss, correct, images),
    };
  });
  while (progress.stepOfEpoch < stepsPerEpoch) {
    await turn();
    if (signal.aborted) break;
    const from = progress.stepOfEpoch * config.batchSize;
    const indices = order.subarray(from, Math.min(from + config.batchSize, train.count));
    const learningRate = rateOf(config, progress, stepsPerEpoch);
    inFlight.add(sumOf(await trainBatch(options, { indices, from, pass }, progress, stepsPerEpoch), indices.length));
    await pass.passed(from + indices.length);
    progress = { ...progress, step: progress.step + 1, stepOfEpoch: progress.stepOfEpoch + 1 };
    await inFlight.settle(mostStepsInFlight);
    if (progress.stepOfEpoch % options.stepsPerLine === 0 || progress.stepOfEpoch === stepsPerEpoch) {
      await inFlight.settle();
      const nowMs = performance.now();
      const metrics = stepMetrics(progress, stepsPerEpoch, learningRate, nowMs - lineAtMs);
      lineAtMs = nowMs;
      progress = { ...progress, sinceLine: noSums };
      await options.onStep(metrics, progress.stepOfEpoch);
    }
  }
  await inFlight.settle();
  const images = progress.epoch.images - start.epoch.images;
  return { progress, imagesPerSecond: perSecond(images, performance.now() - startedAtMs) };
}

/** The images at `indices`, which stand in the pass from position `from` on. */
interface TrainingBatch {
  readonly indices: Int32Array;
  readonly from: number;
  readonly pass: ImagePass;
}

interface BatchResult {
  /** Mean over the batch. */
  readonly loss: number;
  readonly correct: number;
  readonly images: number;
}

/** What the device owes for a part of a batch. */
interface PartResult {
  readonly share: number;
  readonly values: Promise<readonly [loss: number, correct: number]>;
}

async function sumOf(parts: readonly PartResult[], images: number): Promise<BatchResult> {
  let loss = 0;
  let correct = 0;
  for (const { share, values } of parts) {
    const [partLoss, partCorrect] = await values;
    loss += share * partLoss;
    correct += partCorrect;
  }
  return { loss, correct, images };
}

/** Asks for the step that follows on `progress`. */
async function trainBatch(
  { model, config, train, classWeights }: TrainerOptions,
  { indices, from: position, pass }: TrainingBatch,
  progress: RunProgress,
  stepsPerEpoch: number,
): Promise<readonly PartResult[]> {
  const { step } = progress;
  const parts = await model.trainingParts(indices.length);
  const weights = parts.some(({ program }) => program.plan.inputs['softTargets']) ? undefined : classWeights;
  const batchWeight = weightOf(model, train, indices, weights);
  const mix = isMixed(config.mixing) ? drawMix(config.mixing, config.seed, step, model.imageSize) : unmixed;
  const results: PartResult[] = [];
  await pass.ready(position, position + indices.length);
  for (const { program, from, to } of parts) {
    const images = indices.subarray(from, to);
    fillPicks(pass, images.length, (index) => position + from + index, integerInput(program, 'picks'));
    const partners = images.map((_, index) => indices[partnerOf(from + index, indices.length)] ?? 0);
    fillTargets(program, model.head, train, images, { partners, mix, labelSmoothing: config.loss.labelSmoothing });
    if (program.plan.inputs['mix']) {
      fillMix(program, mix);
      const partnerPosition = (index: number) => position + partnerOf(from + index, indices.length);
      fillPicks(pass, images.length, partnerPosition, integerInput(program, 'partners'));
    }
    if (classWeights) floatInput(program, 'classWeights').set(classWeights);
    if (program.plan.inputs['hyper']) {
      const rate = ({ learningRateFactor }: ParameterGroup) =>
        rateOf(config, progress, stepsPerEpoch, learningRateFactor);
      floatInput(program, 'hyper').set(groupHyperparameters(config.optimizer, model.groups, rate, step + 1));
    }
    if (program.plan.inputs['random']) {
      const seedAndStep = [config.seed | 0, 0, step | 0, Math.floor(step / 2 ** 32)];
      integerInput(program, 'random').set([...seedAndStep, from, indices.length]);
    }
    const share = weightOf(model, train, images, weights) / batchWeight;
    if (program.plan.inputs['share']) floatInput(program, 'share').set([share]);
    await program.run();
    const values = Promise.all([readScalar(program, 'loss'), readScalar(program, 'correct')]);
    // Where a later part fails first, nobody waits for this one.
    values.catch(() => undefined);
    results.push({ share, values });
  }
  model.countTrainingStep();
  return results;
}

/** Writes which images a run takes, and how it changes them. `positionOf`: where in the pass they stand. */
function fillPicks(pass: ImagePass, count: number, positionOf: (index: number) => number, picks: Int32Array): void {
  for (let index = 0; index < count; index++) {
    const position = positionOf(index);
    writePick(picks, picks.length / count, index, pass.slotOf(position), pass.changeOf(position));
  }
}

/** What images count in the mean loss: each one or, of a softmax, what its class weighs. */
function weightOf(
  { head }: ModelSession,
  { labels }: ImageSplit,
  indices: Int32Array,
  classWeights: Float32Array | undefined,
): number {
  if (!classWeights || head !== 'multi-class') return indices.length;
  return indices.reduce((sum, index) => sum + (classWeights[labels[index] ?? 0] ?? 0), 0);
}

/** `factor`: of the parameter group; a schedule of its own starts from its own rate, as in torch. */
function rateOf(
  { optimizer, schedule, epochs }: TrainConfig,
  { step, epochsDone }: RunProgress,
  stepsPerEpoch: number,
  factor = 1,
): number {
  return learningRateAt(schedule, factor * optimizer.learningRate, { step, epoch: epochsDone, stepsPerEpoch, epochs });
}

function stepMetrics(
  { step, epochsDone, stepOfEpoch, sinceLine }: RunProgress,
  stepsPerEpoch: number,
  learningRate: number,
  elapsedMs: number,
): StepMetrics {
  return {
    kind: 'step',
    step,
    epoch: epochsDone + stepOfEpoch / stepsPerEpoch,
    trainLoss: meanLoss(sinceLine),
    learningRate,
    imagesPerSecond: perSecond(sinceLine.images, elapsedMs),
  };
}

/** With what can be told of single batches as they come. */
async function validate({
  model,
  val,
  classes,
  config,
  signal,
}: TrainerOptions): Promise<ValidationMetrics | undefined> {
  const measures = new ValidationMeasures(model, val, classes);
  const { onLogits } = measures;
  const options = { batchSize: config.batchSize, signal, ...(onLogits ? { onLogits } : {}) };
  const metrics = await evaluateSplit(model, val, options);
  return metrics && { ...metrics, ...measures.results() };
}

function epochMetrics(
  { config, train }: TrainerOptions,
  progress: RunProgress,
  { loss, accuracy, ...more }: ValidationMetrics,
  speed: { readonly imagesPerSecond: number; readonly seconds: number },
): EpochMetrics {
  const { step, epochsDone, epoch } = progress;
  const lastStep = { ...progress, step: step - 1 };
  return {
    kind: 'epoch',
    epoch: epochsDone + 1,
    step,
    trainLoss: meanLoss(epoch),
    trainAccuracy: epoch.correct / epoch.images,
    valLoss: loss,
    valAccuracy: accuracy,
    ...(more.top5 === undefined ? {} : { valTop5: more.top5 }),
    ...(more.f1 === undefined ? {} : { valF1: more.f1 }),
    learningRate: rateOf(config, lastStep, stepsPerEpochOf(train.count, config.batchSize)),
    ...speed,
    best: false,
  };
}

function meanLoss({ loss, images }: RunningSums): number {
  return loss / images;
}

function perSecond(images: number, elapsedMs: number): number {
  return elapsedMs > 0 ? images / (elapsedMs / 1000) : 0;
}
