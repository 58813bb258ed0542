import { isObject } from '../is-object';
import type { BestEpoch } from './early-stopping';
import { noBestEpoch } from './early-stopping';

/**
 * Where a run stands between two steps: with the weights, the moments and the configuration, all that the rest of the
 * run depends on (random numbers are drawn by seed and step). Plain data, kept in checkpoints; no times in it, so that
 * the same run gives the same bytes.
 */
export interface RunProgress {
  /** Steps done over the whole run. */
  readonly step: number;
  /** Epochs done, validated and written down. */
  readonly epochsDone: number;
  /** Steps done of the epoch after those. */
  readonly stepOfEpoch: number;
  /** Sums over the steps of that epoch. */
  readonly epoch: RunningSums;
  /** Sums since the last step line of the metrics. */
  readonly sinceLine: RunningSums;
  readonly best: BestEpoch;
}

export interface RunningSums {
  /** Σ batch loss · batch size */
  readonly loss: number;
  readonly correct: number;
  readonly images: number;
}

export const noSums: RunningSums = { loss: 0, correct: 0, images: 0 };

export const startOfRun: RunProgress = {
  step: 0,
  epochsDone: 0,
  stepOfEpoch: 0,
  epoch: noSums,
  sinceLine: noSums,
  best: noBestEpoch,
};

export function addBatch(sums: RunningSums, meanLoss: number, correct: number, images: number): RunningSums {
  return { loss: sums.loss + meanLoss * images, correct: sums.correct + correct, images: sums.images + images };
}

/** Reads what `JSON.stringify` wrote of it; undefined where it is something else. JSON's null is a number that was none. */
export function parseRunProgress(value: unknown): RunProgress | undefined {
  if (!isObject(value) || !isObject(value.epoch) || !isObject(value.sinceLine) || !isObject(value.best))
    return undefined;
  const { step, epochsDone, stepOfEpoch, best } = value;
  const counts = [step, epochsDone, stepOfEpoch];
  if (!counts.every((count) => Number.isSafeInteger(count) && (count as number) >= 0)) return undefined;
  return {
    step: step as number,
    epochsDone: epochsDone as number,
    stepOfEpoch: stepOfEpoch as number,
    epoch: parseSums(value.epoch),
    sinceLine: parseSums(value.sinceLine),
    best: {
      epoch: typeof best.epoch === 'number' ? best.epoch : null,
      valLoss: typeof best.valLoss === 'number' ? best.valLoss : Number.POSITIVE_INFINITY,
      valAccuracy: typeof best.valAccuracy === 'number' ? best.valAccuracy : null,
    },
  };
}

function parseSums(value: Readonly<Record<string, unknown>>): RunningSums {
  const numberOf = (entry: unknown) => (typeof entry === 'number' ? entry : Number.NaN);
  return { loss: numberOf(value.loss), correct: numberOf(value.correct), images: numberOf(value.images) };
}
