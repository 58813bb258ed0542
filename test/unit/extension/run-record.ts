import { defaultTrainConfig } from '../../../src/core/train/defaults';
import type { RunRecord } from '../../../src/protocol/run-folder';
import type { LibraryRun } from '../../../src/extension/runs/library-run';

/** A run of LeNet on digits that went well. */
export const runRecord: RunRecord = {
  formatVersion: 1,
  id: '2026-11-21-1430-lenet-digits',
  name: 'LeNet · digits',
  status: 'completed',
  failure: null,
  failedOnGpu: false,
  model: { file: '/zoo/lenet.py', target: 'LeNet', sourceHash: 'a', inputShape: [1, 28, 28], parameterCount: 61706 },
  data: {
    path: '/data/digits',
    name: 'digits',
    classes: ['0', '1'],
    fingerprint: 'f',
    trainCount: 3600,
    valCount: 400,
    testCount: 1000,
    mean: [0.13],
    std: [0.3],
  },
  config: defaultTrainConfig,
  device: { kind: 'wasm', description: 'CPU', threads: 1 },
  startedAt: '2026-11-21T14:30:00.000Z',
  endedAt: '2026-11-21T14:31:00.000Z',
  processId: 1,
  versions: { cnnLab: '0.1.0', node: '24.0.0' },
  epochsDone: 10,
  bestEpoch: 8,
  bestValAccuracy: 0.98123,
  test: { loss: 0.0812, accuracy: 0.97, count: 1000 },
  trainSeconds: 75,
};

export function libraryRun(folder: string, record: RunRecord = runRecord): LibraryRun {
  const { id, name, status, failure, startedAt } = record;
  return { folder, id, name, status, failure, startedAt, record, workspaceFolder: 'work' };
}
