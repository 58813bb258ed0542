import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDatasetInspector, type DatasetProcess } from '../../../src/node/dataset-process';
import type { DatasetCalls } from '../../../src/protocol/dataset-inspection';
import { dist } from '../../support/small-run';

let folder: string;
let images: string;
let digits: string;
let process: DatasetProcess;
let calls: DatasetCalls;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab dataset-'));
  images = join(folder, 'pets');
  for (const name of ['cat', 'dog']) await mkdir(join(images, 'train', name), { recursive: true });
  await mkdir(join(images, 'test', 'cat'), { recursive: true });
  const red = sharp({ create: { width: 40, height: 20, channels: 3, background: '#ff0000' } });
  await red
    .clone()
    .png()
    .toFile(join(images, 'train', 'cat', 'a.png'));
  await red
    .clone()
    .resize(8, 8)
    .greyscale()
    .png()
    .toFile(join(images, 'train', 'dog', 'grey.png'));
  await writeFile(join(images, 'train', 'dog', 'torn.jpg'), (await red.clone().jpeg().toBuffer()).subarray(0, 200));
  await red
    .clone()
    .jpeg()
    .toFile(join(images, 'test', 'cat', 'b.jpg'));
  digits = join(folder, 'digits');
  await mkdir(digits);
  const pixels = Array.from({ length: 12 }, (_, index) => index * 20);
  await writeFile(join(digits, 'train-images-idx3-ubyte'), Buffer.from([0, 0, 8, 3, ...dims(3, 2, 2), ...pixels]));
  await writeFile(join(digits, 'train-labels-idx1-ubyte'), Buffer.from([0, 0, 8, 1, ...dims(3), 0, 1, 1]));
  process = startDatasetInspector({ script: join(dist, 'dataset-inspector.js'), events: {} });
  calls = process.calls;
});
afterAll(async () => {
  await process.dispose();
  await rm(folder, { recursive: true, force: true });
});

function dims(...sizes: readonly number[]): number[] {
  return sizes.flatMap((size) => [0, 0, size >> 8, size & 255]);
}

test('a data set is described: images in order of splits and names, their classes, where decisions will lie', async () => {
  const { items, classes, decisions, format, path } = await calls.open(images);
  expect({ classes, format, path }).toEqual({ classes: ['cat', 'dog'], format: 'image folder', path: images });
  expect(items.keys).toEqual(['train/cat/a.png', 'train/dog/grey.png', 'train/dog/torn.jpg', 'test/cat/b.jpg']);
  expect([...items.splits]).toEqual([0, 0, 0, 2]);
  expect([...items.labels]).toEqual([0, 1, 1, 0]);
  expect(items.labelSets).toBeNull();
  expect(decisions).toEqual({ file: join(images, 'cnn-lab-decisions.tsv'), decisions: [], canUndo: false });
});

test('a thumbnail is the image fitted into its square; what is small is enlarged pixel by pixel; what is torn says why', async () => {
  const side = 20;
  const indices = Int32Array.of(2, 0, 1);
  const { pixels, failed } = await calls.thumbnails({ location: images, indices, side });
  expect(pixels).toHaveLength(3 * side * side * 4);
  expect(failed.map(({ at }) => at)).toEqual([0]);
  expect(failed[0]?.reason).toMatch(/can't be decoded/);
  const pixel = (at: number, x: number, y: number) => [
    ...pixels.subarray(4 * ((at * side + y) * side + x), 4 * ((at * side + y) * side + x) + 4),
  ];
  expect(pixel(1, 10, 10)).toEqual([255, 0, 0, 255]);
  expect(pixel(1, 10, 4)).toEqual([0, 0, 0, 0]);
  // 8 × 8 in 20: twice as large, two pixels of border.
  expect(pixel(2, 1, 10)[3]).toBe(0);
  expect(pixel(2, 2, 2)[3]).toBe(255);
  expect(pixel(2, 17, 17)[3]).toBe(255);
  expect(pixel(2, 18, 10)[3]).toBe(0);
});

test('digits of an IDX file are shown with their own pixels', async () => {
  const { items } = await calls.open(digits);
  expect(items.keys).toEqual([0, 1, 2].map((index) => `train-images-idx3-ubyte#${index}`));
  const { pixels } = await calls.thumbnails({ location: digits, indices: Int32Array.of(1), side: 5 });
  const row = (y: number) => Array.from({ length: 5 }, (_, x) => pixels[4 * (5 * y + x)]);
  expect([0, 1, 2, 3, 4].map(row)).toEqual([
    [80, 80, 100, 100, 0],
    [80, 80, 100, 100, 0],
    [120, 120, 140, 140, 0],
    [120, 120, 140, 140, 0],
    [0, 0, 0, 0, 0],
  ]);
  const image = await calls.image({ location: digits, index: 2, mostSide: 100 });
  expect(image).toMatchObject({ width: 2, height: 2, file: null });
  expect(image.original).toEqual({ width: 2, height: 2, channels: 1, bytes: 4 });
  expect([...image.pixels.subarray(0, 5)]).toEqual([160, 160, 160, 255, 180]);
});

test('an image is shown as it is, or smaller; of its file the size', async () => {
  const image = await calls.image({ location: images, index: 0, mostSide: 10 });
  expect(image).toMatchObject({ width: 10, height: 5, file: join(images, 'train', 'cat', 'a.png') });
  const bytes = (await readFile(join(images, 'train', 'cat', 'a.png'))).length;
  expect(image.original).toEqual({ width: 40, height: 20, channels: 3, bytes });
  await expect(calls.image({ location: images, index: 2, mostSide: 10 })).rejects.toThrow(/torn.jpg can't be shown/);
  await expect(calls.image({ location: images, index: 9, mostSide: 10 })).rejects.toThrow(/has 4 images/);
});

test('decisions lie in a file that people can read, as steps that can be taken back', async () => {
  const key = 'train/cat/a.png';
  const excluded = { kind: 'exclude', key, reason: 'a\ttab' } as const;
  const other = { kind: 'relabel', key: 'train/dog/grey.png', classes: ['cat'] } as const;
  const first = await calls.decide({ location: images, decisions: [excluded, other] });
  expect(first.decisions).toEqual([excluded, other]);
  const second = await calls.decide({ location: images, decisions: [{ kind: 'restore', key }] });
  expect(second.decisions).toEqual([other]);
  const lines = (await readFile(second.file, 'utf8')).split('\n').filter((line) => !line.startsWith('#'));
  expect(lines.map((line) => line.split('\t').slice(1).join('\t'))).toEqual([
    '1\texclude\ttrain/cat/a.png\ta\\ttab',
    '1\trelabel\ttrain/dog/grey.png\tcat',
    '2\trestore\ttrain/cat/a.png',
    '',
  ]);
  expect((await calls.undo(images)).decisions).toEqual([excluded, other]);
  expect(await calls.undo(images)).toMatchObject({ decisions: [], canUndo: false });
  await expect(calls.undo(images)).rejects.toThrow('There is no decision to take back.');
});

test('a class that the data set has not is refused', async () => {
  const decisions = [{ kind: 'relabel', key: 'train/cat/a.png', classes: ['bird'] }] as const;
  await expect(calls.decide({ location: images, decisions })).rejects.toThrow('pets has no class bird.');
});

test('two processes that decide at once lose nothing', async () => {
  const other = startDatasetInspector({ script: join(dist, 'dataset-inspector.js'), events: {} });
  const decide = (by: DatasetCalls, name: string) =>
    Array.from({ length: 20 }, (_, index) =>
      by.decide({ location: digits, decisions: [{ kind: 'exclude', key: `${name}#${index}`, reason: '' }] }),
    );
  await Promise.all([...decide(calls, 'mine'), ...decide(other.calls, 'theirs')]);
  await other.dispose();
  const { decisions } = await calls.open(digits);
  expect(decisions.decisions).toHaveLength(40);
});

test('a damaged line is told, and does no harm to the others', async () => {
  const file = join(images, 'cnn-lab-decisions.tsv');
  await writeFile(
    file,
    '2026-01-01T00:00:00Z\t1\texclude\ttrain/cat/a.png\tblurred\nnonsense\n2026\t2\texclude\ttrain/do',
  );
  const { decisions, skipped } = await calls.open(images);
  expect(decisions.decisions).toEqual([{ kind: 'exclude', key: 'train/cat/a.png', reason: 'blurred' }]);
  expect(skipped.map(({ reason }) => reason)).toEqual([
    'line 2: it is no decision of this version',
    'line 3: it is cut short',
  ]);
  const key = 'train/dog/grey.png';
  const after = await calls.decide({ location: images, decisions: [{ kind: 'exclude', key, reason: '' }] });
  expect(after.decisions.map((each) => each.key)).toEqual(['train/cat/a.png', key]);
  expect((await readFile(file, 'utf8')).split('\n')[1]).toBe('nonsense');
});

test('the file of decisions is no table of labels, though it lies beside one', async () => {
  const root = join(folder, 'table');
  await mkdir(root);
  const names = ['a.png', 'b.png', 'c.png', 'd.png'];
  for (const name of names)
    await sharp({ create: { width: 4, height: 4, channels: 3, background: '#fff' } }).toFile(join(root, name));
  await writeFile(
    join(root, 'labels.csv'),
    ['file,label', ...names.map((name, at) => `${name},${at % 2}`), ''].join('\n'),
  );
  const before = await calls.open(root);
  await calls.decide({ location: root, decisions: [{ kind: 'exclude', key: before.items.keys[1] ?? '', reason: '' }] });
  const after = await calls.open(root);
  expect(after.items).toEqual(before.items);
  expect(after.fingerprint).toBe(before.fingerprint);
  expect(after.decisions.decisions).toHaveLength(1);
});
