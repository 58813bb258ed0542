import { describe, expect, test } from 'vitest';
import { betterOf, noBestEpoch, shouldStopEarly } from '../../../src/core/train/early-stopping';

function bestOf(losses: readonly number[]) {
  return losses.reduce(
    (best, valLoss, index) => betterOf(best, { epoch: index + 1, valLoss, valAccuracy: index / 10 }),
    noBestEpoch,
  );
}

describe('the best epoch', () => {
  test('has the lowest validation loss; the earlier one of two equals', () => {
    expect(bestOf([2, 1, 1, 3])).toEqual({ epoch: 2, valLoss: 1, valAccuracy: 0.1 });
  });

  test('is the first one, whatever its loss, and any number is better than none', () => {
    expect(bestOf([Number.NaN]).epoch).toBe(1);
    expect(bestOf([Number.NaN, Number.NaN]).epoch).toBe(1);
    expect(bestOf([Number.NaN, 5, Number.NaN]).epoch).toBe(2);
  });
});

describe('early stopping', () => {
  test('waits for as many epochs without a better one as it has patience', () => {
    const best = bestOf([3, 2]);
    expect([2, 3, 4, 5].map((epochsDone) => shouldStopEarly(best, epochsDone, 2))).toEqual([false, false, true, true]);
  });

  test('never comes without patience or before the first epoch', () => {
    expect(shouldStopEarly(bestOf([3, 2]), 1000, null)).toBe(false);
    expect(shouldStopEarly(noBestEpoch, 0, 1)).toBe(false);
  });
});
