import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkpointsFolder, openRun } from '../../src/node/run-store';
import { startWorker } from '../../src/node/worker-process';
import type { SmallWorkplace } from '../support/small-run';
import { makeSmallWorkplace, smallConfig, workerScript } from '../support/small-run';

let folder: string;
let place: SmallWorkplace;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab failing-'));
  place = await makeSmallWorkplace(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a run that fails', () => {
  test('where it can not save its checkpoints is marked failed, with the reason, and the stack in its log', async () => {
    const runFolder = join(folder, 'unsaved');
    const worker = startWorker({
      script: workerScript,
      events: {
        runStarted: () => {
          const { processId } = worker;
          if (processId === undefined) throw new Error('The worker has not started');
          // It writes there: it is held still meanwhile.
          process.kill(processId, 'SIGSTOP');
          renameSync(join(runFolder, checkpointsFolder), join(runFolder, 'moved'));
          writeFileSync(join(runFolder, checkpointsFolder), 'in the way');
          process.kill(processId, 'SIGCONT');
        },
      },
    });
    const request = place.request(runFolder, { config: { ...smallConfig, epochs: 1000 } });
    await expect(worker.calls.train(request)).rejects.toThrow('ENOTDIR');
    const run = await openRun(runFolder);
    expect(run?.record?.status).toBe('failed');
    expect(run?.failure).toContain('ENOTDIR');
    expect(await readFile(join(runFolder, 'log.txt'), 'utf8')).toMatch(
      /The run has failed\.\nUserError: .*ENOTDIR[^]*\n {4}at .*writeCheckpoint/,
    );
    await worker.ended;
  });

  test('where its process is aborted is marked failed by the host', async () => {
    const runFolder = join(folder, 'aborted');
    const worker = startWorker({
      script: workerScript,
      events: { runStarted: () => void process.kill(worker.processId ?? 0, 'SIGABRT') },
    });
    const request = place.request(runFolder, { config: { ...smallConfig, epochs: 1000 } });
    await expect(worker.calls.train(request)).rejects.toThrow('The training process was ended by signal SIGABRT.');
    expect(await openRun(runFolder)).toMatchObject({ status: 'failed' });
    expect(await readFile(join(runFolder, 'log.txt'), 'utf8')).toContain('ended by signal SIGABRT');
  });

  test('is refused in words where its request is not one', async () => {
    const worker = startWorker({ script: workerScript, events: {} });
    const request = { ...place.request(join(folder, 'odd')), threads: 'two' } as never;
    await expect(worker.calls.train(request)).rejects.toThrow(/Invalid type.*"two"/);
    expect(await worker.ended).toMatchObject({ exitCode: 0 });
  });

  test('names a configuration that can not be', async () => {
    const worker = startWorker({ script: workerScript, events: {} });
    const request = place.request(join(folder, 'odd'), { config: { ...smallConfig, epochs: 0 } });
    await expect(worker.calls.train(request)).rejects.toThrow('The number of epochs must be');
    await worker.ended;
  });
});

describe('a worker', () => {
  test('does one job and no second one', async () => {
    const worker = startWorker({ script: workerScript, events: {} });
    const first = worker.calls.train(place.request(join(folder, 'first')));
    await expect(worker.calls.train(place.request(join(folder, 'second')))).rejects.toThrow('does one job');
    expect((await first).status).toBe('completed');
    await worker.ended;
  });

  test('that is stopped while it reads the data leaves nothing behind', async () => {
    const runFolder = join(folder, 'early');
    const worker = startWorker({ script: workerScript, events: {} });
    const job = worker.calls.train(place.request(runFolder));
    void worker.stop();
    expect(await job).toMatchObject({ status: 'stopped', epochsDone: 0 });
    expect(await openRun(runFolder)).toBeUndefined();
  });

  test('reads a model that imports another file, and keeps both', async () => {
    await writeFile(join(folder, 'parts.py'), 'from torch import nn\n\n\ndef head(n):\n    return nn.Linear(144, n)\n');
    await writeFile(
      join(folder, 'whole.py'),
      `from torch import nn
from parts import head


class Whole(nn.Module):
    def __init__(self, num_classes=4):
        super().__init__()
        self.head = head(num_classes)

    def forward(self, x):
        return self.head(x.flatten(1))
`,
    );
    const runFolder = join(folder, 'imports');
    const worker = startWorker({ script: workerScript, events: {} });
    const model = { file: join(folder, 'whole.py'), target: null };
    await worker.calls.train(place.request(runFolder, { model, config: { ...smallConfig, epochs: 1 } }));
    expect(await readFile(join(runFolder, 'model', 'parts.py'), 'utf8')).toContain('def head');
    expect((await openRun(runFolder))?.record?.model).toMatchObject({ target: 'Whole', parameterCount: 580 });
    await worker.ended;
  });
});
