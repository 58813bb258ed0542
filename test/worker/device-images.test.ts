import { afterEach, expect, test } from 'vitest';
import { shorthandTransforms } from '../../src/core/data/augment/shorthand-transforms';
import type { ImageSplit } from '../../src/core/data/dataset';
import { traceModel } from '../../src/core/python/trace-model';
import { PhiloxStream } from '../../src/core/rng/philox';
import type { TrainConfig } from '../../src/core/train/config';
import { defaultTrainConfig } from '../../src/core/train/defaults';
import { startOfRun, type RunProgress } from '../../src/core/train/run-progress';
import type { Engine, Program, Session } from '../../src/engine/engine';
import { createWasmEngine } from '../../src/engine/wasm/wasm-engine';
import { deviceTrainingImages } from '../../src/worker/augment/training-images';
import { initializeModel } from '../../src/worker/checkpoint';
import { DeviceImages } from '../../src/worker/device-images';
import { InFlight } from '../../src/worker/in-flight';
import { ModelSession } from '../../src/worker/model-session';
import { trainEpochs } from '../../src/worker/trainer';
import { noState, placer } from '../engine/run-op';
import { assets } from '../engine/wasm/engines';

const source = `
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Dropout(0.2), nn.Linear(4 * 15 * 15, 5))

    def forward(self, x):
        return self.layers(x)
`;
const { graph } = traceModel({ file: 'net.py', text: source, target: 'Net', inputShape: ['N', 3, 32, 32] });
const imageBytes = 3 * 32 * 32;
const normalization = { mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.3] };
const change = { flip: true, cropPadding: 3 };
const config: TrainConfig = {
  ...defaultTrainConfig,
  epochs: 2,
  batchSize: 10,
  augment: shorthandTransforms(change),
};
const [train, val] = [images(203), images(45)];

const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

function images(count: number): ImageSplit {
  const random = new PhiloxStream(5, count);
  return {
    count,
    images: Uint8Array.from({ length: count * imageBytes }, () => random.nextBelow(256)),
    labels: Int32Array.from({ length: count }, () => random.nextBelow(5)),
  };
}

/** `slow`: as a device that is still at work when it is asked. */
async function open(budgetBytes: number, slow = (engine: Engine) => engine): Promise<ModelSession> {
  const wasm = await createWasmEngine({ assets, threads: 1, memoryLimit: 2 ** 30 });
  engines.push(wasm);
  const limited: Engine = {
    info: { ...wasm.info, dataBudgetBytes: budgetBytes },
    createSession: (layout) => wasm.createSession(layout),
    dispose: () => wasm.dispose(),
  };
  const splits = [train, val];
  const model = await ModelSession.open(slow(limited), graph, {
    config,
    images: { splits, normalization, batchSize: config.batchSize },
  });
  await initializeModel(model, 3);
  return model;
}

interface Outcome {
  /** All that the trainer told, without times. */
  readonly told: readonly object[];
  readonly weights: readonly number[];
}

/** `stopAfter`: stops at the line of this step, and goes on from there. */
async function run(model: ModelSession, { stepsPerLine = 4, stopAfter = 0 } = {}): Promise<Outcome> {
  const told: object[] = [];
  const go = async (start: RunProgress): Promise<void> => {
    const abort = new AbortController();
    const end = await trainEpochs(
      {
        ...{ model, config, train, val, stepsPerLine },
        trainingImages: deviceTrainingImages(model.images, train, change, config.seed),
        classWeights: undefined,
        signal: abort.signal,
        onStep: (metrics) => {
          told.push({ ...metrics, imagesPerSecond: 0 });
          if (metrics.step === stopAfter) abort.abort();
          return Promise.resolve();
        },
        onEpoch: (metrics) => Promise.resolve(void told.push({ ...metrics, imagesPerSecond: 0, seconds: 0 })),
      },
      start,
    );
    if (end.reason === 'finished') return;
    expect(end.progress).toMatchObject({ step: stopAfter, epoch: { images: stopAfter * config.batchSize } });
    await go(end.progress);
  };
  await go(startOfRun);
  const weights: number[] = [];
  for (const { name } of model.layout.slots) weights.push(...(await model.state.readState(name)));
  return { told, weights };
}

test('a data set that is streamed trains to the very numbers of one that stays on the device', async () => {
  const whole = await open(2 ** 30);
  expect(whole.images.source.count).toBe(204 + 48);
  const expected = await run(whole);

  // Room for the validation images and a ring of four batches; for a ring that is larger than the budget; for many batches.
  for (const [budget, count] of [
    [100, 4 * 12 + 48],
    [20, 2 * 12],
    [200, 8 * 12 + 48],
  ] as const) {
    const streamed = await open(budget * imageBytes);
    expect(streamed.images.source.count).toBe(count);
    expect(await run(streamed, { stopAfter: budget === 100 ? 8 : 0 })).toEqual(expected);
  }
});

test('what a device owes is awaited at the lines of the metrics, and numbers stay those of their steps', async () => {
  const expected = await run(await open(2 ** 30));
  let owed = 0;
  let most = 0;
  const slowly = (engine: Engine): Engine => ({
    ...engine,
    createSession: async (layout) => slowSession(await engine.createSession(layout)),
  });
  /** Values are those of the latest run when they are asked for; they come some turns of the event loop later. */
  const slowProgram = (program: Program): Program => ({
    plan: program.plan,
    input: (name) => program.input(name),
    run: () => program.run(),
    profile: () => program.profile(),
    async read(name) {
      most = Math.max(most, ++owed);
      const values = await program.read(name);
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      owed--;
      return values;
    },
  });
  const slowSession = (session: Session): Session => ({
    memoryOf: (plan) => session.memoryOf(plan),
    compile: async (plan) => slowProgram(await session.compile(plan)),
    readState: (name) => session.readState(name),
    writeState: (name, values) => session.writeState(name, values),
    reserveData: (byteLength) => session.reserveData(byteLength),
    writeData: (offset, bytes) => session.writeData(offset, bytes),
    dispose: () => session.dispose(),
  });
  expect(await run(await open(2 ** 30, slowly), { stopAfter: 8 })).toEqual(expected);
  expect(owed).toBe(0);
  // Two values of each of the four steps of a line.
  expect(most).toBeGreaterThanOrEqual(8);
});

test('no more is owed than was allowed, and results are taken in their order', async () => {
  const taken: number[] = [];
  const inFlight = new InFlight<number>((result) => void taken.push(result));
  const answers = [3, 1, 2].map((value) => {
    let answer: () => void = () => undefined;
    inFlight.add(new Promise((resolve) => (answer = () => resolve(value))));
    return () => answer();
  });
  answers[1]?.();
  answers[0]?.();
  await inFlight.settle(1);
  expect(taken).toEqual([3, 1]);
  answers[2]?.();
  await inFlight.settle();
  expect(taken).toEqual([3, 1, 2]);
  inFlight.add(Promise.reject(new Error('the device is gone')));
  await expect(inFlight.settle()).rejects.toThrow('the device is gone');
});

test('images of any size and batches of any number are found where they were put', async () => {
  const engine = await createWasmEngine({ assets, threads: 1 });
  engines.push(engine);
  const imageSize = [1, 3, 3] as const;
  const split: ImageSplit = {
    count: 60,
    images: Uint8Array.from({ length: 60 * 9 }, (_, index) => (index * 37) % 251),
    labels: new Int32Array(60),
  };
  const order = Int32Array.from({ length: 60 }, (_, index) => (index * 7) % 60);
  for (const budgetBytes of [1000, 400, 10]) {
    const options = { splits: [split], normalization: { mean: [0], std: [1 / 255] }, batchSize: 7 };
    const deviceImages = new DeviceImages({ ...options, imageBytes: 9, budgetBytes });
    const session = await engine.createSession(noState);
    await deviceImages.open(session);
    const { count, mean, std } = deviceImages.source;
    const place = placer();
    const [picks, output] = [place([7, 4], 'i32'), place([7, ...imageSize], 'f32')];
    const table = { region: 'data', offset: 0, shape: [count, ...imageSize], dtype: 'u8' } as const;
    const program = await session.compile({
      name: 'gather',
      batchSize: 7,
      steps: [{ kind: 'kernel', op: 'gather_images', attrs: { mean, std }, inputs: [table, picks], output }],
      inputs: { picks },
      outputs: { output },
      arenaBytes: place.bytes(),
    });
    const pass = deviceImages.pass(split, order);
    // From within a batch of the ring on, as evaluation by smaller batches may.
    for (let from = 4; from < 60; from += 7) {
      const to = Math.min(from + 7, 60);
      await pass.ready(from, to);
      const rows = program.input('picks').fill(0);
      for (let position = from; position < to; position++) rows[4 * (position - from)] = pass.slotOf(position);
      await program.run();
      await pass.passed(to);
      const expected = [...order.subarray(from, to)].flatMap((image) => [
        ...split.images.subarray(9 * image, 9 * image + 9),
      ]);
      expect([...(await program.read('output'))].map(Math.round).slice(0, expected.length)).toEqual(expected);
    }
    await session.dispose();
  }
});
