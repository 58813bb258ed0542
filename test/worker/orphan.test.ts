import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRun } from '../../src/node/run-store';
import { startWorker } from '../../src/node/worker-process';
import type { SmallWorkplace } from '../support/small-run';
import { makeSmallWorkplace, smallConfig, workerScript } from '../support/small-run';

let folder: string;
let place: SmallWorkplace;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab orphan-'));
  place = await makeSmallWorkplace(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A host that starts a training and can be killed; the worker writes to the same stderr. */
const host = `
  const { fork } = require('node:child_process');
  const [script, request] = [process.argv[2], JSON.parse(process.argv[3])];
  const worker = fork(script, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  worker.on('message', (message) => console.log(message.name ?? message.rpc));
  worker.send({ rpc: 'call', id: 1, name: 'train', args: [request] });
`;

test('a worker whose host was killed saves its run and ends', async () => {
  const script = join(folder, 'host.cjs');
  await writeFile(script, host);
  const runFolder = join(folder, 'run');
  const request = place.request(runFolder, { config: { ...smallConfig, epochs: 10_000 } });
  const process_ = spawn(process.execPath, [script, workerScript, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  process_.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // `close` comes when nobody holds the pipes any more: neither the host nor the worker.
  const closed = once(process_, 'close');
  for await (const line of createInterface({ input: process_.stdout })) {
    if (line === 'epoch') process_.kill('SIGKILL');
  }
  await closed;

  expect(stderr).toBe('');
  const run = await openRun(runFolder);
  expect(run).toMatchObject({ status: 'stopped', failure: null });
  expect(run?.record?.epochsDone).toBeGreaterThanOrEqual(1);
  expect(await readFile(join(runFolder, 'log.txt'), 'utf8')).toMatch(/The run is stopped after \d+ steps/);

  const worker = startWorker({
    script: workerScript,
    events: { epoch: () => void worker.stop() },
  });
  const resumed = await worker.calls.resume({ runFolder, device: 'cpu', threads: 1, epochs: null });
  expect(resumed.status).toBe('stopped');
  expect(resumed.epochsDone).toBeGreaterThan(run?.record?.epochsDone ?? 0);
  await worker.ended;
});

test('a worker that never gets a job ends with its host', async () => {
  const script = join(folder, 'idle-host.cjs');
  await writeFile(script, host.replace(/worker\.send.*/, "console.log('forked');"));
  const process_ = spawn(process.execPath, [script, workerScript, '{}'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(process_, 'close');
  process_.stdout.once('data', () => process_.kill('SIGKILL'));
  const [, signal] = (await closed) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
});
