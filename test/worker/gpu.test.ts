import { copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openRun } from '../../src/node/run-store';
import { startWorker } from '../../src/node/worker-process';
import type { TrainRequest, TrainResult, WorkerEvents } from '../../src/protocol/worker';
import { jsonLines, runCli } from '../support/run-cli';
import type { SmallWorkplace } from '../support/small-run';
import { dist, makeSmallWorkplace, readMetrics, smallConfig, workerScript } from '../support/small-run';
import { noGpuEnvironment, noSoftwareGpu, softwareGpuEnvironment } from '../support/software-gpu';

/* Choosing the device, in worker processes with the environment that a user's would have. */

let folder: string;
let place: SmallWorkplace;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab gpu-'));
  place = await makeSmallWorkplace(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => void delete process.env['VK_ICD_FILENAMES']);

interface Told {
  readonly result: TrainResult;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

async function train(request: TrainRequest, script = workerScript, more: Partial<WorkerEvents> = {}): Promise<Told> {
  const warnings: string[] = [];
  const notes: string[] = [];
  const events: Partial<WorkerEvents> = {
    warning: ({ message }) => void warnings.push(message),
    note: ({ message }) => void notes.push(message),
    ...more,
  };
  const worker = startWorker({ script, events });
  const result = await worker.calls.train(request).finally(() => worker.ended);
  return { result, warnings, notes };
}

const quick = { ...smallConfig, epochs: 1 };

describe('where there is no GPU', () => {
  test('auto trains on the CPU, and the log says why', async () => {
    Object.assign(process.env, noGpuEnvironment);
    const runFolder = join(folder, 'none-auto');
    const { result, warnings, notes } = await train(place.request(runFolder, { device: 'auto', config: quick }));
    expect(result.status).toBe('completed');
    expect(warnings).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/^On the CPU: no GPU was found/)]);
    expect(await readFile(join(runFolder, 'log.txt'), 'utf8')).toContain('On the CPU: no GPU was found');
    expect((await openRun(runFolder))?.record?.device.kind).toBe('wasm');
  });

  test('gpu is refused in words, before there is a run', async () => {
    Object.assign(process.env, noGpuEnvironment);
    const runFolder = join(folder, 'none-gpu');
    await expect(train(place.request(runFolder, { device: 'gpu' }))).rejects.toMatchObject({
      message: 'There is no GPU that can be used.',
      remedy: expect.stringContaining('cnn-lab doctor') as string,
    });
    expect(await openRun(runFolder)).toBeUndefined();
  });

  test('the doctor ends with 1, and says in one JSON object what is wrong', async () => {
    Object.assign(process.env, noGpuEnvironment);
    const { exitCode, stdout } = await runCli(['doctor', '--json'], folder);
    expect(exitCode).toBe(1);
    const [report, ...more] = jsonLines(stdout);
    expect(more).toEqual([]);
    expect(report).toMatchObject({ event: 'doctor', usable: false, test: { kind: 'skipped' } });
    expect((report as { findings: { id: string }[] }).findings.map(({ id }) => id)).toContain('driver-path-absent');
    const text = await runCli(['doctor'], folder);
    expect(text.exitCode).toBe(1);
    expect(text.stdout).toContain('names /nowhere/no_icd.json, which is not there');
  });
});

describe('an installation', () => {
  /** dist as it is installed, with what is in its node_modules. */
  async function install(name: string, prepare: (modules: string) => Promise<void>): Promise<string> {
    const root = join(folder, name);
    await cp(dist, join(root, 'dist'), {
      recursive: true,
      filter: (path) => !/\.map$|[\\/](test|webviews)$/.test(path),
    });
    await copyFile(join(dist, '..', 'package.json'), join(root, 'package.json'));
    const modules = join(root, 'dist', 'node_modules');
    await mkdir(modules);
    for (const each of ['sharp', '@img', 'detect-libc', 'semver']) {
      await symlink(join(dist, '..', 'node_modules', each), join(modules, each));
    }
    await prepare(modules);
    return join(root, 'dist', 'worker.js');
  }

  test('without the GPU module trains on the CPU, and says what is missing where a GPU is asked for', async () => {
    const script = await install('without', () => Promise.resolve());
    const own = { script, events: {} };
    const listing = startWorker(own);
    expect(await listing.calls.listGpus()).toMatchObject({ kind: 'unloadable', reason: 'missing' });
    await expect(train(place.request(join(folder, 'without-gpu'), { device: 'gpu' }), script)).rejects.toThrow(
      'This installation has no GPU support: the package webgpu is not in it.',
    );
    const request = place.request(join(folder, 'without-auto'), { device: 'auto', config: quick });
    expect((await train(request, script)).result.status).toBe('completed');
  });

  test('with a damaged one does too', async () => {
    const script = await install('damaged', async (modules) => {
      const original = join(dist, '..', 'node_modules', 'webgpu');
      const binaries = join(modules, 'webgpu', 'dist', `${process.platform}-${process.arch}`);
      await mkdir(binaries, { recursive: true });
      for (const file of ['package.json', 'index.js'])
        await copyFile(join(original, file), join(modules, 'webgpu', file));
      await writeFile(join(binaries, 'dawn.node'), 'no library');
    });
    const listing = startWorker({ script, events: {} });
    expect(await listing.calls.listGpus()).toMatchObject({
      kind: 'unloadable',
      reason: 'broken',
      message: expect.stringContaining("The GPU support can't be loaded: ") as string,
    });
  });
});

describe.skipIf(noSoftwareGpu !== undefined)(`a GPU in software (${noSoftwareGpu ?? 'SwiftShader'})`, () => {
  test('is not what auto takes', async () => {
    Object.assign(process.env, softwareGpuEnvironment);
    const runFolder = join(folder, 'software-auto');
    const { notes } = await train(place.request(runFolder, { device: 'auto', config: quick }));
    expect(notes).toEqual([
      expect.stringMatching(/^On the CPU: the only GPU \(SwiftShader.*\) computes on the processor\.$/),
    ]);
    expect((await openRun(runFolder))?.record?.device.kind).toBe('wasm');
  });

  test('that is asked for by another name is not found', async () => {
    Object.assign(process.env, softwareGpuEnvironment, { CNN_LAB_GPU_ADAPTER: 'GeForce' });
    try {
      await expect(train(place.request(join(folder, 'named'), { device: 'gpu' }))).rejects.toMatchObject({
        message: "CNN_LAB_GPU_ADAPTER is 'GeForce', and no GPU is called so.",
        remedy: expect.stringContaining('There are: SwiftShader') as string,
      });
    } finally {
      delete process.env['CNN_LAB_GPU_ADAPTER'];
    }
  });

  test("trains LeNet on the sample's digits by the command line to the CPU's losses", async () => {
    Object.assign(process.env, softwareGpuEnvironment);
    const root = join(dist, '..');
    const trained = async (device: string) => {
      const run = join(folder, `digits-${device}`);
      const model = join(root, 'samples', 'models', 'lenet.py');
      const data = join(root, 'samples', 'data', 'digits');
      const options = ['--data', data, '--device', device, '--epochs', '1', '--seed', '1', '--out', run];
      const { exitCode, stderr } = await runCli(['train', model, ...options], folder);
      expect(exitCode, stderr).toBe(0);
      return [...(await losses(run)), (await openRun(run))?.record?.test?.loss ?? NaN];
    };
    const [own, expected] = [await trained('gpu'), await trained('cpu')];
    expect(own.length).toBe(expected.length);
    own.forEach((loss, index) => expect(Math.abs(loss / (expected[index] ?? 0) - 1)).toBeLessThan(1e-3));
  }, 400_000);

  test('says what it is, and a run goes on on the CPU where it was killed', async () => {
    Object.assign(process.env, softwareGpuEnvironment);
    const data = await fewDigits(join(folder, 'few-digits'));
    const model = { file: join(dist, '..', 'samples', 'models', 'lenet.py'), target: null };
    const config = { ...smallConfig, epochs: 2, seed: 1 };
    const cpuFolder = join(folder, 'lenet-cpu');
    await train(place.request(cpuFolder, { model, data, config }));

    const runFolder = join(folder, 'lenet-gpu');
    const warnings: string[] = [];
    const worker = startWorker({
      script: workerScript,
      events: {
        warning: ({ message }) => void warnings.push(message),
        epoch: () => void worker.kill(),
      },
    });
    const request = place.request(runFolder, { model, data, config, device: 'gpu' });
    await expect(worker.calls.train(request)).rejects.toThrow('The training process was ended by signal SIGKILL.');
    expect(warnings).toEqual([expect.stringMatching(/^There is no real GPU here: SwiftShader/)]);
    const killed = await openRun(runFolder);
    expect(killed).toMatchObject({ status: 'failed', record: { failedOnGpu: false, epochsDone: 1 } });
    expect(killed?.record?.device.description).toMatch(/^GPU in software, SwiftShader/);

    const again = startWorker({ script: workerScript, events: {} });
    const resumed = await again.calls.resume({ runFolder, device: 'cpu', threads: 1, epochs: null });
    expect(resumed.status).toBe('completed');
    await again.ended;
    const [own, expected] = [await losses(runFolder), await losses(cpuFolder)];
    expect(own.length).toBe(expected.length);
    own.forEach((loss, index) => expect(Math.abs(loss / (expected[index] ?? 0) - 1)).toBeLessThan(1e-3));
  }, 400_000);

  /** Of every line, and of the validation after every epoch. */
  async function losses(run: string): Promise<readonly number[]> {
    const lines = await readMetrics(run);
    return lines.flatMap((line) => (line.kind === 'epoch' ? [line.trainLoss, line.valLoss] : [line.trainLoss]));
  }

  /** The first of the sample's digits: on this GPU, all of them take minutes. */
  async function fewDigits(target: string): Promise<string> {
    await mkdir(target);
    const source = join(dist, '..', 'samples', 'data', 'digits');
    for (const [prefix, count] of [
      ['train', 72],
      ['t10k', 8],
    ] as const) {
      for (const [kind, itemBytes, headerBytes] of [
        ['images-idx3', 784, 16],
        ['labels-idx1', 1, 8],
      ] as const) {
        const name = `${prefix}-${kind}-ubyte`;
        const whole = gunzipSync(await readFile(join(source, `${name}.gz`)));
        const cut = Buffer.from(whole.subarray(0, headerBytes + count * itemBytes));
        cut.writeUInt32BE(count, 4);
        await writeFile(join(target, name), cut);
      }
    }
    return target;
  }
});
