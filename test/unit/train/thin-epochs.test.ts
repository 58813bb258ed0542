import { expect, test } from 'vitest';
import { thinEpochs } from '../../../src/core/train/thin-epochs';

const upTo = (last: number) => Array.from({ length: last + 1 }, (_, epoch) => epoch);

test('all are kept where there is room, then every second, every fourth; always the first and the last', () => {
  expect(thinEpochs(upTo(4), 5)).toEqual([0, 1, 2, 3, 4]);
  expect(thinEpochs(upTo(5), 5)).toEqual([0, 2, 4, 5]);
  expect(thinEpochs(upTo(8), 5)).toEqual([0, 2, 4, 6, 8]);
  expect(thinEpochs(upTo(9), 5)).toEqual([0, 4, 8, 9]);
  expect(thinEpochs(upTo(100), 2)).toEqual([0, 100]);
  expect(thinEpochs(upTo(7), 1)).toEqual([7]);
  expect(thinEpochs(upTo(7), 0)).toEqual([]);
  expect(thinEpochs([], 5)).toEqual([]);
});

test('thinned epoch by epoch, what is left is what is left of all at once', () => {
  for (const most of [1, 2, 3, 4, 7, 16]) {
    let kept: readonly number[] = [];
    for (let epoch = 0; epoch <= 70; epoch++) {
      kept = thinEpochs([...kept, epoch], most);
      // With room for one alone, the first is gone: what is first then has no say in the others.
      expect(kept, `${most} of ${epoch}`).toEqual(thinEpochs(upTo(epoch), most));
      expect(kept.length).toBeLessThanOrEqual(most);
    }
  }
});
