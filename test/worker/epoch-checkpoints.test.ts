import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSafetensors } from '../../src/core/formats/safetensors';
import { epochCheckpointPath, keptEpochs } from '../../src/node/checkpoint-file';
import { startInspector, type InspectorProcess } from '../../src/node/inspector-process';
import { checkpointPath, openRun } from '../../src/node/run-store';
import { startWorker, type WorkerProcess } from '../../src/node/worker-process';
import type { TrainResult, WorkerEvents } from '../../src/protocol/worker';
import { dist, makeSmallWorkplace, smallConfig, workerScript, type SmallWorkplace } from '../support/small-run';

let folder: string;
let place: SmallWorkplace;
let inspector: InspectorProcess;
let all: string;
let fileBytes: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab epochs-'));
  place = await makeSmallWorkplace(folder);
  inspector = startInspector({ script: join(dist, 'inspector.js'), events: {} });
  all = await trained('all', smallConfig.epochs, 200);
  fileBytes = (await stat(epochCheckpointPath(all, 0))).size;
});
afterAll(async () => {
  await inspector.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function trained(name: string, epochs: number, epochCheckpointsMb: number): Promise<string> {
  const runFolder = join(folder, name);
  await job({}, (calls) =>
    calls.train(place.request(runFolder, { config: { ...smallConfig, epochs, epochCheckpointsMb } })),
  );
  return runFolder;
}

async function job(
  events: Partial<WorkerEvents>,
  work: (calls: WorkerProcess['calls']) => Promise<TrainResult>,
  begin: (worker: WorkerProcess) => void = () => undefined,
): Promise<TrainResult | undefined> {
  const worker = startWorker({ script: workerScript, events });
  begin(worker);
  const result = await work(worker.calls).catch(async (error: unknown) => {
    if ((await worker.ended).signal === 'SIGKILL') return undefined;
    throw error;
  });
  await worker.ended;
  return result;
}

const filesOf = async (runFolder: string) =>
  Object.fromEntries(
    await Promise.all(
      (await keptEpochs(runFolder)).map(async (epoch) => [
        epoch,
        await readFile(epochCheckpointPath(runFolder, epoch)),
      ]),
    ),
  ) as Record<string, Buffer>;

/** Room for so many files. */
const roomFor = (count: number): number => ((count + 0.5) * fileBytes) / 1e6;

test('every epoch has its weights and buffers, from before the first step on, and no moments', async () => {
  const files = await filesOf(all);
  expect(Object.keys(files)).toEqual(['0', '1', '2', '3', '4']);
  const last = parseSafetensors(await readFile(checkpointPath(all, 'last')), 'last').tensors;
  const own = parseSafetensors(files['4'] ?? Buffer.alloc(0), 'epoch 4').tensors;
  expect([...own.keys()]).toEqual([...last.keys()].filter((name) => !name.startsWith('optimizer.')));
  for (const [name, tensor] of own) expect(tensor, name).toEqual(last.get(name));
  const { epoch } = await inspector.calls.describe({ kind: 'run', runFolder: all, checkpoint: 'best' });
  expect(files[String(epoch)]).toEqual(await readFile(checkpointPath(all, 'best')));
});

test('epoch 0 is the model as its seed makes it', async () => {
  const inputShape = [1, 12, 12];
  const untrained = { kind: 'model', file: place.modelFile, target: 'SmallNet', inputShape } as const;
  const { layers } = await inspector.calls.describe({ ...untrained, classCount: 4, seed: smallConfig.seed });
  const layer = layers[0]?.id ?? 0;
  const before = await inspector.calls.filters({ subject: { kind: 'run', runFolder: all, checkpoint: 0 }, layer });
  const made = await inspector.calls.filters({
    subject: { ...untrained, classCount: 4, seed: smallConfig.seed },
    layer,
  });
  expect(before.weights).toEqual(made.weights);
});

test('where they would take more than they may, they are thinned evenly, and the best and the last stay', async () => {
  const runFolder = await trained('thin', 6, roomFor(4));
  expect(await keptEpochs(runFolder)).toEqual([0, 2, 4, 6]);
  expect((await readdir(join(runFolder, 'checkpoints'))).sort()).toContain('best.safetensors');
  const checkpoints = await inspector.calls.checkpoints(runFolder);
  const best = checkpoints.find((each) => each.best)?.epoch ?? -1;
  // An epoch that was thinned out is there all the same where it is the best.
  const { epoch } = await inspector.calls.describe({ kind: 'run', runFolder, checkpoint: best });
  expect(epoch).toBe(best);
  const gone = [1, 3, 5].find((each) => each !== best) ?? 1;
  const asked = inspector.calls.describe({ kind: 'run', runFolder, checkpoint: gone });
  await expect(asked).rejects.toThrow(`no weights of epoch ${gone}`);
});

test('none are kept where none may be, or where one is too large', async () => {
  expect(await keptEpochs(await trained('none', 1, 0))).toEqual([]);
  const messages: string[] = [];
  const config = { ...smallConfig, epochs: 2, epochCheckpointsMb: roomFor(0) };
  await job({ warning: ({ message }) => messages.push(message) }, (calls) =>
    calls.train(place.request(join(folder, 'large'), { config })),
  );
  expect(await keptEpochs(join(folder, 'large'))).toEqual([]);
  expect(messages.filter((message) => message.includes('single epochs are not kept'))).toHaveLength(1);
});

test('a run that was killed and resumed has those of an unbroken one', async () => {
  const runFolder = join(folder, 'killed');
  const request = place.request(runFolder);
  for (const moment of ['start', 1, 2] as const) {
    let worker: WorkerProcess | undefined;
    const killAt = (event: 'start' | number) => void (event === moment && worker?.kill());
    const result = await job(
      { runStarted: () => killAt('start'), epoch: ({ epoch }) => killAt(epoch) },
      (calls) =>
        moment === 'start'
          ? calls.train(request)
          : calls.resume({ runFolder, device: 'cpu', threads: 1, epochs: null }),
      (started) => (worker = started),
    );
    if (result) break; // It was at its end before the kill came.
  }
  if ((await openRun(runFolder))?.status !== 'completed') {
    await job({}, (calls) => calls.resume({ runFolder, device: 'cpu', threads: 1, epochs: null }));
  }
  expect(await filesOf(runFolder)).toEqual(await filesOf(all));
});
