import { expect, test } from 'vitest';
import { compareWithBefore, describeDifference } from '../../../src/node/decided-difference';
import { runRecord } from '../../support/run-records';

const hash = 'ef'.repeat(32);
const { data, config } = runRecord();
const before = runRecord({ id: 'before', name: 'first', test: { loss: 0.2, accuracy: 0.9, count: 20 } });
const after = runRecord({
  id: 'after',
  startedAt: '2026-03-02T09:00:00.000Z',
  data: { ...data, decided: { excluded: 12, relabelled: 5, hash } },
  test: { loss: 0.1, accuracy: 0.95, count: 19 },
});

test('a run is compared with the latest one that differs by its decisions alone', () => {
  const older = { ...before, id: 'older', startedAt: '2026-02-01T09:00:00.000Z' };
  const difference = compareWithBefore(after, [older, after, before]);
  expect(difference).toMatchObject({ name: 'first', before: 0.9, after: 0.95, excluded: 12, relabelled: 5 });
  expect(difference && describeDifference(difference)).toBe(
    'test accuracy +5.00 points (of 19 images, then 20) against first, with other decisions about its images; now 12 are left out and 5 relabelled',
  );
});

test('where there are no test images, by those of validation', () => {
  const difference = compareWithBefore({ ...after, test: null, bestValAccuracy: 0.97 }, [{ ...before, test: null }]);
  expect(difference).toMatchObject({ measured: 'validation', before: 0.98, after: 0.97 });
  expect(difference && describeDifference(difference)).toMatch(/^validation accuracy −1\.00 points against/);
});

test.each([
  ['the same decisions', { ...before, data: after.data }],
  ['another configuration', { ...before, config: { ...config, seed: config.seed + 1 } }],
  ['another model', { ...before, model: { ...before.model, sourceHash: '00'.repeat(32) } }],
  ['another data set', { ...before, data: { ...data, path: '/data/other' } }],
  ['a run that was stopped', { ...before, status: 'stopped' as const }],
  ['a later run', { ...before, startedAt: '2026-03-03T09:00:00.000Z' }],
])('not with %s', (_, other) => {
  expect(compareWithBefore(after, [other])).toBeUndefined();
});
