import { describe, expect, test } from 'vitest';
import { addBatch, noSums, parseRunProgress, startOfRun } from '../../../src/core/train/run-progress';
import { stepsPerLine } from '../../../src/core/train/steps-per-line';

describe("a run's progress", () => {
  test('is the same to the last bit after JSON', () => {
    let epoch = noSums;
    for (let i = 1; i <= 100; i++) epoch = addBatch(epoch, Math.fround(1 / i), i % 7, 64 - (i % 3));
    const progress = {
      ...startOfRun,
      step: 117,
      epochsDone: 1,
      stepOfEpoch: 17,
      epoch,
      sinceLine: epoch,
      best: { epoch: 1, valLoss: 0.1 + 0.2, valAccuracy: 1 / 3 },
    };
    expect(parseRunProgress(JSON.parse(JSON.stringify(progress)))).toEqual(progress);
  });

  test('keeps what is no number', () => {
    const progress = { ...startOfRun, epoch: addBatch(noSums, Number.NaN, 0, 8) };
    expect(parseRunProgress(JSON.parse(JSON.stringify(progress)))).toEqual(progress);
  });

  test.each([[null], [{}], [{ ...startOfRun, step: -1 }], [{ ...startOfRun, stepOfEpoch: 'two' }]])(
    'that is something else is refused: %j',
    (value) => {
      expect(parseRunProgress(value)).toBeUndefined();
    },
  );
});

describe('steps for each line of the metrics', () => {
  test('a small network writes a line every 50 steps, a huge one every step, a short epoch four lines', () => {
    expect(stepsPerLine(1e5, 64, 1000)).toBe(50);
    expect(stepsPerLine(1e10, 64, 1000)).toBe(1);
    expect(stepsPerLine(8.5e5, 64, 141)).toBe(25);
    expect(stepsPerLine(1e5, 64, 8)).toBe(2);
    expect(stepsPerLine(1e5, 64, 1)).toBe(1);
  });
});
