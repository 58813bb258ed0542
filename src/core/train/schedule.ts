import { assertNever } from '../errors';
import type { ScheduleConfig } from './config';

export interface SchedulePoint {
  /** 0-based over the whole run. */
  readonly step: number;
  /** 0-based. */
  readonly epoch: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
}

/**
 * Learning rate of a step, as the PyTorch schedulers of the same names give it (https://pytorch.org/docs/stable/optim.html):
 * StepLR and CosineAnnealingLR (T_max = epochs) stepped once an epoch, OneCycleLR (anneal_strategy 'cos', two phases,
 * cycle_momentum False) stepped after every batch.
 */
export function learningRateAt(schedule: ScheduleConfig, baseRate: number, point: SchedulePoint): number {
  switch (schedule.kind) {
    case 'constant':
      return baseRate;
    case 'step': {
      // Multiplied one by one, as StepLR does: gamma ** k differs from it in the last digits.
      let rate = baseRate;
      for (let k = Math.floor(point.epoch / schedule.stepEpochs); k > 0; k--) rate *= schedule.gamma;
      return rate;
    }
    case 'cosine': {
      const { minimum } = schedule;
      return minimum + ((baseRate - minimum) * (1 + Math.cos((Math.PI * point.epoch) / point.epochs))) / 2;
    }
    case 'one-cycle': {
      const initial = baseRate / schedule.initialDivisor;
      const final = initial / schedule.finalDivisor;
      const totalSteps = point.epochs * point.stepsPerEpoch;
      const peak = schedule.warmupShare * totalSteps - 1;
      const end = totalSteps - 1;
      if (point.step <= peak) return annealCosine(initial, baseRate, share(point.step, 0, peak));
      return annealCosine(baseRate, final, Math.min(1, share(point.step, peak, end)));
    }
    default:
      return assertNever(schedule);
  }
}

/** How far `step` has come from `start` to `end`; a phase without length is over at once. */
function share(step: number, start: number, end: number): number {
  return end > start ? (step - start) / (end - start) : 1;
}

function annealCosine(start: number, end: number, progress: number): number {
  return end + ((start - end) / 2) * (Math.cos(Math.PI * progress) + 1);
}
