import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PhiloxStream } from '../../src/core/rng/philox';
import type { TrainConfig } from '../../src/core/train/config';
import { defaultTrainConfig } from '../../src/core/train/defaults';
import { checkpointPath, metricsFile } from '../../src/node/run-store';
import { parseMetrics } from '../../src/protocol/parse-run';
import type { MetricsLine } from '../../src/protocol/run-folder';
import type { TrainRequest } from '../../src/protocol/worker';

/** What `npm run build` made. */
export const dist = join(import.meta.dirname, '..', '..', 'dist');
export const workerScript = join(dist, 'worker.js');
export const cliScript = join(dist, 'cli.js');

/** All that makes a step hard to repeat: batch normalisation, dropout, and a last batch that is smaller. */
const smallNet = `
import torch.nn as nn


# input: (1, 12, 12)
class SmallNet(nn.Module):
    def __init__(self, num_classes=4):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout2d(0.1),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(8 * 6 * 6, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, num_classes)
        )

    def forward(self, x):
        return self.classifier(self.features(x))


class Plain(nn.Module):
    def __init__(self, num_classes=4):
        super().__init__()
        self.fc = nn.Linear(144, num_classes)

    def forward(self, x):
        return self.fc(x.flatten(1))
`;

export interface SmallWorkplace {
  readonly folder: string;
  readonly modelFile: string;
  readonly dataFolder: string;
  request(runFolder: string, changes?: Partial<TrainRequest>): TrainRequest;
}

export const smallConfig: TrainConfig = { ...defaultTrainConfig, epochs: 4, batchSize: 32, seed: 7 };

/** A model and a data set of 4 classes (a bright bar on each side), 450 training and 100 test images of 12×12, in `folder`. */
export async function makeSmallWorkplace(folder: string): Promise<SmallWorkplace> {
  const modelFile = join(folder, 'small_net.py');
  const dataFolder = join(folder, 'bars');
  await mkdir(dataFolder, { recursive: true });
  // What the processes that are started from here would keep in the user's own cache.
  process.env['CNN_LAB_CACHE'] = join(folder, 'cache');
  await writeFile(modelFile, smallNet);
  for (const [prefix, count, seed] of [
    ['train', 450, 1],
    ['t10k', 100, 2],
  ] as const) {
    const { images, labels } = drawBars(count, seed);
    await writeFile(join(dataFolder, `${prefix}-images-idx3-ubyte`), idx([count, 12, 12], images));
    await writeFile(join(dataFolder, `${prefix}-labels-idx1-ubyte`), idx([count], labels));
  }
  return {
    folder,
    modelFile,
    dataFolder,
    request: (runFolder, changes = {}) => ({
      model: { file: modelFile, target: 'SmallNet' },
      data: dataFolder,
      config: smallConfig,
      device: 'cpu',
      threads: 1,
      runFolder,
      name: 'bars',
      weights: null,
      ...changes,
    }),
  };
}

/** SHA-256 of both checkpoints. */
export async function checkpointHashes(runFolder: string): Promise<{ best: string; last: string }> {
  const hash = async (name: 'best' | 'last') =>
    createHash('sha256')
      .update(await readFile(checkpointPath(runFolder, name)))
      .digest('hex');
  return { best: await hash('best'), last: await hash('last') };
}

export async function readMetrics(runFolder: string): Promise<readonly MetricsLine[]> {
  return parseMetrics(await readFile(join(runFolder, metricsFile), 'utf8')).lines;
}

/** The metrics without what the clock decides. */
export async function timelessMetrics(runFolder: string): Promise<readonly object[]> {
  return (await readMetrics(runFolder)).map((line) => ({ ...line, imagesPerSecond: 0, seconds: 0 }));
}

export function drawBars(count: number, seed: number): { images: Uint8Array; labels: Uint8Array } {
  const random = new PhiloxStream(seed, 5);
  const images = new Uint8Array(count * 144);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const label = i % 4;
    labels[i] = label;
    const along = random.nextBelow(4);
    for (let y = 0; y < 12; y++) {
      for (let x = 0; x < 12; x++) {
        const distance = [y, 11 - y, x, 11 - x][label] ?? 0;
        const bar = distance >= along && distance < along + 2 ? 90 : 0;
        images[i * 144 + y * 12 + x] = bar + random.nextBelow(120);
      }
    }
  }
  return { images, labels };
}

/** Bytes of an IDX file of unsigned bytes. */
export function idx(dims: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header.writeUInt32BE(0x0800 + dims.length, 0);
  dims.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index));
  return Buffer.concat([header, data]);
}
