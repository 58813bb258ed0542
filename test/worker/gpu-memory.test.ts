import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { globals } from 'webgpu';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors';
import { openRun } from '../../src/node/run-store';
import { startWorker } from '../../src/node/worker-process';
import type { TrainRequest, WorkerEvents } from '../../src/protocol/worker';
import { trainJob } from '../../src/worker/train-job';
import { dist, makeSmallWorkplace, readMetrics, smallConfig, workerScript } from '../support/small-run';
import type { SmallWorkplace } from '../support/small-run';
import { noSoftwareGpu, softwareGpuEnvironment } from '../support/software-gpu';

Object.assign(process.env, softwareGpuEnvironment);

/** What SwiftShader refuses with VK_ERROR_OUT_OF_DEVICE_MEMORY, though it is no larger than its largest buffer. */
const tooManyBytes = 2 ** 30;

const { GPUDevice } = globals as { GPUDevice: { prototype: GPUDevice } };
const createBuffer = Reflect.get(GPUDevice.prototype, 'createBuffer');
/** Whether a buffer that is asked for is one too many. */
let isTooMuch: (descriptor: GPUBufferDescriptor) => boolean = () => false;
GPUDevice.prototype.createBuffer = function (descriptor) {
  const size = isTooMuch(descriptor) ? tooManyBytes : descriptor.size;
  return Reflect.apply(createBuffer, this, [{ ...descriptor, size }]);
};

const models = `
import torch.nn as nn
import torch.nn.functional as F


class Wide(nn.Module):
    def __init__(self, num_classes=4):
        super().__init__()
        self.hidden = nn.Linear(144, 256)
        self.out = nn.Linear(256, num_classes)

    def forward(self, x):
        return self.out(self.hidden(x.flatten(1)).relu())


class Huge(nn.Module):
    def __init__(self, num_classes=4):
        super().__init__()
        self.out = nn.Conv2d(1, num_classes, 1)

    def forward(self, x):
        return self.out(F.pad(x, (0, 20000, 0, 20000))).mean((2, 3))
`;

let folder: string;
let place: SmallWorkplace;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab gpu memory-'));
  place = await makeSmallWorkplace(folder);
  file = join(folder, 'models.py');
  await writeFile(file, models);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => {
  isTooMuch = () => false;
  delete process.env['CNN_LAB_GPU_MEMORY'];
});

const silent: WorkerEvents = {
  runStarted: () => undefined,
  dataProgress: () => undefined,
  step: () => undefined,
  epoch: () => undefined,
  warning: () => undefined,
  note: () => undefined,
  foldProgress: () => undefined,
};

const request = (name: string, target: string, changes: Partial<TrainRequest> = {}) =>
  place.request(join(folder, name), { model: { file, target }, device: 'gpu', ...changes });

function train(wanted: TrainRequest, events: Partial<WorkerEvents> = {}) {
  const signal = new AbortController().signal;
  return trainJob(wanted, { events: { ...silent, ...events }, signal, assets: dist });
}

describe.skipIf(noSoftwareGpu !== undefined)(`the memory of a GPU (${noSoftwareGpu ?? 'SwiftShader'})`, () => {
  test('that is too small for a single image: says what size would fit, before there is a run', async () => {
    const wanted = request('huge', 'Huge');
    await expect(train(wanted)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/^Even one image of a batch of 32 does not fit into memory: /) as string,
      remedy: expect.stringMatching(/^Images of about \d+ by \d+ would fit\.$/) as string,
    });
    expect(await openRun(wanted.runFolder)).toBeUndefined();
  });

  test('that is too small for a batch: it is trained in parts, to the same losses', async () => {
    const config = { ...smallConfig, epochs: 1, batchSize: 128 };
    const losses = async (wanted: TrainRequest, warnings: string[] = []) => {
      await train(wanted, { warning: ({ message }) => void warnings.push(message) });
      return (await readMetrics(wanted.runFolder)).map(({ trainLoss }) => trainLoss);
    };
    const expected = await losses(request('whole', 'Wide', { config }));
    // A driver's own "out of memory" for what activations need.
    isTooMuch = ({ label, size }) => label?.startsWith('train') === true && size > 250_000;
    const warnings: string[] = [];
    const own = await losses(request('parts', 'Wide', { config }), warnings);
    expect(warnings).toContainEqual(
      expect.stringMatching(/^Batches of 128 do not fit into memory: each is trained in/),
    );
    expect(own.length).toBe(expected.length);
    own.forEach((loss, index) => expect(Math.abs(loss / (expected[index] ?? 0) - 1)).toBeLessThan(1e-4));
  });

  test('that is too small for the images: they are streamed through it', async () => {
    const config = { ...smallConfig, epochs: 1 };
    // 450 and 100 images of 144 bytes; Plain needs some kilobytes.
    isTooMuch = ({ label, size }) => label === 'the images' && size > 30_000;
    const wanted = place.request(join(folder, 'streamed'), {
      ...{ model: { file: place.modelFile, target: 'Plain' }, device: 'gpu', config },
    });
    expect((await train(wanted)).status).toBe('completed');
    isTooMuch = () => false;
    const whole = { ...wanted, runFolder: join(folder, 'resident') };
    await train(whole);
    const losses = async (run: string) => (await readMetrics(run)).map(({ trainLoss }) => trainLoss);
    expect(await losses(wanted.runFolder)).toEqual(await losses(whole.runFolder));
  });

  test('that others take while a run goes on: the run fails in words, and goes on on the CPU', async () => {
    const wanted = request('taken', 'Wide');
    const failure: unknown = await train(wanted, {
      epoch: ({ epoch }) => {
        // What is read from the GPU no longer has a place.
        if (epoch === 2) isTooMuch = ({ usage }) => (usage & 1) !== 0;
      },
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/^The GPU has run out of memory: /) as string,
      remedy: expect.stringMatching(/last checkpoint: on the CPU \(--device cpu\), or on the GPU/) as string,
    });
    const run = await openRun(wanted.runFolder);
    expect(run).toMatchObject({ status: 'failed', record: { failedOnGpu: true, epochsDone: 2 } });
    expect(run?.failure).toContain('The GPU has run out of memory');

    const worker = startWorker({ script: workerScript, events: {} });
    const resumed = await worker.calls.resume({ ...wanted, device: 'auto', threads: 1, epochs: null });
    await worker.ended;
    expect(resumed).toMatchObject({ status: 'completed', epochsDone: smallConfig.epochs });
    expect(await readFile(join(wanted.runFolder, 'log.txt'), 'utf8')).toContain('it goes on on the CPU');
  });

  test('is kept to what CNN_LAB_GPU_MEMORY allows', async () => {
    process.env['CNN_LAB_GPU_MEMORY'] = '0.1';
    await expect(train(request('kept', 'Wide'))).rejects.toThrow(/^There is not enough memory for the model/);
    process.env['CNN_LAB_GPU_MEMORY'] = 'much';
    await expect(train(request('kept', 'Wide'))).rejects.toThrow("CNN_LAB_GPU_MEMORY is 'much'.");
  });
});
