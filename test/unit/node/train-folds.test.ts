import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reserveRunFolder, splitFile, writeRunRecord } from '../../../src/node/run-store';
import { foldName, parseFoldName, trainFolds } from '../../../src/node/train-folds';
import type { RunRecord } from '../../../src/protocol/run-folder';
import type { TrainResult } from '../../../src/protocol/worker';
import { runRecord } from '../../support/run-records';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'cnn-lab folds-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a worker leaves and gives. */
async function trained(changes: Partial<RunRecord> = {}, isSplit = true): Promise<TrainResult> {
  const record: RunRecord = { ...runRecord(), status: 'completed', ...changes };
  const runFolder = await reserveRunFolder(folder, 'fold');
  await writeRunRecord(runFolder, record);
  if (isSplit) await writeFile(join(runFolder, splitFile), '{}');
  const { epochsDone, bestEpoch, bestValAccuracy, test: tested, trainSeconds } = record;
  const status = record.status === 'completed' ? 'completed' : 'stopped';
  return { runFolder, status, epochsDone, bestEpoch, bestValAccuracy, test: tested, trainSeconds };
}

test('all folds are trained in turn, and their accuracies told with mean and deviation', async () => {
  const begun: number[] = [];
  const report = await trainFolds(3, (fold) => {
    begun.push(fold);
    return trained({ bestValAccuracy: [0, 0.5, 0.7, 0.9][fold] ?? null, test: null });
  });
  expect(begun).toEqual([1, 2, 3]);
  expect(report?.testAccuracy).toBeNull();
  expect(report?.valAccuracy.values).toEqual([0.5, 0.7, 0.9]);
  expect(report?.valAccuracy.mean).toBeCloseTo(0.7, 12);
  expect(report?.valAccuracy.std).toBeCloseTo(0.2, 12);
});

test('no fold begins after one that was stopped, or that was not begun', async () => {
  for (const end of [() => trained({ status: 'stopped' }), () => Promise.resolve(undefined)]) {
    const begun: number[] = [];
    const report = await trainFolds(4, (fold) => {
      begun.push(fold);
      return fold === 2 ? end() : trained();
    });
    expect(report).toBeUndefined();
    expect(begun).toEqual([1, 2]);
  }
});

test('a model or images that change in between have no mean, and that is said at once', async () => {
  const { model, data } = runRecord();
  const begun: number[] = [];
  const otherModel = trainFolds(4, (fold) => {
    begun.push(fold);
    return trained(fold === 2 ? { model: { ...model, sourceHash: 'edited' } } : {});
  });
  await expect(otherModel).rejects.toThrow('The code of the model has changed while the folds were trained');
  expect(begun).toEqual([1, 2]);
  const decided = { excluded: 1, relabelled: 0, hash: 'later' };
  const otherImages = trainFolds(2, (fold) => trained(fold === 2 ? { data: { ...data, decided } } : {}));
  await expect(otherImages).rejects.toThrow(`The images of ${data.name} have changed`);
});

test('a data set with validation images of its own is trained once: there is nothing to be cut', async () => {
  const begun: number[] = [];
  const folds = trainFolds(4, (fold) => {
    begun.push(fold);
    return trained({}, false);
  });
  await expect(folds).rejects.toThrow('its folds would all be the same training');
  expect(begun).toEqual([1]);
});

test('a fold is told by its name', () => {
  const fold = { number: 2, count: 5 };
  expect(foldName('LeNet · digits', fold)).toBe('LeNet · digits fold 2/5');
  expect(parseFoldName(foldName('a fold 1/3', fold))).toEqual({ name: 'a fold 1/3', fold });
  expect(parseFoldName('LeNet · digits')).toBeUndefined();
});
