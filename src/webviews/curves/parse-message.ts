import type { CurvesRun, RunIncrement, ToCurvesPanel } from '../../protocol/curves-panel';
import type { EpochMetrics, RunStatus, StepMetrics } from '../../protocol/run-folder';

/** Reads a message of the host; null where it is none. A number that is none (a loss that diverged) becomes NaN. */
export function parseMessage(value: unknown): ToCurvesPanel | null {
  const message = fieldsOf(value);
  switch (message.type) {
    case 'snapshot':
      return {
        type: 'snapshot',
        runs: listOf(message.runs, parseRun),
        shown: listOf(message.shown, (id) => String(id)),
      };
    case 'increment':
      return { type: 'increment', runs: listOf(message.runs, parseIncrement) };
    case 'saved':
      return { type: 'saved', file: String(message.file) };
    case 'failed':
      return { type: 'failed', message: String(message.message) };
    default:
      return null; // Other parts of the editor post messages to the window too.
  }
}

function parseRun(value: unknown): CurvesRun {
  const run = fieldsOf(value);
  return {
    ...parseIncrement(value),
    name: String(run.name),
    epochsPlanned: numberOf(run.epochsPlanned),
    startedAt: String(run.startedAt),
    summary: String(run.summary),
  };
}

function parseIncrement(value: unknown): RunIncrement {
  const run = fieldsOf(value);
  return {
    id: String(run.id),
    status: statuses.find((status) => status === run.status) ?? 'failed',
    bestEpoch: typeof run.bestEpoch === 'number' ? run.bestEpoch : null,
    steps: listOf(run.steps, parseStep),
    epochs: listOf(run.epochs, parseEpoch),
  };
}

const statuses: readonly RunStatus[] = ['running', 'completed', 'stopped', 'failed'];

function parseStep(value: unknown): StepMetrics {
  const line = fieldsOf(value);
  return {
    kind: 'step',
    step: numberOf(line.step),
    epoch: numberOf(line.epoch),
    trainLoss: numberOf(line.trainLoss),
    learningRate: numberOf(line.learningRate),
    imagesPerSecond: numberOf(line.imagesPerSecond),
  };
}

function parseEpoch(value: unknown): EpochMetrics {
  const line = fieldsOf(value);
  return {
    kind: 'epoch',
    epoch: numberOf(line.epoch),
    step: numberOf(line.step),
    trainLoss: numberOf(line.trainLoss),
    trainAccuracy: numberOf(line.trainAccuracy),
    valLoss: numberOf(line.valLoss),
    valAccuracy: numberOf(line.valAccuracy),
    ...(line.valTop5 === undefined ? {} : { valTop5: numberOf(line.valTop5) }),
    ...(line.valF1 === undefined ? {} : { valF1: numberOf(line.valF1) }),
    learningRate: numberOf(line.learningRate),
    imagesPerSecond: numberOf(line.imagesPerSecond),
    seconds: numberOf(line.seconds),
    best: line.best === true,
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf<Item>(value: unknown, parse: (item: unknown) => Item): Item[] {
  return Array.isArray(value) ? value.map(parse) : [];
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}
