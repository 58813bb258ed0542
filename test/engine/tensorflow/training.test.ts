import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { traceForTraining, traceModel } from '../../../src/core/python/trace-model';
import type { OptimizerConfig } from '../../../src/core/train/config';
import { hyperparameters } from '../../../src/core/train/optimizer';
import type { Engine, HostArray } from '../../../src/engine/engine';
import { modelPlans } from '../../../src/engine/model-plans';
import { createTensorflowEngine } from '../../../src/engine/tensorflow/tensorflow-engine';
import type { Tensorflow } from '../../../src/engine/tensorflow/tensorflow-module';
import { unsupportedOps } from '../../../src/engine/tensorflow/unsupported-ops';
import { readPythonModule } from '../../../src/node/read-python-module';
import { createTestEngine } from '../create-test-engine';
import { PseudoImages } from '../pseudo-images';
import { pseudoWeights } from '../pseudo-weights';
import { relativeError } from '../relative-error';
import { repositoryUrl } from '../torch-fixtures';
import { loadTensorflow } from './load-tensorflow';

/** Relative: what engines promise of each other. */
const tolerance = 1e-4;

let tf: Tensorflow;
let engines: { readonly cpu: Engine; readonly tensorflow: Engine };
beforeAll(async () => {
  tf = await loadTensorflow();
  engines = { cpu: await createTestEngine(2), tensorflow: createTensorflowEngine({ tf }) };
});
afterAll(async () => {
  for (const engine of Object.values(engines)) await engine.dispose();
});

const sgd: OptimizerConfig = { kind: 'sgd', learningRate: 0.02, momentum: 0.9, nesterov: false, weightDecay: 1e-3 };
const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.02, learningRate: 0.003 } as const;
const rmsprop = { kind: 'rmsprop', alpha: 0.95, epsilon: 1e-6, weightDecay: 1e-3, learningRate: 0.002 } as const;

test('LeNet has the same losses for 20 steps', async () => {
  const network = { file: 'samples/models/lenet.py', target: 'LeNet', input: [1, 28, 28], batch: 2 };
  const { losses } = await train(engines.cpu, network, sgd, 20);
  const theirs = await train(engines.tensorflow, network, sgd, 20);
  expect(losses).toHaveLength(20);
  // It learns: equal losses are not equal because nothing happens.
  expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
  for (const [step, loss] of theirs.losses.entries()) {
    expect(Math.abs((losses[step] ?? NaN) / loss - 1), `step ${step}`).toBeLessThanOrEqual(tolerance);
  }
});

describe('every optimiser ends at the same parameters and moments', () => {
  const optimizers: readonly OptimizerConfig[] = [
    { ...sgd, momentum: 0 },
    sgd,
    { ...sgd, nesterov: true },
    { kind: 'adam', ...adam },
    { kind: 'adam', ...adam, amsgrad: true },
    { kind: 'adamw', ...adam },
    { ...rmsprop, momentum: 0, centered: false },
    { ...rmsprop, momentum: 0.8, centered: true },
  ];
  const network = { file: 'test/fixtures/python/tiny_net.py', target: 'TinyNet', input: [1, 6, 6], batch: 8 };
  test.each(optimizers.map((optimizer) => ({ optimizer, settings: JSON.stringify(optimizer) })))(
    '$settings',
    async ({ optimizer }) => {
      const ours = await train(engines.cpu, network, optimizer, 6);
      const theirs = await train(engines.tensorflow, network, optimizer, 6);
      for (const [name, values] of theirs.state) {
        expect(relativeError(ours.state.get(name) ?? [], values), name).toBeLessThanOrEqual(tolerance);
      }
    },
  );

  test.each([
    { kind: 'norm', maximum: 0.1 },
    { kind: 'value', maximum: 0.01 },
  ] as const)('with gradients clipped by their $kind', async (clipping) => {
    const ours = await train(engines.cpu, network, sgd, 6, clipping);
    const theirs = await train(engines.tensorflow, network, sgd, 6, clipping);
    for (const [name, values] of theirs.state) {
      expect(relativeError(ours.state.get(name) ?? [], values), name).toBeLessThanOrEqual(tolerance);
    }
  });
});

test('a step leaves no tensor behind, and a session none at all', async () => {
  const network = { file: 'test/fixtures/python/residual_net.py', target: 'ResidualNet', input: [3, 9, 9], batch: 4 };
  const before = tf.memory().numTensors;
  const counts: number[] = [];
  await train(engines.tensorflow, network, { kind: 'adamw', ...adam }, 5, { kind: 'none' }, () => {
    counts.push(tf.memory().numTensors);
  });
  // The first steps fill the moments.
  expect(new Set(counts.slice(1)).size).toBe(1);
  expect(tf.memory().numTensors).toBe(before);
});

test('what is written into a part of the state leaves the rest of it as it was', async () => {
  const network = { file: 'test/fixtures/python/tiny_net.py', target: 'TinyNet', input: [1, 6, 6], batch: 8 };
  const { graph, plans } = planned(network, sgd);
  const session = await engines.tensorflow.createSession(plans.layout);
  const parameters = plans.layout.slots.filter(({ role }) => role === 'parameter');
  for (const { name, tensor } of parameters)
    await session.writeState(name, pseudoWeights(name, tensor.shape, new Set()));
  const program = await session.compile(plans.training(network.batch));
  // The optimiser leaves all parameters in one tensor.
  await program.run();
  const [first, second, third] = parameters;
  if (!first || !second || !third) throw new Error(`${graph.name} has too few parameters`);
  const kept = [await session.readState(first.name), await session.readState(third.name)];
  const zeros = new Float32Array((await session.readState(second.name)).length);
  await session.writeState(second.name, zeros);
  expect([await session.readState(first.name), await session.readState(third.name)]).toEqual(kept);
  expect(await session.readState(second.name)).toEqual(zeros);
  await session.dispose();
});

describe('networks that are trained often can be trained', () => {
  const samples = ['lenet LeNet 1,28,28', 'mnist_net MnistNet 1,28,28', 'three_block ThreeBlock 3,32,32'].map(
    (sample) => {
      const [file, target = '', input = ''] = sample.split(' ');
      return { file: `samples/models/${file}.py`, target, input: input.split(',').map(Number) };
    },
  );
  const file = 'test/fixtures/python/torchvision_networks.py';
  const torchvision = ['vgg11_features', 'resnet18_10', 'mobilenet_v2_10', 'densenet121_10', 'googlenet_10'].map(
    (target) => ({ file, target, input: target.startsWith('vgg') ? [3, 32, 32] : [3, 64, 64] }),
  );
  test.each([...samples, ...torchvision])('$target', ({ file: name, target, input }) => {
    const { plans } = planned({ file: name, target, input, batch: 2 }, sgd);
    expect(unsupportedOps(plans.training(2))).toEqual([]);
    expect(unsupportedOps(plans.evaluation(2))).toEqual([]);
  });
});

test('an op that TensorFlow.js does not have is named, and the way out too', async () => {
  const text = [
    'import torch\nimport torch.nn as nn\n\n\nclass Net(nn.Module):',
    '    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 3)\n',
    '    def forward(self, x):\n        return self.fc(torch.erfinv(x))\n',
  ].join('\n');
  const { graph } = traceModel({ file: 'net.py', text, target: 'Net', inputShape: ['N', 4] });
  const plans = modelPlans(graph, sgd);
  const session = await engines.tensorflow.createSession(plans.layout);
  const refusal = session.compile(plans.training(2));
  await expect(refusal).rejects.toThrow(UserError);
  await expect(refusal).rejects.toThrow(/erfinv/);
  await session.dispose();
});

interface Network {
  /** From the repository's root. */
  readonly file: string;
  readonly target: string;
  /** Of one image. */
  readonly input: readonly number[];
  readonly batch: number;
}

type Clipping = { readonly kind: 'none' } | { readonly kind: 'norm' | 'value'; readonly maximum: number };

function planned({ file, target, input }: Network, optimizer: OptimizerConfig, clipping: Clipping = { kind: 'none' }) {
  const path = repositoryUrl(file).pathname;
  const traced = traceForTraining({
    file: path,
    text: readFileSync(path, 'utf8'),
    target,
    inputShape: ['N', ...input],
    readModule: readPythonModule,
  });
  const { graph, trainingGraph } = traced;
  return { graph, plans: modelPlans(graph, optimizer, { clipping, ...(trainingGraph ? { trainingGraph } : {}) }) };
}

/** Steps on images and from weights that are the same on every engine. */
async function train(
  engine: Engine,
  network: Network,
  optimizer: OptimizerConfig,
  steps: number,
  clipping?: Clipping,
  afterStep?: () => void,
): Promise<{ readonly losses: readonly number[]; readonly state: ReadonlyMap<string, HostArray> }> {
  const { plans } = planned(network, optimizer, clipping);
  const session = await engine.createSession(plans.layout);
  try {
    const initial = plans.layout.slots.filter(({ role }) => role === 'parameter' || role === 'buffer');
    const names = new Set(initial.map(({ name }) => name));
    for (const { name, tensor } of initial) {
      await session.writeState(name, pseudoWeights(name, tensor.shape, names));
    }
    const program = await session.compile(plans.training(network.batch));
    const data = new PseudoImages(7, 10, network.input);
    const losses: number[] = [];
    for (let step = 1; step <= steps; step++) {
      const { images, labels } = data.batch(network.batch);
      program.input('images').set(images);
      program.input('targets').set(labels);
      program.input('hyper').set(hyperparameters(optimizer, optimizer.learningRate, step));
      await program.run();
      const [loss = NaN] = await program.read('loss');
      losses.push(loss);
      afterStep?.();
    }
    const state = new Map<string, HostArray>();
    for (const { name } of plans.layout.slots) state.set(name, await session.readState(name));
    return { losses, state };
  } finally {
    await session.dispose();
  }
}
