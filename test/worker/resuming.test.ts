import { watch } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shorthandTransforms } from '../../src/core/data/augment/shorthand-transforms';
import { metricsFile, openRun } from '../../src/node/run-store';
import type { WorkerProcess } from '../../src/node/worker-process';
import { startWorker } from '../../src/node/worker-process';
import type { ResumeRequest, TrainResult, WorkerEvents } from '../../src/protocol/worker';
import type { SmallWorkplace } from '../support/small-run';
import { checkpointHashes, makeSmallWorkplace, smallConfig, timelessMetrics, workerScript } from '../support/small-run';

/** Images are changed as they are taken: that goes on where it was too. */
const config = { ...smallConfig, augment: shorthandTransforms({ flip: true, cropPadding: 1 }) };

let folder: string;
let place: SmallWorkplace;
let unbroken: { test: TrainResult['test']; checkpoints: object; metrics: readonly object[] };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab resuming-'));
  place = await makeSmallWorkplace(folder);
  const runFolder = join(folder, 'unbroken');
  const worker = startWorker({ script: workerScript, events: {} });
  const { test } = await worker.calls.train(place.request(runFolder, { config })).finally(() => worker.ended);
  unbroken = { test, checkpoints: await checkpointHashes(runFolder), metrics: await timelessMetrics(runFolder) };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const resumption = (runFolder: string, changes: Partial<ResumeRequest> = {}): ResumeRequest => ({
  runFolder,
  device: 'cpu',
  threads: 2,
  epochs: null,
  ...changes,
});

/** Starts or resumes a run; `interrupt` may stop or kill it at any event. Gives the result, or undefined where it was killed. */
async function go(
  runFolder: string,
  begin: boolean,
  interrupt: (worker: WorkerProcess, event: string) => void,
): Promise<TrainResult | undefined> {
  const events: Partial<WorkerEvents> = {
    runStarted: () => interrupt(worker, 'start'),
    step: ({ step }) => interrupt(worker, `step ${step}`),
    epoch: ({ epoch }) => interrupt(worker, `epoch ${epoch}`),
  };
  const worker = startWorker({ script: workerScript, events });
  const job = begin
    ? worker.calls.train(place.request(runFolder, { config }))
    : worker.calls.resume(resumption(runFolder));
  const result = await job.catch(async (error: unknown) => {
    if ((await worker.ended).signal === 'SIGKILL') return undefined;
    throw error;
  });
  await worker.ended;
  return result;
}

async function expectUnbroken(runFolder: string, result: TrainResult | undefined): Promise<void> {
  expect(result?.status).toBe('completed');
  expect(result?.test).toEqual(unbroken.test);
  expect(await checkpointHashes(runFolder)).toEqual(unbroken.checkpoints);
  expect(await timelessMetrics(runFolder)).toEqual(unbroken.metrics);
  expect((await openRun(runFolder))?.record).toMatchObject({ status: 'completed', failure: null, epochsDone: 4 });
}

describe('a run that was stopped', () => {
  test('goes on to the bytes of an unbroken one, wherever and however often it was stopped', async () => {
    const runFolder = join(folder, 'stopped');
    const moments = ['start', 'step 4', 'step 13', 'step 21', 'epoch 2', 'step 30', 'epoch 4'];
    let result: TrainResult | undefined;
    for (const [index, moment] of moments.entries()) {
      result = await go(runFolder, index === 0, (worker, event) => {
        if (event === moment) void worker.stop();
      });
      if (result?.status === 'completed') break; // The last moment is so near the end that the stop may come too late.
      expect(result?.status).toBe('stopped');
      expect(await openRun(runFolder)).toMatchObject({ status: 'stopped', failure: null });
    }
    if (result?.status !== 'completed') result = await go(runFolder, false, () => undefined);
    await expectUnbroken(runFolder, result);
  });

  test('is resumed with its own configuration, for more epochs where they are asked for', async () => {
    const short = join(folder, 'short');
    const worker = startWorker({ script: workerScript, events: {} });
    await worker.calls.train(place.request(short, { config: { ...config, epochs: 2 } }));
    await worker.ended;

    const again = startWorker({ script: workerScript, events: {} });
    await expect(again.calls.resume(resumption(short))).rejects.toThrow('bars is complete.');
    const longer = startWorker({ script: workerScript, events: {} });
    const result = await longer.calls.resume(resumption(short, { epochs: 4 }));
    expect(result).toMatchObject({ status: 'completed', epochsDone: 4, test: unbroken.test });
    expect(await timelessMetrics(short)).toEqual(unbroken.metrics);
    expect((await openRun(short))?.record?.config.epochs).toBe(4);
  });
});

describe('a run whose worker was killed', () => {
  test('shows as failed with a reason, and goes on to the bytes of an unbroken one', async () => {
    const runFolder = join(folder, 'killed');
    const moments = ['start', 'step 8', 'epoch 1', 'step 17', 'step 26', 'epoch 2', 'epoch 3', 'step 52'];
    for (const [index, moment] of moments.entries()) {
      const result = await go(runFolder, index === 0, (worker, event) => {
        if (event === moment) void worker.kill();
      });
      expect(result, moment).toBeUndefined();
      const run = await openRun(runFolder);
      expect(run?.record?.status).toBe('failed');
      expect(run?.failure).toContain('The training process was ended by signal SIGKILL.');
    }
    await expectUnbroken(runFolder, await go(runFolder, false, () => undefined));
  });

  test('does so too where it was killed while it wrote its checkpoints', async () => {
    const runFolder = join(folder, 'killed-writing');
    let begin = true;
    for (const writes of [1, 3, 4, 6, 9]) {
      let seen = 0;
      let watcher: ReturnType<typeof watch> | undefined;
      const result = await go(runFolder, begin, (worker, event) => {
        if (event !== 'start') return;
        // Each checkpoint is seen several times: made under its temporary name, written, renamed.
        watcher = watch(join(runFolder, 'checkpoints'), () => {
          seen++;
          if (seen === writes) void worker.kill();
        });
      });
      watcher?.close();
      begin = false;
      if (result?.status === 'completed') return expectUnbroken(runFolder, result);
    }
    await expectUnbroken(runFolder, await go(runFolder, false, () => undefined));
  });

  test('is not resumed while another process trains it', async () => {
    const runFolder = join(folder, 'busy');
    let refusal: Promise<unknown> = Promise.resolve('the run has not begun');
    await go(runFolder, true, (worker, event) => {
      if (event !== 'start') return;
      const second = startWorker({ script: workerScript, events: {} });
      refusal = second.calls.resume(resumption(runFolder)).catch((error: unknown) => error);
      void refusal.then(() => worker.stop());
    });
    expect(String(await refusal)).toMatch(/is being trained by process \d+|is complete/);
  });
});

describe('a run folder that was damaged', () => {
  test('is resumed though its metrics end in a torn line and have a bad one', async () => {
    const runFolder = join(folder, 'torn');
    await go(runFolder, true, (worker, event) => {
      if (event === 'step 17') void worker.stop();
    });
    const file = join(runFolder, metricsFile);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('\n', '\n{"kind":"step","step":2\n'));
    await appendFile(file, '{"kind":"epoch","epo');
    await expectUnbroken(runFolder, await go(runFolder, false, () => undefined));
  });

  test('without its checkpoint, its graph or its run.json says what is missing', async () => {
    const runFolder = join(folder, 'gaps');
    await go(runFolder, true, (worker, event) => {
      if (event === 'step 4') void worker.stop();
    });
    const refusal = async () => {
      const worker = startWorker({ script: workerScript, events: {} });
      const error = await worker.calls.resume(resumption(runFolder)).catch((thrown: unknown) => thrown);
      await worker.ended;
      return String(error);
    };
    const last = join(runFolder, 'checkpoints', 'last.safetensors');
    const bytes = await readFile(last);
    await writeFile(last, bytes.subarray(0, bytes.length / 2));
    expect(await refusal()).toMatch(/last\.safetensors is not a sound safetensors file/);
    await rm(last);
    expect(await refusal()).toMatch(/There is no file .*last\.safetensors/);
    await writeFile(join(runFolder, 'graph.json'), '{');
    expect(await refusal()).toMatch(/graph\.json can't be read/);
    await writeFile(join(runFolder, 'run.json'), '{');
    expect(await refusal()).toMatch(/run\.json is damaged/);
  });
});
