import { cp, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePipeline } from '../../../src/core/data/augment/parse-pipeline';
import { defaultOptimizer, defaultTrainConfig } from '../../../src/core/train/defaults';
import { readMislabels } from '../../../src/node/mislabels-file';
import { openRun } from '../../../src/node/run-store';
import { startWorker } from '../../../src/node/worker-process';
import type { FoldProgress, MislabelRequest } from '../../../src/protocol/mislabels';
import { judgeSuspects, wrongLabels } from '../../support/plant-wrong-labels';
import { workerScript } from '../../support/small-run';

const shapes = join(import.meta.dirname, '..', '..', '..', 'samples', 'data', 'shapes', 'train');

const model = `
import torch.nn as nn


def block(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)
    )


class ShapeNet(nn.Module):
    def __init__(self, num_classes=8):
        super().__init__()
        self.features = nn.Sequential(block(3, 12), block(12, 24), block(24, 32))
        self.classifier = nn.Linear(32 * 4 * 4, num_classes)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))
`;

let folder: string;
let data: string;
let runFolder: string;
/** Keys of images that lie in the folder of another class. */
let planted: ReadonlySet<string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab mislabels-'));
  process.env['CNN_LAB_CACHE'] = join(folder, 'cache');
  data = join(folder, 'shapes');
  await cp(shapes, data, { recursive: true });
  const classes = (await readdir(data)).sort();
  const files = (
    await Promise.all(
      classes.map(async (name, label) => (await readdir(join(data, name))).sort().map((file) => ({ file, label }))),
    )
  ).flat();
  const moved = [
    ...wrongLabels(
      files.map(({ label }) => label),
      classes.length,
      0.05,
      3,
    ),
  ].map(([index, label]) => {
    const { file = '', label: before = 0 } = files[index] ?? {};
    return { from: `${classes[before]}/${file}`, to: `${classes[label]}/${file}` };
  });
  for (const { from, to } of moved) await rename(join(data, from), join(data, to));
  planted = new Set(moved.map(({ to }) => to));
  const modelFile = join(folder, 'shape_net.py');
  await writeFile(modelFile, model);
  runFolder = join(folder, 'run');
  const worker = startWorker({ script: workerScript, events: {} });
  await worker.calls.train({
    model: { file: modelFile, target: null },
    data,
    config: {
      ...defaultTrainConfig,
      epochs: 1,
      batchSize: 32,
      augment: { train: parsePipeline('RandomHorizontalFlip(), RandomCrop(32, padding=3)'), evaluation: null },
      optimizer: { ...defaultOptimizer('adam'), learningRate: 0.003 },
      schedule: { kind: 'cosine', minimum: 0 },
    },
    device: 'cpu',
    threads: 2,
    runFolder,
    name: 'shapes',
    weights: null,
  });
  await worker.ended;
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const request = (changes: Partial<MislabelRequest> = {}): MislabelRequest => ({
  runFolder,
  folds: 3,
  epochs: 12,
  device: 'cpu',
  threads: 2,
  ...changes,
});

test('of 5 % wrong labels among the shapes, most are found, with few others, and kept in the run', async () => {
  const progress: FoldProgress[] = [];
  const worker = startWorker({ script: workerScript, events: { foldProgress: (event) => progress.push(event) } });
  const before = (await openRun(runFolder))?.record;
  const report = await worker.calls.findMislabels(request());
  await worker.ended;
  const { recall, precision } = judgeSuspects(report.keys, planted);
  // By a model that has learnt something, and has not seen the images.
  expect(report.accuracy).toBeGreaterThan(0.8);
  expect(recall).toBeGreaterThanOrEqual(0.8);
  expect(precision).toBeGreaterThanOrEqual(0.8);
  expect(report).toMatchObject({ folds: 3, epochs: 12, count: 1600 });
  expect(progress.at(0)).toEqual({ fold: 1, folds: 3, epoch: 0, epochs: 12 });
  expect(progress.at(-1)).toEqual({ fold: 3, folds: 3, epoch: 12, epochs: 12 });
  expect(await readMislabels(runFolder)).toEqual(report);
  expect((await openRun(runFolder))?.record).toEqual(before);
});

test('a search that is stopped rejects, and keeps what was found before', async () => {
  const before = await readMislabels(runFolder);
  const worker = startWorker({
    script: workerScript,
    events: { foldProgress: () => void worker.stop() },
  });
  await expect(worker.calls.findMislabels(request())).rejects.toThrow('The job was stopped.');
  await worker.ended;
  expect(await readMislabels(runFolder)).toEqual(before);
});
