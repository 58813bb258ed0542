import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImageSplit } from '../../src/core/data/dataset';
import { traceModel } from '../../src/core/python/trace-model';
import { PhiloxStream } from '../../src/core/rng/philox';
import type { TrainConfig } from '../../src/core/train/config';
import { defaultOptimizer, defaultTrainConfig } from '../../src/core/train/defaults';
import { startOfRun, type RunProgress } from '../../src/core/train/run-progress';
import { createWasmEngine } from '../../src/engine/wasm/wasm-engine';
import { initializeModel, writeCheckpoint } from '../../src/worker/checkpoint';
import { ModelSession } from '../../src/worker/model-session';
import { trainEpochs } from '../../src/worker/trainer';
import { repositoryUrl } from '../engine/torch-fixtures';
import { assets } from '../engine/wasm/engines';

/** Squeeze and excitation on depthwise convolutions, and all that draws numbers. */
const mobile = `
import torch
import torch.nn as nn

class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, inputs, 5 if stride == 2 else 3, stride, 2 if stride == 2 else 1, groups=inputs, bias=False)
        self.norm = nn.BatchNorm2d(inputs)
        self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(inputs, 4, 1), nn.SiLU(), nn.Conv2d(4, inputs, 1), nn.Sigmoid())
        self.drop = nn.Dropout2d(0.2)
        self.pointwise = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x):
        x = torch.nn.functional.hardswish(self.norm(self.depthwise(x)))
        return self.pointwise(self.drop(x * self.squeeze(x)))

class Mobile(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 12, 3, 2, 1), Block(12, 12, 1), Block(12, 20, 2), Block(20, 36, 1))
        self.norm = nn.LayerNorm(36)
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(36, 5))

    def forward(self, x):
        return self.head(self.norm(self.features(x).mean((2, 3))))
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab-threads-'));
});
afterAll(() => rm(folder, { recursive: true }));

const sample = (name: string) => readFile(repositoryUrl(`samples/models/${name}.py`), 'utf8');
const config: TrainConfig = {
  ...defaultTrainConfig,
  epochs: 1,
  batchSize: 13,
  clipping: { kind: 'norm', maximum: 1 },
  optimizer: defaultOptimizer('adamw'),
};

test.each([
  { name: 'LeNet', target: 'LeNet', text: () => sample('lenet'), shape: [1, 28, 28] },
  { name: 'a residual network', target: 'SmallResNet', text: () => sample('small_resnet'), shape: [3, 32, 32] },
  { name: 'depthwise convolutions', target: 'Mobile', text: () => Promise.resolve(mobile), shape: [3, 33, 33] },
])('whole steps give the same bits for 1, 2, 3 and 4 threads, checkpoints too: $name', async (given) => {
  const { target, text, shape } = given;
  const { graph } = traceModel({ file: 'net.py', text: await text(), target, inputShape: ['N', ...shape] });
  const channels = (value: number) => Array<number>(shape[0] ?? 1).fill(value);
  const results: { readonly losses: readonly number[]; readonly checkpoint: string }[] = [];
  for (const threads of [1, 2, 3, 4]) {
    const engine = await createWasmEngine({ assets, threads });
    const [train, val] = [images(17, shape), images(9, shape)];
    const normalization = { mean: channels(0.5), std: channels(0.25) };
    const { batchSize } = config;
    const model = await ModelSession.open(engine, graph, {
      config,
      images: { splits: [train, val], normalization, batchSize },
    });
    await initializeModel(model, 3);
    const losses: number[] = [];
    let progress: RunProgress | undefined;
    await trainEpochs(
      {
        model,
        config,
        train,
        val,
        classWeights: undefined,
        signal: new AbortController().signal,
        stepsPerLine: 1,
        onStep: (metrics) => Promise.resolve(void losses.push(metrics.trainLoss)),
        onEpoch: (metrics, after) => {
          losses.push(metrics.valLoss);
          progress = after;
          return Promise.resolve();
        },
      },
      startOfRun,
    );
    const file = join(folder, `${target}-${threads}.safetensors`);
    if (!progress) throw new Error('No epoch ended');
    await writeCheckpoint(file, model, { progress, config }, true);
    const checkpoint = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    results.push({ losses, checkpoint });
    await engine.dispose();
  }
  expect(results[0]?.losses).toHaveLength(3);
  expect(results[0]?.losses.every(Number.isFinite)).toBe(true);
  for (const result of results) expect(result).toEqual(results[0]);
});

function images(count: number, [channels = 1, height = 1, width = 1]: readonly number[]): ImageSplit {
  const random = new PhiloxStream(5, count);
  return {
    count,
    images: Uint8Array.from({ length: count * channels * height * width }, () => random.nextBelow(256)),
    labels: Int32Array.from({ length: count }, () => random.nextBelow(5)),
  };
}
