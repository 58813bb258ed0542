import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

/* Folders that the suites open. */

const tinyModel = `import torch.nn as nn


class Tiny(nn.Module):
    # input: (1, 16, 16)
    def __init__(self, num_classes=2):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=3, padding=1)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(4)
        self.head = nn.Linear(4 * 4 * 4, num_classes)

    def forward(self, x):
        x = self.pool(self.relu(self.conv(x)))
        return self.head(x.flatten(1))
`;

/** A folder of its own under the system's temporary one; `remove` takes it away. */
export function temporaryFolder(name) {
  const path = mkdtempSync(join(tmpdir(), `cnn-lab-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A model that trains in a moment, and two classes of small grey images. */
export async function writeTinyWorkspace(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tiny.py'), tinyModel);
  for (const [split, count] of [
    ['train', 16],
    ['test', 8],
  ]) {
    for (const [name, level] of [
      ['dark', 40],
      ['light', 200],
    ]) {
      const classFolder = join(folder, 'blobs', split, name);
      mkdirSync(classFolder, { recursive: true });
      for (let index = 0; index < count; index++) {
        const pixels = Buffer.from(Array.from({ length: 256 }, (_, pixel) => level + ((pixel * 7 + index * 31) % 40)));
        const image = sharp(pixels, { raw: { width: 16, height: 16, channels: 1 } });
        await image
          .toColourspace('b-w')
          .png()
          .toFile(join(classFolder, `${index}.png`));
      }
    }
  }
}

/** A run that was completed some time ago, as its worker left it. */
export function writeFinishedRun(runsFolder, id, name) {
  const folder = join(runsFolder, id);
  mkdirSync(folder, { recursive: true });
  const record = {
    formatVersion: 1,
    id,
    name,
    status: 'completed',
    failure: null,
    model: { file: '/models/net.py', target: 'Net', sourceHash: '', inputShape: [1, 28, 28], parameterCount: 1000 },
    data: {
      path: '/data/digits',
      name: 'digits',
      classes: ['0', '1'],
      fingerprint: '',
      trainCount: 90,
      valCount: 10,
      testCount: 20,
      mean: [0.1],
      std: [0.3],
    },
    config: {
      epochs: 3,
      batchSize: 64,
      optimizer: { kind: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: false, weightDecay: 0 },
      schedule: { kind: 'constant' },
      seed: 1,
      validationShare: 0.1,
      earlyStoppingPatience: null,
    },
    device: { kind: 'wasm', description: 'CPU', threads: 2 },
    startedAt: `${id.slice(0, 10)}T12:00:00.000Z`,
    endedAt: `${id.slice(0, 10)}T12:01:00.000Z`,
    processId: 1,
    versions: { cnnLab: '0.1.0', node: '24.0.0' },
    epochsDone: 3,
    bestEpoch: 3,
    bestValAccuracy: 0.9,
    test: { loss: 0.3, accuracy: 0.91, count: 20 },
    trainSeconds: 60,
  };
  writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
  const epoch = (number) => ({
    kind: 'epoch',
    epoch: number,
    step: number * 10,
    trainLoss: 1 / number,
    trainAccuracy: 1 - 0.3 / number,
    valLoss: 1.1 / number,
    valAccuracy: 1 - 0.4 / number,
    learningRate: 0.01,
    imagesPerSecond: 1000,
    seconds: 20,
    best: true,
  });
  writeFileSync(
    join(folder, 'metrics.jsonl'),
    [1, 2, 3].map((number) => `${JSON.stringify(epoch(number))}\n`).join(''),
  );
}
