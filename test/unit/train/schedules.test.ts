import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ScheduleConfig } from '../../../src/core/train/config';
import { learningRateAt } from '../../../src/core/train/schedule';

interface ScheduleCase {
  readonly schedule: ScheduleConfig;
  readonly baseRate: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  /** Of every step, as torch gave them. */
  readonly rates: readonly number[];
}

const { cases } = JSON.parse(readFileSync(new URL('../../fixtures/torch/schedules.json', import.meta.url), 'utf8')) as {
  cases: readonly ScheduleCase[];
};

describe('the learning rate follows torch', () => {
  test.each(cases)('$schedule.kind: $epochs epochs of $stepsPerEpoch steps from $baseRate', (recorded) => {
    const { schedule, baseRate, stepsPerEpoch, epochs, rates } = recorded;
    const ours = rates.map((_, step) =>
      learningRateAt(schedule, baseRate, { step, epoch: Math.floor(step / stepsPerEpoch), stepsPerEpoch, epochs }),
    );
    expect(ours).toHaveLength(stepsPerEpoch * epochs);
    for (const [step, rate] of ours.entries()) {
      // torch steps the cosine recursively, in doubles: near the minimum only the base rate is a measure of its error.
      expect(Math.abs(rate - (rates[step] ?? NaN)), `step ${step}`).toBeLessThanOrEqual(1e-13 * baseRate);
    }
  });
});
