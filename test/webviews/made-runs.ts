import type { CurvesRun } from '../../src/protocol/curves-panel';
import type { EpochMetrics, RunStatus, StepMetrics } from '../../src/protocol/run-folder';

export interface MadeRunOptions {
  readonly id: string;
  readonly name?: string;
  readonly status?: RunStatus;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** A step line every so many steps. */
  readonly logEvery?: number;
  /** How fast the loss falls; another speed makes another curve. */
  readonly speed?: number;
  readonly startedAt?: string;
  /** Measures that only some runs have. */
  readonly with?: readonly ('valTop5' | 'valF1')[];
}

/** A run whose curves look as real ones do: noisy steps, a validation loss that rises again at the end. */
export function makeRun(options: MadeRunOptions): CurvesRun {
  const { id, epochs, stepsPerEpoch, logEvery = 1, speed = 1 } = options;
  const noise = seededNoise(id);
  const steps: StepMetrics[] = [];
  const ends: Omit<EpochMetrics, 'best'>[] = [];
  const lossAt = (epoch: number): number => 0.04 + 2.26 * Math.exp(-epoch * speed * 1.3);
  for (let step = 1; step <= epochs * stepsPerEpoch; step++) {
    const epoch = step / stepsPerEpoch;
    if (step % logEvery === 0) {
      const trainLoss = lossAt(epoch) * (1 + 0.22 * noise());
      steps.push({ kind: 'step', step, epoch, trainLoss, learningRate: 0.001, imagesPerSecond: 4200 });
    }
    if (step % stepsPerEpoch === 0) {
      const trainLoss = lossAt(epoch - 0.5);
      const valLoss = lossAt(epoch) * 1.1 + 0.02 + 0.012 * Math.max(0, epoch - 0.6 * epochs) + 0.004 * noise();
      ends.push({
        kind: 'epoch',
        epoch,
        step,
        trainLoss,
        trainAccuracy: 1 - trainLoss * 0.28,
        valLoss,
        valAccuracy: 1 - valLoss * 0.27,
        ...(options.with?.includes('valTop5') ? { valTop5: 1 - valLoss * 0.05 } : {}),
        ...(options.with?.includes('valF1') ? { valF1: 1 - valLoss * 0.31 } : {}),
        learningRate: 0.001,
        imagesPerSecond: 4200,
        seconds: 12.5 / speed,
      });
    }
  }
  const lowest = Math.min(...ends.map(({ valLoss }) => valLoss));
  return {
    id,
    name: options.name ?? id,
    status: options.status ?? 'completed',
    epochsPlanned: epochs,
    bestEpoch: ends.find(({ valLoss }) => valLoss === lowest)?.epoch ?? null,
    startedAt: options.startedAt ?? '2025-01-01T10:00:00.000Z',
    summary: `lenet.py:LeNet · digits · Adam 0.001 · batch 64`,
    steps,
    epochs: ends.map((end) => ({ ...end, best: end.valLoss === lowest })),
  };
}

/** The first lines of a run, as they stood after so many steps. */
export function upToStep(run: CurvesRun, step: number): CurvesRun {
  const epochs = run.epochs.filter((each) => each.step <= step);
  const bestEpoch = epochs.some(({ epoch }) => epoch === run.bestEpoch)
    ? run.bestEpoch
    : (epochs.at(-1)?.epoch ?? null);
  return { ...run, status: 'running', bestEpoch, epochs, steps: run.steps.filter((each) => each.step <= step) };
}

/** Values in [-1, 1], the same for the same seed text (mulberry32). */
function seededNoise(seed: string): () => number {
  let state = [...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}
