import { afterEach, expect, test } from 'vitest';
import { noChange } from '../../src/core/data/augmentation';
import type { ImageSplit } from '../../src/core/data/dataset';
import { traceModel } from '../../src/core/python/trace-model';
import { PhiloxStream } from '../../src/core/rng/philox';
import type { Head } from '../../src/core/train/head';
import type { TrainConfig } from '../../src/core/train/config';
import { defaultOptimizer, defaultTrainConfig } from '../../src/core/train/defaults';
import { startOfRun } from '../../src/core/train/run-progress';
import type { Engine } from '../../src/engine/engine';
import { createWasmEngine } from '../../src/engine/wasm/wasm-engine';
import { deviceTrainingImages } from '../../src/worker/augment/training-images';
import { initializeModel } from '../../src/worker/checkpoint';
import { ModelSession } from '../../src/worker/model-session';
import { trainEpochs } from '../../src/worker/trainer';
import { relativeError } from '../engine/relative-error';
import { assets } from '../engine/wasm/engines';

const source = `
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 16, 3), nn.ReLU())
        self.head = nn.Linear(16 * 14 * 14, 5)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))
`;
const graphOf = (text: string) =>
  traceModel({ file: 'net.py', text, target: 'Net', inputShape: ['N', 3, 32, 32] }).graph;
const graph = graphOf(source);

/** Everything that draws numbers; 75 or 15 of them for an image, so that parts begin between the counters of four. */
const randomNetwork = `
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding=1)
        self.pool = nn.FractionalMaxPool2d(2, output_size=5)
        self.reduce = nn.Conv2d(16, 3, 1)
        self.act = nn.RReLU()
        self.drop = nn.Dropout(0.3)
        self.drop2d = nn.Dropout2d(0.3)
        self.alpha = nn.AlphaDropout(0.2)
        self.head = nn.Linear(75, 5)
        self.scores = nn.Linear(5, 3)

    def forward(self, x):
        x = self.drop2d(self.reduce(self.pool(self.act(self.conv(x)))))
        keep = torch.rand(x.shape[0], 1, 1, 1) + 0.8
        x = x / 0.8 * keep.floor()
        x = x + 0.1 * torch.randn_like(x)
        x = x * x.new_empty(3, 1, 1).bernoulli_(0.9)
        sequence = self.drop(x.flatten(2).permute(2, 0, 1)).permute(1, 2, 0)
        x = self.head(self.alpha(sequence.flatten(1)))
        return x + F.gumbel_softmax(x, dim=1) @ self.scores.weight.t() @ self.scores.weight
`;

const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

const trainImages = images(44);
const valImages = images(30);

async function open(
  config: TrainConfig,
  memoryLimit?: number,
  trained = graph,
  head: Head = 'multi-class',
): Promise<ModelSession> {
  const engine = await createWasmEngine({ assets, threads: 2, ...(memoryLimit === undefined ? {} : { memoryLimit }) });
  engines.push(engine);
  const normalization = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  const { batchSize } = config;
  const model = await ModelSession.open(engine, trained, {
    config,
    head,
    images: { splits: [trainImages, valImages], normalization, batchSize },
  });
  await initializeModel(model, 3);
  return model;
}

/** Trains an epoch of 44 images in batches of 24; tells the losses told and all parameters. */
async function train(model: ModelSession, config: TrainConfig, classWeights?: Float32Array) {
  const losses: number[] = [];
  await trainEpochs(
    {
      model,
      config,
      train: trainImages,
      trainingImages: deviceTrainingImages(model.images, trainImages, noChange, config.seed),
      val: valImages,
      classWeights,
      signal: new AbortController().signal,
      stepsPerLine: 1,
      onStep: (metrics) => Promise.resolve(void losses.push(metrics.trainLoss)),
      onEpoch: (metrics) =>
        Promise.resolve(void losses.push(metrics.trainLoss, metrics.trainAccuracy, metrics.valLoss)),
    },
    startOfRun,
  );
  const parameters: number[] = [];
  for (const { name, role } of model.layout.slots) {
    if (role === 'parameter') parameters.push(...(await model.state.readState(name)));
  }
  return { losses, parameters };
}

function images(count: number): ImageSplit {
  const random = new PhiloxStream(5, count);
  return {
    count,
    images: Uint8Array.from({ length: count * 3 * 32 * 32 }, () => random.nextBelow(256)),
    labels: Int32Array.from({ length: count }, () => random.nextBelow(5)),
    // Of no account where the head is one class of several.
    labelSets: Uint8Array.from({ length: 5 * count }, () => random.nextBelow(2)),
  };
}

/** Plain SGD: Adam would divide rounding by gradients that are all but zero. */
const plain: TrainConfig = { ...defaultTrainConfig, epochs: 1, batchSize: 24, optimizer: defaultOptimizer('sgd') };
const clipped: TrainConfig = { ...plain, clipping: { kind: 'norm', maximum: 0.1 } };
const weighted: TrainConfig = { ...plain, loss: { labelSmoothing: 0.1, classWeights: 'balanced' } };

const mixed: TrainConfig = { ...plain, mixing: { mixup: 0.4, cutmix: 1, probability: 0.9 } };

test.each([
  { name: 'plain', config: plain },
  { name: 'mixed images', config: mixed },
  {
    name: 'mixed images of weighted classes',
    config: { ...mixed, loss: weighted.loss },
    classWeights: Float32Array.of(0.5, 1, 2, 3, 0.25),
  },
  {
    name: 'mixed images of several classes',
    config: { ...mixed, loss: weighted.loss },
    classWeights: Float32Array.of(0.5, 1, 2, 3, 0.25),
    head: 'multi-label' as const,
  },
  { name: 'clipped gradients', config: clipped },
  { name: 'weighted classes', config: weighted, classWeights: Float32Array.of(0.5, 1, 2, 3, 0.25) },
  { name: 'random layers', config: plain, model: graphOf(randomNetwork) },
])('batches that do not fit are trained in parts, with the same result: $name', async (given) => {
  const { config, classWeights, model = graph, head } = given;
  const whole = await open(config, undefined, model, head);
  const memory = whole.state.memoryOf((await whole.training(24)).plan);
  const { stateBytes, dataBytes, arenaBytes, scratchBytes } = memory;
  const expected = await train(whole, config, classWeights);

  // Room for the state and the images, and for a part of the activations.
  const limited = await open(config, 2 ** 17 + stateBytes + dataBytes + scratchBytes + 0.6 * arenaBytes, model, head);
  const parts = await limited.trainingParts(24);
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.map(({ from, to }) => [from, to])).toEqual(
    parts.map(({ from }, index) => [from, parts[index + 1]?.from ?? 24]),
  );
  const result = await train(limited, config, classWeights);
  expect(relativeError(result.losses, expected.losses)).toBeLessThan(1e-5);
  expect(relativeError(result.parameters, expected.parameters)).toBeLessThan(1e-6);
});

test('where not even one image fits, the error says what would', async () => {
  const whole = await open(plain);
  const { stateBytes, dataBytes, scratchBytes } = whole.state.memoryOf((await whole.training(1)).plan);
  const small = await open(plain, 2 ** 17 + stateBytes + dataBytes + scratchBytes / 2);
  await expect(small.trainingParts(24)).rejects.toThrow(/Even one image of a batch of 24 does not fit into memory/);
  await expect(small.trainingParts(24)).rejects.toMatchObject({
    remedy: expect.stringMatching(/Images of about \d+ by \d+ would fit|smaller model/) as string,
  });
});
