import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRun } from '../../src/node/run-store';
import type { ResumeRequest, TrainRequest, WorkerEvents } from '../../src/protocol/worker';
import { resumeJob } from '../../src/worker/resume-job';
import { trainJob } from '../../src/worker/train-job';
import { runCli } from '../support/run-cli';
import { checkpointHashes, dist, makeSmallWorkplace, readMetrics, smallConfig } from '../support/small-run';
import type { SmallWorkplace } from '../support/small-run';
import { noSoftwareGpu, softwareGpuEnvironment } from '../support/software-gpu';

Object.assign(process.env, softwareGpuEnvironment);

/** Gradients of its scores are so large that they overflow until the scale has come down. */
const loud = `
import torch.nn as nn


class Loud(nn.Module):
    def __init__(self, num_classes=4):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(400, num_classes)

    def forward(self, x):
        return 200 * self.fc(self.conv(x).relu().flatten(1))
`;

let folder: string;
let place: SmallWorkplace;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab precision-'));
  place = await makeSmallWorkplace(folder);
  file = join(folder, 'loud.py');
  await writeFile(file, loud);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const config = { ...smallConfig, epochs: 3, precision: 'f16' } as const;

const request = (name: string, changes: Partial<TrainRequest> = {}) =>
  place.request(join(folder, name), { model: { file, target: 'Loud' }, device: 'gpu', config, ...changes });

const logOf = (runFolder: string) => readFile(join(runFolder, 'log.txt'), 'utf8');

/** Aborted at the end of that epoch. */
function contextOf(stopAfter = Infinity, events: Partial<WorkerEvents> = {}) {
  const controller = new AbortController();
  const silent: WorkerEvents = {
    runStarted: () => undefined,
    dataProgress: () => undefined,
    step: () => undefined,
    epoch: ({ epoch }) => {
      if (epoch === stopAfter) controller.abort();
    },
    warning: () => undefined,
    note: () => undefined,
    foldProgress: () => undefined,
  };
  return { events: { ...silent, ...events }, signal: controller.signal, assets: dist };
}

test('16 bits are refused on the CPU, with the reason, before there is a run', async () => {
  const wanted = request('cpu', { device: 'cpu' });
  await expect(trainJob(wanted, contextOf())).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(
      /^Floats of 16 bits \(precision f16\) are not to be had on CPU.*they are for GPUs/,
    ) as string,
    remedy: 'Choose the precision f32, or the device gpu where there is one.',
  });
  expect(await openRun(wanted.runFolder)).toBeUndefined();
  const options = ['--data', 'bars', '--device', 'cpu', '--precision', 'f16'];
  const { exitCode, stderr } = await runCli(['train', 'loud.py', ...options], folder);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Floats of 16 bits');
});

describe.skipIf(noSoftwareGpu !== undefined)(`training with 16 bits (${noSoftwareGpu ?? 'SwiftShader'})`, () => {
  test('skips steps until the scale fits, tells it, and is resumed to the very bytes of an unbroken run', async () => {
    const whole = request('whole');
    expect((await trainJob(whole, contextOf())).status).toBe('completed');
    const log = await logOf(whole.runFolder);
    expect(log).toContain('Precision f16: activations and their gradients are rounded to 16 bits in the place of 32');
    const [, scale = '', skipped = ''] = /scaled by (\d+); steps skipped so far: (\d+)\./.exec(log) ?? [];
    expect(Number(skipped)).toBeGreaterThan(0);
    expect(Number(scale)).toBe(65536 / 2 ** Number(skipped));
    const losses = (await readMetrics(whole.runFolder)).map(({ trainLoss }) => trainLoss);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? NaN);

    const broken = request('broken');
    expect((await trainJob(broken, contextOf(1))).status).toBe('stopped');
    const again: ResumeRequest = { ...broken, device: 'gpu', epochs: null };
    expect((await resumeJob(again, contextOf())).status).toBe('completed');
    expect(await checkpointHashes(broken.runFolder)).toEqual(await checkpointHashes(whole.runFolder));
  }, 120_000);

  test('goes on with 32 bits where a run is resumed on the CPU', async () => {
    const stopped = request('to-cpu');
    await trainJob(stopped, contextOf(1));
    const warnings: string[] = [];
    const events = { warning: ({ message }: { message: string }) => void warnings.push(message) };
    const again: ResumeRequest = { ...stopped, device: 'cpu', epochs: null };
    expect((await resumeJob(again, contextOf(Infinity, events))).status).toBe('completed');
    expect(warnings).toEqual([expect.stringMatching(/^The run goes on in f32: CPU.* has no floats of 16 bits\.$/)]);
    expect((await openRun(stopped.runFolder))?.record?.config.precision).toBe('f32');
  }, 120_000);
});
