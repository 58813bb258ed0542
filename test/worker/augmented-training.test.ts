import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parsePipeline } from '../../src/core/data/augment/parse-pipeline';
import { augmentImage } from '../../src/core/data/augment/run-pipeline';
import { drawNumbers } from '../../src/core/data/augmentation';
import { readPlanes, writePlanes } from '../../src/core/data/image';
import { PhiloxStream } from '../../src/core/rng/philox';
import { readRunRecord } from '../../src/node/run-store';
import { startWorker } from '../../src/node/worker-process';
import type { TrainRequest } from '../../src/protocol/worker';
import { AugmentPool } from '../../src/worker/augment/augment-pool';
import {
  checkpointHashes,
  dist,
  makeSmallWorkplace,
  smallConfig,
  timelessMetrics,
  workerScript,
  type SmallWorkplace,
} from '../support/small-run';

const stored = { height: 12, width: 10, channels: 3 } as const;
const size = { height: 8, width: 8, channels: 3 } as const;
const count = 50;
const random = new PhiloxStream(3, 99);
const images = Uint8Array.from({ length: count * 360 }, () => random.nextBelow(256));
const transforms = parsePipeline(
  'RandomResizedCrop(8), RandomHorizontalFlip(), RandAugment(), ColorJitter(0.4, hue=0.2), RandomErasing(value="random")',
);
const order = Int32Array.from({ length: 47 }, (_, position) => (position * 7) % 31);

const pools: AugmentPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.dispose();
});

function openPool(threads: number): AugmentPool {
  const pool = new AugmentPool({
    images: { images, stored, size, transforms, from: 0, seed: 11 },
    batchSize: 10,
    threads,
    assets: dist,
  });
  pools.push(pool);
  return pool;
}

async function epochOf(pool: AugmentPool, epoch: number, first = 0): Promise<Uint8Array> {
  const batches = pool.epoch(epoch, order, drawNumbers(order, count));
  const taken: Uint8Array[] = [];
  for (let batch = first; batch < 5; batch++) taken.push(Uint8Array.from(await batches.batch(batch)));
  return Buffer.concat(taken);
}

test('any number of threads makes the very images that the transforms make, from any batch on', async () => {
  const [inline, one, three] = [openPool(0), openPool(1), openPool(3)];
  const expected = new Uint8Array(order.length * 192);
  const draws = drawNumbers(order, count);
  order.forEach((image, position) => {
    const place = { seed: 11, epoch: 4, image: draws[position] ?? NaN };
    writePlanes(augmentImage(readPlanes(stored, images, image * 360), transforms, place), expected, position * 192);
  });
  expect(Buffer.compare(await epochOf(inline, 4), expected)).toBe(0);
  expect(Buffer.compare(await epochOf(one, 4), expected)).toBe(0);
  expect(Buffer.compare(await epochOf(three, 4), expected)).toBe(0);
  expect(Buffer.compare(await epochOf(three, 4, 3), expected.subarray(30 * 192))).toBe(0);
  expect(Buffer.compare(await epochOf(three, 5), expected)).not.toBe(0);
});

test('an epoch that is left half way does not write into the next', async () => {
  const pool = openPool(2);
  await pool.epoch(9, order, drawNumbers(order, count)).batch(0);
  expect(Buffer.compare(await epochOf(pool, 4), await epochOf(openPool(0), 4))).toBe(0);
});

test('a thread that fails or ends tells who waits for its images', async () => {
  const broken = new AugmentPool({
    images: { images, stored, size, transforms: parsePipeline('RandomCrop(40)'), from: 0, seed: 1 },
    ...{ batchSize: 10, threads: 1, assets: dist },
  });
  pools.push(broken);
  await expect(broken.epoch(0, order, drawNumbers(order, count)).batch(0)).rejects.toThrow('RandomCrop: size is');
  const ended = openPool(2);
  const waiting = ended.epoch(0, order, drawNumbers(order, count)).batch(0);
  await Promise.all([expect(waiting).rejects.toThrow('The augmentation has ended'), ended.dispose()]);
});

let folder: string;
let place: SmallWorkplace;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab augmented-'));
  place = await makeSmallWorkplace(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const augment = {
  train: parsePipeline(
    'RandomRotation(8), RandomResizedCrop(12, scale=(0.6, 1)), ToTensor(), Normalize(0.3, 0.2), Cutout(3)',
  ),
  evaluation: null,
};
const config = { ...smallConfig, epochs: 3, augment };

async function train(runFolder: string, changes: Partial<TrainRequest>, stopAfterEpoch?: number) {
  const worker = startWorker({
    script: workerScript,
    events: {
      epoch: ({ epoch }) => {
        if (epoch === stopAfterEpoch) void worker.stop();
      },
    },
  });
  return worker.calls.train(place.request(runFolder, { config, ...changes })).finally(() => worker.ended);
}

test('a run that threads augment for is the same with any number of engine threads, and when it is stopped and resumed', async () => {
  const whole = join(folder, 'whole');
  expect((await train(whole, {})).status).toBe('completed');
  const stopped = join(folder, 'stopped');
  expect((await train(stopped, { threads: 2 }, 1)).status).toBe('stopped');
  const worker = startWorker({ script: workerScript, events: {} });
  const resumed = { runFolder: stopped, epochs: null, device: 'cpu', threads: 1 } as const;
  await worker.calls.resume(resumed).finally(() => worker.ended);
  expect(await checkpointHashes(stopped)).toEqual(await checkpointHashes(whole));
  expect(await timelessMetrics(stopped)).toEqual(await timelessMetrics(whole));
  const { data } = await readRunRecord(whole);
  expect([data.mean, data.std, data.imageShape]).toEqual([[0.3], [0.2], undefined]);
});

const anySize = `
import torch.nn as nn

class Net(nn.Module):
    def __init__(self, num_classes=4):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, num_classes)

    def forward(self, x):
        return self.fc(self.conv(x).relu().mean((2, 3)))
`;

test('a network may be trained on images of another size than the stored ones, and is evaluated on those too', async () => {
  const runFolder = join(folder, 'smaller');
  const smaller = { ...config, epochs: 2, augment: { train: parsePipeline('RandomCrop(10)'), evaluation: null } };
  const file = join(folder, 'any_size.py');
  await writeFile(file, anySize);
  const trained = await train(runFolder, { config: smaller, model: { file, target: 'Net' } });
  const { data, model } = await readRunRecord(runFolder);
  expect([model.inputShape, data.imageShape]).toEqual([
    [1, 10, 10],
    [1, 12, 12],
  ]);
  const worker = startWorker({ script: workerScript, events: {} });
  const request = {
    runFolder,
    data: null,
    split: null,
    checkpoint: 'best',
    scores: false,
    device: 'cpu',
    threads: 1,
  } as const;
  const evaluated = await worker.calls.evaluate(request).finally(() => worker.ended);
  expect(evaluated.loss).toBe(trained.test?.loss);
  const wrong = train(join(folder, 'wrong'), { config: smaller });
  await expect(wrong).rejects.toThrow('The augmentation makes images of (1, 10, 10), SmallNet takes (1, 12, 12)');
});
