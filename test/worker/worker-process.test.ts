import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRun, writeRunRecord } from '../../src/node/run-store';
import type { WorkerOptions, WorkerState } from '../../src/node/worker-process';
import { WorkerEndedError, startWorker } from '../../src/node/worker-process';
import type { WorkerEvents } from '../../src/protocol/worker';
import { defaultTrainConfig } from '../../src/core/train/defaults';
import { runRecord } from '../support/run-records';

/*
 * The handle of a worker process, held to workers that misbehave: small scripts that speak the worker's side of the
 * channel. The real worker is tested in training.test.ts.
 */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab worker-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function start(code: string, options: Partial<WorkerOptions> = {}) {
  const script = join(folder, 'worker.cjs');
  await writeFile(script, code);
  const states: WorkerState[] = [];
  const worker = startWorker({ script, events: {}, onState: (state) => void states.push(state), ...options });
  return { worker, states };
}

const evaluation = {
  runFolder: '/nowhere',
  checkpoint: 'best',
  data: null,
  split: null,
  device: 'auto',
  threads: null,
} as const;

/** Answers the first call by `answer`, an expression over `message`. */
const answering = (answer: string) => `process.once('message', (message) => { ${answer} });`;

describe('a worker process', () => {
  test('goes from starting over running to ended, its answer received though it ends at once', async () => {
    const { worker, states } = await start(
      answering(`
        process.send({ rpc: 'event', name: 'warning', args: [{ message: 'late' }] });
        process.send({ rpc: 'result', id: message.id, value: { confusion: new Int32Array([1, 2]) } }, () => process.exit(0));
      `),
      { events: { warning: ({ message }) => void warnings.push(message) } satisfies Partial<WorkerEvents> },
    );
    const warnings: string[] = [];
    expect(worker.state).toBe('starting');
    const result = await worker.calls.evaluate(evaluation);
    expect(result.confusion).toEqual(Int32Array.of(1, 2));
    expect(await worker.ended).toEqual({ exitCode: 0, signal: null, stderrTail: '' });
    expect(states).toEqual(['running', 'ended']);
    expect(warnings).toEqual(['late']);
  });

  test('that crashes rejects its call with the exit code and the end of its stderr', async () => {
    const { worker } = await start(
      answering(`
        process.stderr.write('x'.repeat(100000) + '\\nError: the disk is on fire\\n');
        process.exit(3);
      `),
    );
    const error = await worker.calls.evaluate(evaluation).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkerEndedError);
    expect((error as Error).message).toMatch(/exit code 3[^]*the disk is on fire/);
    const { stderrTail } = await worker.ended;
    expect(stderrTail).toMatch(/on fire$/);
    expect(stderrTail.length).toBeLessThanOrEqual(4000);
    await expect(worker.calls.predict({ ...evaluation, images: [], topK: 1 })).rejects.toThrow('exit code 3');
  });

  test('that throws while it loads rejects the call that waits for it', async () => {
    const { worker } = await start(`throw new Error('half a build');`);
    await expect(worker.calls.evaluate(evaluation)).rejects.toThrow(/exit code 1[^]*half a build/);
  });

  test('whose script is missing rejects too', async () => {
    const worker = startWorker({ script: join(folder, 'missing.js'), events: {} });
    await expect(worker.calls.evaluate(evaluation)).rejects.toThrow(/Cannot find module/);
  });

  test('stops when it is asked to', async () => {
    const { worker, states } = await start(`
      process.on('message', (message) => {
        if (message.name === 'evaluate') process.send({ rpc: 'event', name: 'warning', args: [{ message: 'busy' }] });
        if (message.name === 'stop') process.exit(0);
      });`);
    const call = worker.calls.evaluate(evaluation);
    const [end] = await Promise.all([worker.stop(), expect(call).rejects.toThrow('exit code 0')]);
    expect(end).toMatchObject({ exitCode: 0, signal: null });
    expect(states.at(-2)).toBe('stopping');
    expect(await worker.stop()).toBe(end);
  });

  test('that does not heed a stop is killed after the grace', async () => {
    const { worker } = await start(`process.on('message', () => {}); process.on('SIGTERM', () => {});`, {
      stopGraceMs: 300,
    });
    const call = worker.calls.evaluate(evaluation);
    const [end] = await Promise.all([worker.stop(), expect(call).rejects.toThrow('signal SIGKILL')]);
    expect(end.signal).toBe('SIGKILL');
    expect(worker.state).toBe('ended');
  });

  test('that hangs in a loop can be killed at once', async () => {
    const { worker } = await start(answering('for (;;) {}'));
    const call = worker.calls.evaluate(evaluation);
    const [end] = await Promise.all([worker.kill(), expect(call).rejects.toThrow('signal SIGKILL')]);
    expect(end.signal).toBe('SIGKILL');
  });

  test('does not take over the inspector of its host', async () => {
    const { worker } = await start(
      answering(`process.send({ rpc: 'result', id: message.id, value: process.execArgv }, () => process.exit(0));`),
    );
    const flags = (await worker.calls.evaluate(evaluation)) as unknown as string[];
    expect(flags.filter((flag) => flag.startsWith('--inspect'))).toEqual([]);
  });
});

describe('a worker that dies in the middle of a run', () => {
  const request = (runFolder: string) => ({
    model: { file: '/m.py', target: null },
    data: '/data',
    config: defaultTrainConfig,
    device: 'auto' as const,
    threads: null,
    runFolder,
    name: 'r',
    weights: null,
  });

  test('leaves a run that is marked failed, with reason and log, before the call rejects', async () => {
    const runFolder = join(folder, 'run');
    await mkdir(runFolder);
    const { worker } = await start(
      answering(`
        process.send({ rpc: 'event', name: 'warning', args: [{ message: 'begun' }] });
        process.on('message', () => { console.error('out of luck'); process.abort(); });
      `),
      {
        events: {
          warning: () => {
            const { processId = 0 } = worker;
            const record = runRecord({ status: 'running', processId, endedAt: null });
            void writeRunRecord(runFolder, record).then(() => worker.calls.stop().catch(() => undefined));
          },
        },
      },
    );
    await expect(worker.calls.train(request(runFolder))).rejects.toThrow('signal SIGABRT');
    const run = await openRun(runFolder);
    expect(run?.record).toMatchObject({ status: 'failed' });
    expect(run?.failure).toMatch(/ended by signal SIGABRT/);
    expect(run?.record?.endedAt).not.toBeNull();
    expect(await readFile(join(runFolder, 'log.txt'), 'utf8')).toContain('out of luck');
  });

  test('a run that had ended by itself stays as it is', async () => {
    const runFolder = join(folder, 'run');
    await mkdir(runFolder);
    await writeRunRecord(runFolder, runRecord({ status: 'stopped' }));
    const { worker } = await start(answering('process.exit(1)'));
    await expect(worker.calls.train(request(runFolder))).rejects.toThrow('exit code 1');
    expect((await openRun(runFolder))?.status).toBe('stopped');
  });
});
