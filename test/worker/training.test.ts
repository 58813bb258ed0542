import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors';
import { parseSafetensors } from '../../src/core/formats/safetensors';
import { defaultOptimizer } from '../../src/core/train/defaults';
import { checkpointPath, openRun, renameRun } from '../../src/node/run-store';
import { startWorker } from '../../src/node/worker-process';
import type { TrainRequest, TrainResult, WorkerEvents } from '../../src/protocol/worker';
import type { SmallWorkplace } from '../support/small-run';
import {
  checkpointHashes,
  makeSmallWorkplace,
  readMetrics,
  smallConfig,
  timelessMetrics,
  workerScript,
} from '../support/small-run';

let folder: string;
let place: SmallWorkplace;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab training-'));
  place = await makeSmallWorkplace(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function train(request: TrainRequest, events: Partial<WorkerEvents> = {}): Promise<TrainResult> {
  const worker = startWorker({ script: workerScript, events });
  const result = await worker.calls.train(request).finally(() => worker.ended);
  expect(await worker.ended).toMatchObject({ exitCode: 0, stderrTail: '' });
  return result;
}

describe('a run', () => {
  test('trains to its end: events, metrics, checkpoints and run.json tell the same', async () => {
    const runFolder = join(folder, 'whole');
    const heard: string[] = [];
    const result = await train(place.request(runFolder), {
      runStarted: ({ id, epochs, stepsPerEpoch }) => void heard.push(`start ${id} ${epochs}×${stepsPerEpoch}`),
      step: ({ step, stepOfEpoch }) => void heard.push(`step ${step} ${stepOfEpoch}`),
      epoch: ({ epoch, epochs }) => void heard.push(`epoch ${epoch}/${epochs}`),
      warning: ({ message }) => void heard.push(message),
    });

    // 405 of 450 images in 13 steps, a line every 4 and at the end.
    const lines = [1, 2, 3, 4].flatMap((epoch) => [
      ...[4, 8, 12, 13].map((step) => `step ${13 * (epoch - 1) + step} ${step}`),
      `epoch ${epoch}/4`,
    ]);
    expect(heard).toEqual(['start whole 4×13', ...lines]);
    const metrics = await readMetrics(runFolder);
    expect(metrics.map((line) => (line.kind === 'step' ? `step ${line.step}` : `epoch ${line.epoch}`))).toEqual(
      lines.map((line) => line.replace(/(?<=^step \d+) .*|\/4/, '')),
    );

    const run = await openRun(runFolder);
    const epochs = metrics.filter((line) => line.kind === 'epoch');
    const bestEpoch = epochs.reduce((best, epoch) => (epoch.valLoss < best.valLoss ? epoch : best));
    expect(result).toMatchObject({ status: 'completed', epochsDone: 4, bestEpoch: bestEpoch.epoch, runFolder });
    expect(run?.record).toMatchObject({
      id: 'whole',
      name: 'bars',
      status: 'completed',
      failure: null,
      epochsDone: 4,
      bestEpoch: bestEpoch.epoch,
      bestValAccuracy: bestEpoch.valAccuracy,
      test: result.test,
      config: smallConfig,
    });
    expect(run?.record?.data).toMatchObject({ trainCount: 405, valCount: 45, testCount: 100 });
    expect(result.test?.accuracy).toBeGreaterThan(0.9);
    expect(epochs[3]?.trainLoss).toBeLessThan(epochs[0]?.trainLoss ?? 0);
    expect((await readdir(runFolder)).sort()).toEqual([
      'checkpoints',
      'graph.json',
      'log.txt',
      'metrics.jsonl',
      'model',
      'run.json',
      'split.json',
    ]);
    const epochFiles = [0, 1, 2, 3, 4].map((epoch) => `epoch-000${epoch}.safetensors`);
    const kept = (await readdir(join(runFolder, 'checkpoints'))).sort();
    expect(kept).toEqual(['best.safetensors', ...epochFiles, 'last.safetensors']);
    expect(await readFile(join(runFolder, 'model', 'small_net.py'), 'utf8')).toContain('class SmallNet');
  });

  test('keeps weights under their state_dict names, counters and moments', async () => {
    const runFolder = join(folder, 'whole');
    const last = parseSafetensors(await readFile(checkpointPath(runFolder, 'last')));
    const best = parseSafetensors(await readFile(checkpointPath(runFolder, 'best')));
    expect([...best.tensors.keys()]).toEqual([
      'features.0.weight',
      'features.0.bias',
      'features.1.weight',
      'features.1.bias',
      'features.1.running_mean',
      'features.1.running_var',
      'features.1.num_batches_tracked',
      'classifier.1.weight',
      'classifier.1.bias',
      'classifier.4.weight',
      'classifier.4.bias',
    ]);
    expect([...last.tensors.keys()].filter((name) => name.startsWith('optimizer.')).length).toBe(2 * 8);
    expect(last.tensors.get('optimizer.exp_avg.features.0.weight')?.shape).toEqual([8, 1, 3, 3]);
    const counter = last.tensors.get('features.1.num_batches_tracked');
    expect(counter).toMatchObject({ dtype: 'I64', shape: [] });
    expect(counter?.data[0]).toBe(52);
  });

  test('gives the same losses and the same weights for any number of threads', async () => {
    const runs = [];
    for (const threads of [1, 2, 3]) {
      const runFolder = join(folder, `threads-${threads}`);
      const { test } = await train(place.request(runFolder, { threads }));
      runs.push({ test, metrics: await timelessMetrics(runFolder), checkpoints: await checkpointHashes(runFolder) });
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  test('gives other losses for another seed', async () => {
    const runFolder = join(folder, 'seed-8');
    await train(place.request(runFolder, { config: { ...smallConfig, seed: 8 } }));
    expect(await timelessMetrics(runFolder)).not.toEqual(await timelessMetrics(join(folder, 'whole')));
  });

  test.each([
    ['sgd', { kind: 'step', stepEpochs: 1, gamma: 0.5 }, [0.01, 0.005]],
    ['adamw', { kind: 'cosine', minimum: 0 }, [0.001, 0.0005]],
    ['sgd', { kind: 'one-cycle', warmupShare: 0.3, initialDivisor: 25, finalDivisor: 1e4 }, undefined],
  ] as const)('trains by %s with %j', async (kind, schedule, rates) => {
    const runFolder = join(folder, `${kind}-${schedule.kind}`);
    const config = { ...smallConfig, epochs: 2, optimizer: defaultOptimizer(kind), schedule };
    await train(place.request(runFolder, { config }));
    const epochs = (await readMetrics(runFolder)).filter((line) => line.kind === 'epoch');
    if (rates) expect(epochs.map(({ learningRate }) => learningRate)).toEqual(rates);
    else expect(epochs[1]?.learningRate).toBeCloseTo(0.01 / 25 / 1e4, 9);
    expect(epochs[1]?.trainLoss).toBeLessThan(epochs[0]?.trainLoss ?? 0);
  });

  test('stops early when validation does not get better', async () => {
    const runFolder = join(folder, 'early');
    const optimizer = { ...defaultOptimizer('sgd'), learningRate: 1e-30 };
    const result = await train(
      place.request(runFolder, {
        model: { file: place.modelFile, target: 'Plain' },
        config: { ...smallConfig, epochs: 50, optimizer, earlyStoppingPatience: 2 },
      }),
    );
    expect(result).toMatchObject({ status: 'completed', epochsDone: 3, bestEpoch: 1 });
  });

  test('says once that its loss is no number, and ends all the same', async () => {
    const runFolder = join(folder, 'diverged');
    const warnings: string[] = [];
    const optimizer = { ...defaultOptimizer('sgd'), learningRate: 1e30 };
    const result = await train(place.request(runFolder, { config: { ...smallConfig, optimizer } }), {
      warning: ({ message }) => void warnings.push(message),
    });
    expect(warnings).toEqual([expect.stringContaining('Try a lower learning rate.')]);
    expect(result.status).toBe('completed');
    expect((await openRun(runFolder))?.status).toBe('completed');
  });

  test('keeps a name that it was given meanwhile', async () => {
    const runFolder = join(folder, 'renamed');
    let renamed: Promise<void> | undefined;
    await train(place.request(runFolder), {
      runStarted: () => {
        renamed = renameRun(runFolder, 'Another name');
      },
    });
    await renamed;
    expect(await openRun(runFolder)).toMatchObject({ name: 'Another name', status: 'completed' });
  });

  test('starts from given weights; those that do not fit are drawn afresh, and said', async () => {
    const weights = checkpointPath(join(folder, 'whole'), 'best');
    const config = { ...smallConfig, epochs: 1 };
    const warm = await train(place.request(join(folder, 'warm'), { weights, config }));
    const cold = await train(place.request(join(folder, 'cold'), { config }));
    const loss = async (name: string) => (await readMetrics(join(folder, name)))[0]?.trainLoss ?? 0;
    expect(await loss('warm')).toBeLessThan((await loss('cold')) / 2);
    expect(warm.test?.loss).toBeLessThan(cold.test?.loss ?? 0);

    await expect(
      train(place.request(join(folder, 'misfit'), { weights, model: { file: place.modelFile, target: 'Plain' } })),
    ).rejects.toThrow('No tensor in');
  });
});

describe('a model that does not fit the images', () => {
  test('gets them in the shape that its file asks for; the run and its log say so', async () => {
    await writeFile(
      join(folder, 'colour.py'),
      'from torch import nn\n\n# input: (3, 16, 16)\n' +
        'net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 14 * 14, 6))\n',
    );
    const runFolder = join(folder, 'resized');
    const warnings: string[] = [];
    const model = { file: join(folder, 'colour.py'), target: null };
    const config = { ...smallConfig, epochs: 3 };
    const result = await train(place.request(runFolder, { model, config }), {
      warning: ({ message }) => void warnings.push(message),
    });
    expect(result.test?.accuracy).toBeGreaterThan(0.8);
    expect(warnings).toEqual([
      "The images are changed from (1, 12, 12) to (3, 16, 16), which the model's file asks for.",
      'net has 6 outputs for 4 classes; the others stay unused.',
    ]);
    const log = await readFile(join(runFolder, 'log.txt'), 'utf8');
    for (const warning of warnings) expect(log).toContain(`Warning: ${warning}`);
    const record = (await openRun(runFolder))?.record;
    expect(record?.model.inputShape).toEqual([3, 16, 16]);

    const worker = startWorker({ script: workerScript, events: {} });
    const evaluated = await worker.calls.evaluate({
      runFolder,
      checkpoint: 'best',
      data: null,
      split: null,
      device: 'cpu',
      threads: 1,
    });
    expect(evaluated).toMatchObject({ split: 'test', accuracy: result.test?.accuracy, loss: result.test?.loss });
  });

  test('with fewer outputs than classes is refused', async () => {
    await writeFile(
      join(folder, 'few.py'),
      'from torch import nn\n\nnet = nn.Sequential(nn.Flatten(), nn.Linear(144, 3))\n',
    );
    const model = { file: join(folder, 'few.py'), target: null };
    await expect(train(place.request(join(folder, 'few'), { model }))).rejects.toThrow(
      'net has 3 outputs, the data set has 4 classes.',
    );
  });

  test('because a batch of one image is left for batch normalisation is refused before the run begins', async () => {
    await writeFile(
      join(folder, 'flat.py'),
      'from torch import nn\n\nnet = nn.Sequential(nn.Flatten(), nn.Linear(144, 4), nn.BatchNorm1d(4))\n',
    );
    const model = { file: join(folder, 'flat.py'), target: null };
    // 405 images: 4 batches of 101 and one of 1.
    const request = place.request(join(folder, 'flat'), { model, config: { ...smallConfig, batchSize: 101 } });
    await expect(train(request)).rejects.toThrow(/Batch normalisation .* gets a batch of 1/);
    expect(existsSync(join(folder, 'flat'))).toBe(false);
  });
});

describe('a run that can not begin', () => {
  test.each<[string, Partial<TrainRequest>, RegExp]>([
    ['an unknown class', { model: { file: '', target: 'Missing' } }, /Missing/],
    ['a missing data set', { data: '/nowhere/at/all' }, /\/nowhere\/at\/all does not exist/],
    ['a GPU that is not there', { device: 'gpu' }, /There is no GPU that can be used\./],
    ['missing weights', { weights: '/nowhere.safetensors' }, /There is no file \/nowhere\.safetensors/],
  ])('for %s says why and leaves no folder', async (_, changes, message) => {
    // Whatever this machine has: a loader that is told of no driver finds no GPU.
    process.env['VK_ICD_FILENAMES'] = '/nowhere.json';
    const runFolder = join(folder, 'impossible');
    const model = changes.model && { ...changes.model, file: place.modelFile };
    const failed = train(place.request(runFolder, { ...changes, ...(model ? { model } : {}) }));
    const error = await failed.catch((thrown: unknown) => thrown);
    delete process.env['VK_ICD_FILENAMES'];
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
    expect(existsSync(runFolder)).toBe(false);
  });

  test('in a folder that is in use says so and leaves it alone', async () => {
    await expect(train(place.request(join(folder, 'whole')))).rejects.toThrow('is not empty');
    expect((await openRun(join(folder, 'whole')))?.status).toBe('completed');
  });
});
