import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RecordedSplit } from '../../src/core/data/recorded-split';
import type { TrainConfig } from '../../src/core/train/config';
import { defaultTrainConfig } from '../../src/core/train/defaults';
import { openRun, splitFile } from '../../src/node/run-store';
import { startWorker } from '../../src/node/worker-process';
import type { EvaluateRequest, TrainRequest, WorkerCalls, WorkerEvents } from '../../src/protocol/worker';
import { jsonLines, runCli } from '../support/run-cli';
import { checkpointHashes, drawBars, idx, readMetrics, timelessMetrics, workerScript } from '../support/small-run';

/** A single output: which of two classes an image is of. */
const source = `
import torch.nn as nn


class One(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.drop = nn.Dropout(0.1)
        self.fc = nn.Linear(6 * 144, 1)

    def forward(self, x):
        return self.fc(self.drop(self.conv(x).relu().flatten(1)))
`;

const config: TrainConfig = {
  ...defaultTrainConfig,
  epochs: 12,
  batchSize: 16,
  loss: { labelSmoothing: 0.05, classWeights: { '1': 2 } },
  mixing: { mixup: 0.2, cutmix: 1, probability: 0.3 },
  sampler: 'balanced',
  split: { kind: 'random', groupPattern: null, fold: { number: 2, count: 5 } },
};

let folder: string;
let trained: string;

/** Bars at two sides are one class, at the others the other; three quarters are of the first. */
async function writeSides(dataFolder: string): Promise<void> {
  await mkdir(dataFolder);
  for (const [prefix, count, seed] of [
    ['train', 500, 1],
    ['t10k', 120, 2],
  ] as const) {
    const bars = drawBars(count, seed);
    const kept = [...bars.labels.keys()].filter((index) => (bars.labels[index] ?? 0) < 2 || index % 12 < 4);
    const images = Uint8Array.from(kept.flatMap((index) => [...bars.images.subarray(144 * index, 144 * (index + 1))]));
    const labels = Uint8Array.from(kept, (index) => Number((bars.labels[index] ?? 0) >= 2));
    await writeFile(join(dataFolder, `${prefix}-images-idx3-ubyte`), idx([kept.length, 12, 12], images));
    await writeFile(join(dataFolder, `${prefix}-labels-idx1-ubyte`), idx([kept.length], labels));
  }
}

function request(runFolder: string, changes: Partial<TrainRequest> = {}): TrainRequest {
  return {
    ...{ model: { file: join(folder, 'one.py'), target: 'One' }, data: join(folder, 'sides'), config },
    ...{ device: 'cpu', threads: 2, runFolder, name: 'sides', weights: null },
    ...changes,
  };
}

async function ask<Result>(
  job: (calls: WorkerCalls) => Promise<Result>,
  events: Partial<WorkerEvents> = {},
): Promise<Result> {
  const worker = startWorker({ script: workerScript, events });
  return job(worker.calls).finally(() => worker.ended);
}

function evaluation(changes: Partial<EvaluateRequest> = {}): EvaluateRequest {
  return {
    ...{ runFolder: trained, checkpoint: 'best', data: null, split: 'test', device: 'cpu', threads: 1, scores: true },
    ...changes,
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab heads-'));
  process.env['CNN_LAB_CACHE'] = join(folder, 'cache');
  await writeFile(join(folder, 'one.py'), source);
  await writeSides(join(folder, 'sides'));
  trained = join(folder, 'trained');
  await ask((calls) => calls.train(request(trained)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a model with one output, for two classes', () => {
  test('learns, and its run says what its output means and how it does', async () => {
    const record = (await openRun(trained))?.record;
    expect(record).toMatchObject({ status: 'completed', head: 'binary', config });
    expect(record?.test?.accuracy).toBeGreaterThan(0.9);
    expect(record?.test?.rocAuc).toBeGreaterThan(0.95);
    for (const measure of ['f1', 'averagePrecision'] as const) {
      expect(record?.test?.[measure]).toBeGreaterThan(0.9);
      expect(record?.test?.[measure]).toBeLessThanOrEqual(1);
    }
  });

  test('stopped within an epoch and resumed, has the bytes of the unbroken run', async () => {
    const broken = join(folder, 'broken');
    const worker = startWorker({
      script: workerScript,
      events: {
        step: ({ step, stepOfEpoch, stepsPerEpoch }) => {
          if (step > stepsPerEpoch && stepOfEpoch < stepsPerEpoch) void worker.stop();
        },
      },
    });
    const stopped = await worker.calls.train(request(broken)).finally(() => worker.ended);
    expect(stopped.status).toBe('stopped');
    const resumption = { runFolder: broken, device: 'cpu', threads: 1, epochs: null } as const;
    expect((await ask((calls) => calls.resume(resumption))).status).toBe('completed');
    expect(await checkpointHashes(broken)).toEqual(await checkpointHashes(trained));
    expect(await timelessMetrics(broken)).toEqual(await timelessMetrics(trained));
  });

  test('is evaluated as it was tested: a table of two classes, probabilities of both', async () => {
    const result = await ask((calls) => calls.evaluate(evaluation()));
    const tested = (await openRun(trained))?.record?.test;
    expect({ loss: result.loss, accuracy: result.accuracy }).toEqual({
      loss: tested?.loss,
      accuracy: tested?.accuracy,
    });
    const [noNo = 0, noYes = 0, yesNo = 0, yesYes = 0] = result.confusion;
    expect(noNo + noYes + yesNo + yesYes).toBe(result.count);
    expect((noNo + yesYes) / result.count).toBe(result.accuracy);
    const { probabilities = new Float32Array() } = result.scores ?? {};
    expect(probabilities).toHaveLength(2 * result.count);
    for (let row = 0; row < result.count; row++) {
      expect((probabilities[2 * row] ?? 0) + (probabilities[2 * row + 1] ?? 0)).toBeCloseTo(1, 6);
    }
    expect(result.perClass.map(({ support }) => support)).toEqual([noNo + noYes, yesNo + yesYes]);
  });

  test('is evaluated by several looks at each image: their mean', async () => {
    const plain = await ask((calls) => calls.evaluate(evaluation()));
    const flipped = await ask((calls) => calls.evaluate(evaluation({ views: { kind: 'flip' } })));
    expect(flipped.scores?.probabilities).not.toEqual(plain.scores?.probabilities);
    const shifts = await ask((calls) => calls.evaluate(evaluation({ views: { kind: 'shifts', draws: 3 } })));
    expect(shifts.views).toEqual({ kind: 'shifts', draws: 3 });
    const { labels = [], probabilities = [] } = flipped.scores ?? {};
    const losses = [...labels].map((label, row) => -Math.log(probabilities[2 * row + label] ?? 0));
    expect(losses.reduce((sum, loss) => sum + loss, 0) / losses.length).toBeCloseTo(flipped.loss, 9);
    const crops = ask((calls) => calls.evaluate(evaluation({ views: { kind: 'five-crop' } })));
    await expect(crops).rejects.toThrow('there is nothing to crop');
  });

  test('predicts both classes with their probabilities, as a file shows it', async () => {
    const image = join(folder, 'image.png');
    const { images } = drawBars(1, 5);
    await sharp(images, { raw: { width: 12, height: 12, channels: 1 } })
      .png()
      .toFile(image);
    const predict = {
      runFolder: trained,
      checkpoint: 'best',
      images: [image],
      topK: 3,
      device: 'cpu',
      threads: 1,
    } as const;
    const [plain, flipped] = await Promise.all([
      ask((calls) => calls.predict(predict)),
      ask((calls) => calls.predict({ ...predict, views: { kind: 'flip' } })),
    ]);
    for (const { predictions } of [plain, flipped]) {
      const top = predictions[0]?.top ?? [];
      expect(top.map(({ label }) => label).sort()).toEqual(['0', '1']);
      expect(top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    }
    expect(plain.predictions[0]?.top[0]?.label).toBe('0');
  });

  test('has the validation images that its run has kept, whatever would be drawn now', async () => {
    const file = join(trained, splitFile);
    const kept = await readFile(file, 'utf8');
    const recorded = JSON.parse(kept) as RecordedSplit;
    expect(recorded.validation).toHaveLength((await openRun(trained))?.record?.data.valCount ?? 0);
    const fewer = {
      ...recorded,
      validation: recorded.validation.slice(0, 7),
      keys: recorded.keys?.slice(0, 7) ?? null,
    };
    await writeFile(file, JSON.stringify(fewer));
    try {
      expect((await ask((calls) => calls.evaluate(evaluation({ split: 'val' })))).count).toBe(7);
    } finally {
      await writeFile(file, kept);
    }
  });

  test('a class that is not there can have no weight: no run begins', async () => {
    const none = join(folder, 'none');
    const loss = { labelSmoothing: 0, classWeights: { '7': 2 } };
    const failing = ask((calls) => calls.train(request(none, { config: { ...config, loss } })));
    await expect(failing).rejects.toThrow('There is no class 7 that could have a weight.');
    expect(await openRun(none)).toBeUndefined();
  });
});

describe('top-5 accuracy of the validation images', () => {
  const many = (outputs: number) => `import torch.nn as nn


class Many(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(144, ${outputs})

    def forward(self, x):
        return self.fc(x.flatten(1))
`;
  const train = (name: string, data: string) =>
    runCli(['train', `${name}.py`, '--data', data, '--epochs', '2', '--threads', '1', '--out', name], folder);

  test('is measured after each epoch as the probabilities tell, where there are more than five classes', async () => {
    await mkdir(join(folder, 'eight'));
    for (const [prefix, count, seed] of [
      ['train', 320, 1],
      ['t10k', 80, 2],
    ] as const) {
      const { images, labels } = drawBars(count, seed);
      // Bars of the same side are told apart by nothing: the right class is often not the likeliest.
      const classes = labels.map((side, index) => side + 4 * ((index >> 2) % 2));
      await writeFile(join(folder, 'eight', `${prefix}-images-idx3-ubyte`), idx([count, 12, 12], images));
      await writeFile(join(folder, 'eight', `${prefix}-labels-idx1-ubyte`), idx([count], classes));
    }
    await writeFile(join(folder, 'many.py'), many(8));
    const { stdout, exitCode } = await train('many', 'eight');
    expect(exitCode).toBe(0);
    const run = (await openRun(join(folder, 'many')))?.record;
    const epochs = (await readMetrics(join(folder, 'many'))).flatMap((line) => (line.kind === 'epoch' ? [line] : []));
    expect(stdout.match(/val \S+ \(\S+ %, top-5 \S+ %\)/g)).toEqual(
      epochs.map(
        ({ valLoss, valAccuracy, valTop5 = NaN }) =>
          `val ${valLoss.toFixed(4)} (${(100 * valAccuracy).toFixed(2)} %, top-5 ${(100 * valTop5).toFixed(2)} %)`,
      ),
    );
    expect(stdout).toContain(`(top-5 ${(100 * (run?.test?.top5 ?? NaN)).toFixed(2)} %).`);

    const { scores, count } = await ask((calls) =>
      calls.evaluate(evaluation({ runFolder: join(folder, 'many'), split: 'val' })),
    );
    let among = 0;
    scores?.labels.forEach((label, row) => {
      const own = scores.probabilities.subarray(8 * row, 8 * (row + 1));
      if (own.filter((each) => each > (own[label] ?? NaN)).length < 5) among++;
    });
    const best = epochs.find(({ epoch }) => epoch === run?.bestEpoch);
    expect(best?.valTop5).toBeCloseTo(among / count, 12);
    expect(best?.valTop5).toBeGreaterThan(best?.valAccuracy ?? NaN);
  });

  test('is not, where there are fewer classes, however many outputs the model has', async () => {
    await writeFile(join(folder, 'outputs.py'), many(9));
    const { stdout } = await train('outputs', 'sides');
    expect(stdout).toContain('Epoch 2/2');
    expect(stdout).not.toContain('top-5');
    const lines = await readMetrics(join(folder, 'outputs'));
    expect(lines.filter((line) => line.kind === 'epoch' && line.valTop5 !== undefined)).toEqual([]);
  });
});

test('cnn-lab train --folds trains each fold as a run of its own, and tells their mean and deviation', async () => {
  const args = ['train', 'one.py', '--data', 'sides', '--epochs', '1', '--folds', '2', '--threads', '1', '--json'];
  const { exitCode, stdout } = await runCli(args, folder);
  expect(exitCode).toBe(0);
  const events = jsonLines(stdout);
  const done = events.filter(({ event }) => event === 'done');
  expect(done).toHaveLength(2);
  const report = events.at(-1) as { folds?: number; testAccuracy?: { mean: number; std: number; values: number[] } };
  const accuracies = done.map(({ testAccuracy }) => testAccuracy as number);
  expect(report).toMatchObject({ event: 'folds', folds: 2, testAccuracy: { values: accuracies } });
  const [first = 0, second = 0] = accuracies;
  expect(report.testAccuracy?.mean).toBeCloseTo((first + second) / 2, 12);
  expect(report.testAccuracy?.std).toBeCloseTo(Math.abs(first - second) / Math.SQRT2, 12);
  const runs = await Promise.all(done.map(({ run }) => openRun(run as string)));
  expect(runs.map((run) => run?.name)).toEqual([
    expect.stringMatching(/ fold 1\/2$/) as string,
    expect.stringMatching(/ fold 2\/2$/) as string,
  ]);
  expect(runs.map((run) => run?.record?.data.valCount).reduce((sum = 0, count = 0) => sum + count, 0)).toBe(
    runs.map((run) => run?.record?.data).map((data) => (data?.trainCount ?? 0) + (data?.valCount ?? 0))[0],
  );
});
