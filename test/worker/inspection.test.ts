import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSafetensors, toFloat32 } from '../../src/core/formats/safetensors';
import { startInspector, type InspectorProcess } from '../../src/node/inspector-process';
import { checkpointPath } from '../../src/node/run-store';
import { startWorker } from '../../src/node/worker-process';
import type { InspectionCalls, LayerEntry, Subject } from '../../src/protocol/inspection';
import { dist, makeSmallWorkplace, smallConfig, workerScript, type SmallWorkplace } from '../support/small-run';

let folder: string;
let place: SmallWorkplace;
let runFolder: string;
let subject: Subject;
let process: InspectorProcess;
let calls: InspectionCalls;
let layers: readonly LayerEntry[];
const image = { kind: 'data', split: 'test', index: 5 } as const;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab inspection-'));
  place = await makeSmallWorkplace(folder);
  runFolder = join(folder, 'run');
  const worker = startWorker({ script: workerScript, events: {} });
  await worker.calls.train(place.request(runFolder, { config: { ...smallConfig, epochs: 2 } }));
  await worker.ended;
  subject = { kind: 'run', runFolder, checkpoint: 'best' };
  process = startInspector({ script: join(dist, 'inspector.js'), events: {} });
  calls = process.calls;
  ({ layers } = await calls.describe(subject));
});
afterAll(async () => {
  await process.dispose();
  await rm(folder, { recursive: true, force: true });
});

const layer = (title: string): LayerEntry => {
  const found = layers.find((each) => each.title === title);
  if (!found) throw new Error(`No ${title}`);
  return found;
};

test('layers stand in order with their shapes', () => {
  expect(layers.map(({ title, shape }) => `${title} ${shape.join('×')}`)).toEqual([
    'Conv2d 8×12×12',
    'BatchNorm2d 8×12×12',
    'ReLU 8×12×12',
    'MaxPool2d 8×6×6',
    'Dropout2d 8×6×6',
    'Flatten 288',
    'Linear 32',
    'ReLU 32',
    'Dropout 32',
    'Linear 4',
  ]);
});

test('filters are the weights of the checkpoint', async () => {
  const { tensors } = parseSafetensors(await readFile(checkpointPath(runFolder, 'best')), 'best');
  const conv = layer('Conv2d');
  const { shape, weights, bias } = await calls.filters({ subject, layer: conv.id });
  expect(shape).toEqual([8, 1, 3, 3]);
  const stored = (name: string) => {
    const tensor = tensors.get(`${conv.path}.${name}`);
    return tensor && toFloat32(tensor);
  };
  expect(weights).toEqual(stored('weight'));
  expect(bias).toEqual(stored('bias'));
});

test('the numbers of a computation add up to the value that the map has', async () => {
  const conv = layer('Conv2d');
  for (const [y, x] of [
    [0, 0],
    [5, 11],
  ] as const) {
    const unit = await calls.explainUnit({ subject, image, layer: conv.id, channel: 3, y, x });
    if (unit.computation.kind !== 'convolution') throw new Error('A convolution is explained as one');
    const { patch, kernel, bias } = unit.computation;
    const sum = patch.reduce((total, value, i) => total + value * (kernel[i] ?? 0), bias);
    expect(unit.value).toBeCloseTo(sum, 5);
    expect(unit.field).toEqual({ top: y - 1, left: x - 1, bottom: y + 2, right: x + 2 });
  }
  const pooled = await calls.explainUnit({ subject, image, layer: layer('MaxPool2d').id, channel: 2, y: 1, x: 4 });
  if (pooled.computation.kind !== 'pool') throw new Error('A pool is explained as one');
  expect(pooled.value).toBe(Math.max(...pooled.computation.patch));
});

test('what a layer gives is what the next one reads, up to the scores of the prediction', async () => {
  const [relu, scores] = [layer('ReLU'), layers.at(-1) as LayerEntry];
  const norm = layer('BatchNorm2d');
  const ids = [norm.id, relu.id, scores.id];
  const [before, after, logits] = await calls.featureMaps({ subject, image, layers: ids });
  expect(after?.values).toEqual(before?.values.map((value) => Math.max(value, 0)));
  const { top } = await calls.predict({ subject, image, topK: 4 });
  for (const { class: own, logit } of top) expect(logits?.values[own]).toBe(logit);
  expect(top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
});

test('scores of a split have the loss and the accuracy of an evaluation', async () => {
  const { labels, probabilities, losses } = await calls.scores({ subject, split: 'test', task: 1 });
  const worker = startWorker({ script: workerScript, events: {} });
  const evaluated = await worker.calls.evaluate({
    ...{ runFolder, checkpoint: 'best', data: null, split: 'test', device: 'cpu', threads: 1 },
  });
  await worker.ended;
  expect(losses.reduce((sum, loss) => sum + loss, 0) / losses.length).toBeCloseTo(evaluated.loss, 4);
  const right = [...labels].filter((label, row) => {
    const own = probabilities.subarray(row * 4, row * 4 + 4);
    return own.indexOf(Math.max(...own)) === label;
  });
  expect(right.length / labels.length).toBe(evaluated.accuracy);
});

test('gradients act within the theoretical field alone, and sum to one', async () => {
  const images = { split: 'val', count: 6 } as const;
  const field = await calls.effectiveField({ subject, layer: layer('MaxPool2d').id, images, task: 2 });
  expect(field.theoretical).toEqual({ top: 5, left: 5, bottom: 9, right: 9 });
  expect(field.withinTheoretical).toBeCloseTo(1, 6);
  expect(field.map.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
});

test('a square over the whole image takes all of what the image adds to the probability', async () => {
  const { top } = await calls.predict({ subject, image, topK: 4 });
  const [best] = top;
  const request = { subject, image, class: best?.class ?? 0, size: 12, stride: 1, task: 3 };
  const { shape, values } = await calls.occlusion(request);
  expect(shape).toEqual([1, 1]);
  const maps = await calls.occlusion({ ...request, size: 3, stride: 3 });
  expect(maps.shape).toEqual([4, 4]);
  expect(values[0]).toBeLessThan(1);
  expect(Number.isFinite(values[0])).toBe(true);
});

test('an image that was made for a class excites it more than the noise that it began as', async () => {
  const request = { subject, layer: layers.at(-1)?.id ?? 0, channel: 2, steps: 30, learningRate: 0.1 };
  const regularizers = { l2: 0.001, totalVariation: 0.001, jitter: 1, seed: 1 };
  const { image: made, activations } = await calls.maximize({ ...request, ...regularizers, task: 4 });
  expect(made.shape).toEqual([1, 12, 12]);
  expect(activations[29]).toBeGreaterThan((activations[0] ?? 0) + 1);
  const again = await calls.maximize({ ...request, ...regularizers, task: 5 });
  expect(again.image.pixels).toEqual(made.pixels);
});

test('an image is decoded for no network too: as it is, or made smaller', async () => {
  const bytes = new Uint8Array(2 * 3 * 3).map((_, at) => 13 * at);
  const png = await sharp(bytes, { raw: { width: 3, height: 2, channels: 3 } })
    .png()
    .toBuffer();
  const reference = { kind: 'bytes', name: 'dropped.png', bytes: new Uint8Array(png) } as const;
  const decoded = await calls.decodeImage({ image: reference, mostSide: 256 });
  expect([decoded.name, decoded.shape]).toEqual(['dropped.png', [3, 2, 3]]);
  // Rows of RGB become planes.
  expect([...decoded.pixels.subarray(0, 6)]).toEqual([0, 39, 78, 117, 156, 195]);
  const small = await calls.decodeImage({ image: reference, mostSide: 1 });
  expect(small.shape).toEqual([3, 1, 1]);
  const grey = join(folder, 'grey.png');
  await sharp(new Uint8Array([5, 9]), { raw: { width: 2, height: 1, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toFile(grey);
  const own = await calls.decodeImage({ image: { kind: 'file', path: grey }, mostSide: 256 });
  expect([own.shape, [...own.pixels]]).toEqual([
    [1, 1, 2],
    [5, 9],
  ]);
  const none = { kind: 'file', path: place.modelFile } as const;
  await expect(calls.decodeImage({ image: none, mostSide: 256 })).rejects.toThrow(/small_net\.py can't be read/);
});

test('what is asked for wrongly is answered in words', async () => {
  await expect(calls.filters({ subject, layer: layer('ReLU').id })).rejects.toThrow('has no filters');
  await expect(calls.filters({ subject, layer: 9999 })).rejects.toThrow('no layer number 9999');
  await expect(calls.describe({ kind: 'run', runFolder, checkpoint: 77 })).rejects.toThrow('no weights of epoch 77');
  const wrong = { subject: { kind: 'planet' }, layer: 1 } as unknown as Parameters<InspectionCalls['filters']>[0];
  await expect(calls.filters(wrong)).rejects.toThrow();
});

test('a long call can be cancelled, and the next one is answered', async () => {
  const request = { subject, layer: layer('Conv2d').id, channel: 0, steps: 10_000, learningRate: 0.01 };
  const long = calls.maximize({ ...request, l2: 0, totalVariation: 0, jitter: 0, seed: 1, task: 6 });
  await calls.cancel(6);
  await expect(long).rejects.toThrow('Cancelled');
  expect((await calls.checkpoints(runFolder)).map(({ epoch }) => epoch)).toContain(2);
});

test('a run that is deleted and a process that is killed end in sentences', async () => {
  const copy = join(folder, 'copy');
  await cp(runFolder, copy, { recursive: true });
  const other: Subject = { kind: 'run', runFolder: copy, checkpoint: 'best' };
  await calls.describe(other);
  await rm(copy, { recursive: true });
  await expect(calls.filters({ subject: other, layer: layer('Conv2d').id })).rejects.toThrow('no longer there');

  const short = startInspector({ script: join(dist, 'inspector.js'), events: {} });
  const pending = short.calls.describe(subject);
  await short.dispose();
  await expect(pending).rejects.toThrow('The process that looks into models has ended');
});
