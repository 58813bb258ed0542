import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { globals } from 'webgpu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors';
import { openRun } from '../../src/node/run-store';
import { startWorker } from '../../src/node/worker-process';
import type { WorkerEvents } from '../../src/protocol/worker';
import { trainJob } from '../../src/worker/train-job';
import type { SmallWorkplace } from '../support/small-run';
import { dist, makeSmallWorkplace, readMetrics, smallConfig, workerScript } from '../support/small-run';
import { noSoftwareGpu, softwareGpuEnvironment } from '../support/software-gpu';

Object.assign(process.env, softwareGpuEnvironment);

/** Devices that were made in this process, so that they can be taken away. */
const devices: GPUDevice[] = [];
const { GPUAdapter, GPUDevice } = globals as {
  GPUAdapter: { prototype: GPUAdapter };
  GPUDevice: { prototype: GPUDevice };
};
const requestDevice = Reflect.get(GPUAdapter.prototype, 'requestDevice');
GPUAdapter.prototype.requestDevice = async function (descriptor) {
  const device = await Reflect.apply(requestDevice, this, [descriptor]);
  devices.push(device);
  return device;
};

/** What stands at the end of every shader, so that the driver can be made to refuse them. */
let addition = '';
const createShaderModule = Reflect.get(GPUDevice.prototype, 'createShaderModule');
GPUDevice.prototype.createShaderModule = function (descriptor) {
  return Reflect.apply(createShaderModule, this, [{ ...descriptor, code: `${descriptor.code}\n${addition}` }]);
};

let folder: string;
let place: SmallWorkplace;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab gpu loss-'));
  place = await makeSmallWorkplace(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const silent: WorkerEvents = {
  runStarted: () => undefined,
  dataProgress: () => undefined,
  step: () => undefined,
  epoch: () => undefined,
  warning: () => undefined,
  note: () => undefined,
  foldProgress: () => undefined,
};

describe.skipIf(noSoftwareGpu !== undefined)(`a GPU that fails (${noSoftwareGpu ?? 'SwiftShader'})`, () => {
  test('because it is lost: the run fails in words, and goes on on the CPU, to the numbers of a run that was there from the beginning', async () => {
    const model = { file: place.modelFile, target: 'Plain' };
    const runFolder = join(folder, 'lost');
    const events: WorkerEvents = {
      ...silent,
      epoch: ({ epoch }) => {
        if (epoch === 2) for (const device of devices) device.destroy();
      },
    };
    const context = { events, signal: new AbortController().signal, assets: dist };
    const failure: unknown = await trainJob(place.request(runFolder, { model, device: 'gpu' }), context).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({
      message: expect.stringContaining('The GPU device was lost') as string,
      remedy: expect.stringMatching(/last checkpoint, on the CPU \(--device cpu\)/) as string,
    });
    const run = await openRun(runFolder);
    expect(run).toMatchObject({ status: 'failed', record: { failedOnGpu: true, epochsDone: 2 } });
    expect(run?.record?.device).toMatchObject({
      kind: 'webgpu',
      description: expect.stringMatching(/^GPU in software, /) as string,
    });
    expect(run?.failure).toContain('The GPU device was lost');

    const warnings: string[] = [];
    const worker = startWorker({
      script: workerScript,
      events: { warning: ({ message }) => void warnings.push(message) },
    });
    const resumed = await worker.calls.resume({ runFolder, device: 'auto', threads: 1, epochs: null });
    await worker.ended;
    expect(resumed).toMatchObject({ status: 'completed', epochsDone: smallConfig.epochs });
    expect(warnings).toEqual(['The GPU failed in this run: it goes on on the CPU. The device gpu tries it again.']);
    expect((await openRun(runFolder))?.record).toMatchObject({ failedOnGpu: false, device: { kind: 'wasm' } });
    expect(await readFile(join(runFolder, 'log.txt'), 'utf8')).toContain('it goes on on the CPU');

    const whole = join(folder, 'whole');
    const other = startWorker({ script: workerScript, events: {} });
    await other.calls.train(place.request(whole, { model }));
    await other.ended;
    const losses = async (run: string) => (await readMetrics(run)).map(({ trainLoss }) => trainLoss);
    const expected = await losses(whole);
    const own = await losses(runFolder);
    expect(own.length).toBe(expected.length);
    own.forEach((loss, index) => expect(Math.abs(loss / (expected[index] ?? 0) - 1)).toBeLessThan(1e-3));
  }, 300_000);

  test('whose driver refuses a kernel: there is no run, and it is said what to do', async () => {
    addition = 'fn broken() -> f32 { return 1u; }';
    try {
      const model = { file: place.modelFile, target: 'Plain' };
      const request = place.request(join(folder, 'refused'), { model, device: 'gpu' });
      const context = { events: silent, signal: new AbortController().signal, assets: dist };
      await expect(trainJob(request, context)).rejects.toMatchObject({
        name: 'UserError',
        message: expect.stringMatching(
          /^The GPU's driver refuses a program\. .* does not compile the kernel '/,
        ) as string,
        remedy: expect.stringContaining('Use the CPU') as string,
      });
      expect(await openRun(request.runFolder)).toBeUndefined();
    } finally {
      addition = '';
    }
  }, 60_000);
});
