import { readFileSync } from 'node:fs';
import { create } from 'webgpu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Graph } from '../../../src/core/graph/graph';
import { traceModel } from '../../../src/core/python/trace-model';
import { firstLossScale, growthInterval, lossScaleSlot, lossScaleStepsSlot } from '../../../src/core/train/loss-scale';
import type { ClippingConfig, OptimizerConfig } from '../../../src/core/train/config';
import { noClipping } from '../../../src/core/train/defaults';
import { hyperparameters } from '../../../src/core/train/optimizer';
import type { Engine, Program, Session } from '../../../src/engine/engine';
import { modelPlans, type ModelPlans } from '../../../src/engine/model-plans';
import type { HalfStorage, Plan, PlanTensor } from '../../../src/engine/plan';
import { softwareTuning } from '../../../src/engine/webgpu/tuning';
import { createWebgpuEngine } from '../../../src/engine/webgpu/webgpu-engine';
import { readPythonModule } from '../../../src/node/read-python-module';
import { PseudoImages } from '../pseudo-images';
import { pseudoWeights } from '../pseudo-weights';
import { relativeError } from '../relative-error';
import { repositoryUrl } from '../torch-fixtures';
import { createSoftwareGpuEngine, noGpuReason } from './software-gpu';

const sgd: OptimizerConfig = { kind: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: false, weightDecay: 0 };
const adam: OptimizerConfig = {
  ...{ kind: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, amsgrad: true },
};
const batch = 4;

/** A small network of all that is kept in half: convolutions with and without stride, normalisation, pools, a sum, dropout. */
const source = `
import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU())
        self.second = nn.Conv2d(4, 4, 3, padding=1)
        self.third = nn.Conv2d(8, 8, 3, stride=2)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(8 * 2 * 2, 5)

    def forward(self, x):
        x = self.first(x)
        x = torch.cat([torch.tanh(self.second(x) + x), x], 1)
        x = nn.functional.max_pool2d(self.third(x), 2, 1)
        return self.head(self.drop(nn.functional.avg_pool2d(x, 2, 1)).flatten(1))
`;
const net = traceModel({ file: 'net.py', text: source, target: 'Net', inputShape: ['N', 1, 10, 10] }).graph;

/** What moves tensors of 16 bits about, and multiplies them. */
const movingSource = `
import torch
import torch.nn as nn
import torch.nn.functional as F

class Moving(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1, padding_mode='reflect')
        self.up = nn.ConvTranspose2d(4, 4, 2, stride=2)
        self.deep = nn.Conv2d(4, 4, 3, padding=1, groups=4)
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        x = F.leaky_relu(self.conv(F.pad(x, (1, 1, 1, 1))))
        x = F.interpolate(x[:, 1:5], scale_factor=0.5, mode='bilinear')
        x = self.deep(self.up(F.adaptive_avg_pool2d(x, 4)))
        x = F.gelu(x) * torch.sigmoid(x)
        x = x.flatten(2).permute(0, 2, 1)
        return self.head((x.transpose(1, 2) @ x).flatten(1))
`;
const moving = traceModel({
  ...{ file: 'moving.py', text: movingSource, target: 'Moving', inputShape: ['N', 1, 10, 10] },
}).graph;

interface Model {
  readonly plans: ModelPlans;
  readonly session: Session;
  readonly program: Program;
  readonly data: PseudoImages;
  readonly optimizer: OptimizerConfig;
}

async function open(
  engine: Engine,
  graph: Graph,
  half: HalfStorage | undefined,
  optimizer: OptimizerConfig = sgd,
  clipping: ClippingConfig = noClipping,
): Promise<Model> {
  const plans = modelPlans(graph, optimizer, { half, clipping });
  const session = await engine.createSession(plans.layout);
  const parameters = plans.layout.slots.filter(({ role }) => role === 'parameter');
  const names = new Set(parameters.map(({ name }) => name));
  for (const { name, tensor } of parameters) await session.writeState(name, pseudoWeights(name, tensor.shape, names));
  if (half) await session.writeState(lossScaleSlot, Float32Array.of(firstLossScale));
  const program = await session.compile(plans.training(batch));
  const shape = (program.plan.inputs['images']?.shape ?? []).slice(1);
  const classes = program.plan.outputs['logits']?.shape[1] ?? 0;
  return { plans, session, program, optimizer, data: new PseudoImages(1, classes, shape) };
}

async function step({ program, data, optimizer }: Model, number: number): Promise<number> {
  const { images, labels } = data.batch(batch);
  program.input('images').set(images);
  program.input('targets').set(labels);
  program.input('hyper').set(hyperparameters(optimizer, optimizer.learningRate, number));
  if (program.plan.inputs['random']) program.input('random').set([1, 0, number, 0, 0, batch]);
  await program.run();
  return (await program.read('loss'))[0] ?? NaN;
}

async function losses(model: Model, steps: number): Promise<readonly number[]> {
  const all: number[] = [];
  for (let number = 1; number <= steps; number++) all.push(await step(model, number));
  return all;
}

/** All that an optimiser may change. */
async function weightsOf({ plans, session }: Model): Promise<ReadonlyMap<string, readonly number[]>> {
  const state = new Map<string, readonly number[]>();
  for (const { name, role } of plans.layout.slots) {
    if (role === 'parameter' || role === 'moment') state.set(name, [...(await session.readState(name))]);
  }
  return state;
}

async function scaleOf({ session }: Model): Promise<readonly number[]> {
  return [...(await session.readState(lossScaleSlot)), ...(await session.readState(lossScaleStepsSlot))];
}

describe.skipIf(noGpuReason !== undefined)('training with 16 bits on a GPU in software', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createSoftwareGpuEngine({}, softwareTuning);
  });
  afterAll(() => engine.dispose());

  test('rounds as IEEE 754 does, to infinity beyond its range', async () => {
    expect(engine.info.half).toBe('rounded');
    // torch.tensor(values).half().float(), PyTorch 1.13.
    const cases = [
      [1 / 3, 0.333251953125],
      [65519, 65504],
      [65520, Infinity],
      [-65520, -Infinity],
      [1e30, Infinity],
      [-Infinity, -Infinity],
      [NaN, NaN],
      [1e-8, 0],
      [-4e-8, -5.960464477539063e-8],
      [2049, 2048],
      [2051, 2052],
      [-0.1, -0.0999755859375],
      [1.00048828125, 1],
      [6e-5, 6.002187728881836e-5],
    ] as const;
    const shape = [cases.length];
    const at = (offset: number, storage?: HalfStorage): PlanTensor => ({
      ...{ region: 'arena', offset, shape, dtype: 'f32' },
      ...(storage ? { storage } : {}),
    });
    const [x, half, y] = [at(0), at(256, 'rounded'), at(512)];
    const plan: Plan = {
      ...{ name: 'rounding', batchSize: 1, inputs: { x }, outputs: { y }, arenaBytes: 768 },
      steps: [
        { kind: 'kernel', op: 'copy', attrs: {}, inputs: [x], output: half },
        { kind: 'kernel', op: 'copy', attrs: {}, inputs: [half], output: y },
      ],
    };
    const none = { offset: 0, byteLength: 0 };
    const layout = { slots: [], byteLength: 0, parameters: none, gradients: none, moments: [] };
    const session = await engine.createSession(layout);
    const program = await session.compile(plan);
    program.input('x').set(cases.map(([value]) => value));
    await program.run();
    expect([...(await program.read('y'))]).toEqual(cases.map(([, rounded]) => rounded));
    await session.dispose();
  });

  test('LeNet learns as with 32 bits, but for rounding, and the same in every run', async () => {
    const file = repositoryUrl('samples/models/lenet.py').pathname;
    const { graph } = traceModel({
      ...{ file, text: readFileSync(file, 'utf8'), target: 'LeNet', inputShape: ['N', 1, 28, 28] },
      readModule: readPythonModule,
    });
    const steps = 20;
    const whole = await losses(await open(engine, graph, undefined), steps);
    const half = await losses(await open(engine, graph, 'rounded'), steps);
    expect(half).not.toEqual(whole);
    // A number of 11 bits is off by up to 2⁻¹¹. So are the losses at first; after some steps, training itself makes any difference grow.
    for (const [index, loss] of half.slice(0, steps / 2).entries()) {
      expect(Math.abs(loss / (whole[index] ?? NaN) - 1), `step ${index + 1}`).toBeLessThan(2 ** -10);
    }
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(Math.abs(sum(half) / sum(whole) - 1)).toBeLessThan(2 ** -8);
    expect(await losses(await open(engine, graph, 'rounded'), 3)).toEqual(half.slice(0, 3));
  }, 180_000);

  test('what is moved and multiplied with 16 bits is what it is with 32', async () => {
    const first = async (half: HalfStorage | undefined) => {
      const model = await open(engine, moving, half);
      return { loss: await step(model, 1), weights: await weightsOf(model) };
    };
    const [whole, half] = [await first(undefined), await first('rounded')];
    expect(Math.abs(half.loss / whole.loss - 1)).toBeLessThan(2 ** -9);
    for (const [name, values] of half.weights) {
      expect(relativeError(values, whole.weights.get(name) ?? []), name).toBeLessThan(0.01);
    }
  }, 60_000);

  test('the scale of the loss leaves no trace in the weights, clipped or not, of any optimiser', async () => {
    for (const [optimizer, clipping] of [
      [adam, noClipping],
      [sgd, { kind: 'norm', maximum: 0.5 }],
      [sgd, { kind: 'value', maximum: 0.01 }],
    ] as const) {
      const [whole, half] = [
        await open(engine, net, undefined, optimizer, clipping),
        await open(engine, net, 'rounded', optimizer, clipping),
      ];
      await losses(whole, 2);
      await losses(half, 2);
      const expected = await weightsOf(whole);
      for (const [name, values] of await weightsOf(half)) {
        // Adam divides gradients by their own size, and its moments are squares of what was rounded.
        const tolerance = optimizer === adam ? 0.05 : 0.02;
        expect(relativeError(values, expected.get(name) ?? []), name).toBeLessThan(tolerance);
      }
    }
  }, 180_000);

  test('a step whose gradients overflow is skipped, and halves the scale', async () => {
    for (const optimizer of [sgd, adam]) {
      const model = await open(engine, net, 'rounded', optimizer);
      await step(model, 1);
      const before = await weightsOf(model);
      expect(await scaleOf(model)).toEqual([firstLossScale, 1, 0]);
      await model.session.writeState(lossScaleSlot, Float32Array.of(2 ** 60));
      expect(await step(model, 2)).toBeGreaterThan(0);
      expect(await weightsOf(model)).toEqual(before);
      expect(await scaleOf(model)).toEqual([2 ** 59, 0, 1]);
      await model.session.writeState(lossScaleSlot, Float32Array.of(1024));
      await step(model, 3);
      expect(await weightsOf(model)).not.toEqual(before);
      expect(await scaleOf(model)).toEqual([1024, 1, 1]);
    }
  }, 180_000);

  test('the scale doubles after so many good steps', async () => {
    const model = await open(engine, net, 'rounded');
    await model.session.writeState(lossScaleStepsSlot, Float32Array.of(growthInterval - 1, 3));
    await step(model, 1);
    expect(await scaleOf(model)).toEqual([2 * firstLossScale, 0, 3]);
  }, 60_000);
});

test('on a device that has floats of 16 bits, all kernels are sound, and the activations take little more than half', async () => {
  // Dawn's device that does nothing: it checks what it is given as any other does.
  const gpu = create(['backend=null']);
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('Dawn has no null device');
  const engine = await createWebgpuEngine({ adapter, software: false });
  expect(engine.info.half).toBe('f16');
  for (const [name, target] of [
    ['resnet', 'resnet18()'],
    ['squeezenet', 'SqueezeNet'],
    ['three_block', 'ThreeBlock'],
  ] as const) {
    const file = repositoryUrl(`samples/models/${name}.py`).pathname;
    const { graph } = traceModel({
      ...{ file, text: readFileSync(file, 'utf8'), target, inputShape: ['N', 3, 64, 64] },
      readModule: readPythonModule,
    });
    const [whole, half] = [undefined, 'f16' as const].map((storage) => modelPlans(graph, adam, { half: storage }));
    if (!whole || !half) throw new Error('There are no plans');
    const session = await engine.createSession(half.layout);
    await session.compile(half.training(8));
    expect(half.training(8).arenaBytes).toBeLessThan(0.7 * whole.training(8).arenaBytes);
    await session.dispose();
  }
  for (const graph of [net, moving]) {
    const plans = modelPlans(graph, adam, { half: 'f16', clipping: { kind: 'norm', maximum: 1 } });
    const session = await engine.createSession(plans.layout);
    for (const place of ['first', 'middle', 'last'] as const) await session.compile(plans.trainingPart(4, place));
    await session.dispose();
  }
  await engine.dispose();
}, 60_000);
