import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrainConfig } from '../../src/core/train/config';
import { defaultOptimizer } from '../../src/core/train/defaults';
import { openRun } from '../../src/node/run-store';
import { startWorker } from '../../src/node/worker-process';
import type { TrainRequest, WorkerEvents } from '../../src/protocol/worker';
import type { SmallWorkplace } from '../support/small-run';
import { checkpointHashes, makeSmallWorkplace, smallConfig, timelessMetrics, workerScript } from '../support/small-run';

/** Two auxiliary scores, in training alone. */
const source = `
import torch.nn as nn


class AuxiliaryNet(nn.Module):
    def __init__(self, num_classes=4):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, stride=2)
        self.norm = nn.BatchNorm2d(4)
        self.early = nn.Linear(100, num_classes)
        self.hidden = nn.Linear(100, 16)
        self.drop = nn.Dropout(0.1)
        self.fc = nn.Linear(16, num_classes)

    def forward(self, x):
        x = self.norm(self.conv(x)).relu().flatten(1)
        y = self.fc(self.drop(self.hidden(x).relu()))
        if self.training:
            return y, self.early(x)
        return y
`;

const config: TrainConfig = {
  ...smallConfig,
  epochs: 10,
  optimizer: {
    ...defaultOptimizer('rmsprop'),
    momentum: 0.5,
    centered: true,
    weightDecay: 0.01,
  } as TrainConfig['optimizer'],
  schedule: { kind: 'cosine', minimum: 1e-4 },
  loss: { labelSmoothing: 0.1, classWeights: 'balanced' },
  clipping: { kind: 'norm', maximum: 1 },
  parameterGroups: { decayNorms: false, learningRateFactors: [{ prefix: 'conv', factor: 0.5 }] },
};

let folder: string;
let place: SmallWorkplace;
let request: (runFolder: string) => TrainRequest;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab options-'));
  place = await makeSmallWorkplace(folder);
  const file = join(folder, 'auxiliary_net.py');
  await writeFile(file, source);
  request = (runFolder) => place.request(runFolder, { config, model: { file, target: 'AuxiliaryNet' } });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a run with all options at once learns, and resumes to the bytes of an unbroken one', async () => {
  const [unbroken, broken] = [join(folder, 'unbroken'), join(folder, 'broken')];
  const first = startWorker({ script: workerScript, events: {} });
  const result = await first.calls.train(request(unbroken)).finally(() => first.ended);
  expect(result.bestValAccuracy).toBeGreaterThan(0.5);

  const events: Partial<WorkerEvents> = {
    epoch: ({ epoch }) => {
      if (epoch === 2) void stopped.stop();
    },
  };
  const stopped = startWorker({ script: workerScript, events });
  expect((await stopped.calls.train(request(broken)).finally(() => stopped.ended)).status).toBe('stopped');
  const resumed = startWorker({ script: workerScript, events: {} });
  const resumption = { runFolder: broken, device: 'cpu', threads: 2, epochs: null } as const;
  expect((await resumed.calls.resume(resumption).finally(() => resumed.ended)).status).toBe('completed');

  expect(await checkpointHashes(broken)).toEqual(await checkpointHashes(unbroken));
  expect(await timelessMetrics(broken)).toEqual(await timelessMetrics(unbroken));
  expect((await openRun(broken))?.record?.config).toEqual(config);
});

test('a factor for parameters that the model does not have ends before there is a run', async () => {
  const worker = startWorker({ script: workerScript, events: {} });
  const parameterGroups = { decayNorms: true, learningRateFactors: [{ prefix: 'head', factor: 2 }] };
  const failing = worker.calls.train({ ...request(join(folder, 'none')), config: { ...config, parameterGroups } });
  await expect(failing).rejects.toThrow("No parameter's name begins with 'head'");
  await worker.ended;
  expect(await openRun(join(folder, 'none'))).toBeUndefined();
});
