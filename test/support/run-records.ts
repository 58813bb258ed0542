import { defaultTrainConfig } from '../../src/core/train/defaults';
import type { EpochMetrics, RunRecord, StepMetrics } from '../../src/protocol/run-folder';

/** A sound run.json to be varied. */
export function runRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    formatVersion: 1,
    id: '2026-03-01-0900-lenet-digits',
    name: 'LeNet · digits',
    status: 'completed',
    failure: null,
    failedOnGpu: false,
    model: {
      file: '/models/lenet.py',
      target: 'LeNet',
      sourceHash: 'ab'.repeat(32),
      inputShape: [1, 28, 28],
      parameterCount: 61_706,
    },
    data: {
      path: '/data/digits',
      name: 'digits',
      classes: ['0', '1'],
      fingerprint: 'cd'.repeat(32),
      trainCount: 90,
      valCount: 10,
      testCount: 20,
      mean: [0.1307],
      std: [0.3081],
    },
    config: defaultTrainConfig,
    device: { kind: 'wasm', description: 'CPU, 2 threads', threads: 2 },
    startedAt: '2026-03-01T09:00:00.000Z',
    endedAt: '2026-03-01T09:01:00.000Z',
    processId: 123,
    versions: { cnnLab: '0.1.0', node: '20.20.2' },
    epochsDone: 10,
    bestEpoch: 7,
    bestValAccuracy: 0.98,
    test: { loss: 0.05, accuracy: 0.985, count: 20 },
    trainSeconds: 59.5,
    ...changes,
  };
}

export function stepLine(changes: Partial<StepMetrics> = {}): StepMetrics {
  return { kind: 'step', step: 1, epoch: 0.1, trainLoss: 2.25, learningRate: 0.001, imagesPerSecond: 900, ...changes };
}

export function epochLine(changes: Partial<EpochMetrics> = {}): EpochMetrics {
  return {
    kind: 'epoch',
    epoch: 1,
    step: 10,
    trainLoss: 1.5,
    trainAccuracy: 0.5,
    valLoss: 1.25,
    valAccuracy: 0.625,
    learningRate: 0.001,
    imagesPerSecond: 900,
    seconds: 1.5,
    best: true,
    ...changes,
  };
}
