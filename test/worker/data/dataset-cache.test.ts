import { chmod, open, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/core/data/dataset';
import { loadDataset, type LoadOptions } from '../../../src/worker/data/load-dataset';
import { png, temporaryFolder, writeTree } from './data-folders';

/** Loads, and tells whether anything was decoded for it. */
async function load(root: string, options: LoadOptions): Promise<{ dataset: Dataset; decoded: boolean }> {
  let decoded = false;
  const dataset = await loadDataset(root, { ...options, onProgress: () => (decoded = true) });
  return { dataset, decoded };
}

async function sample(onTestFinished: (end: () => Promise<void>) => void) {
  const root = await temporaryFolder(onTestFinished);
  const data = path.join(root, 'data');
  // Three bytes of pixels: the labels begin at a multiple of four all the same.
  await writeTree(data, {
    'train/a/1.png': png(1, 1, 1),
    'train/b/1.png': png(2, 1, 1),
    'train/b/2.png': 'no',
    'test/b/3.png': png(3, 1, 1),
  });
  return { data, cacheFolder: path.join(root, 'cache') };
}

describe('the cache of decoded images', () => {
  test('gives the same data set without decoding', async ({ onTestFinished }) => {
    const { data, cacheFolder } = await sample(onTestFinished);
    const first = await load(data, { cacheFolder });
    const second = await load(data, { cacheFolder });
    expect([first.decoded, second.decoded]).toEqual([true, false]);
    expect(second.dataset).toEqual(first.dataset);
    expect(second.dataset.skipped).toEqual([
      { path: path.join(data, 'train/b/2.png'), reason: 'it is not PNG, JPEG, WebP, BMP, GIF or TIFF' },
    ]);
    const { fingerprint } = first.dataset;
    expect((await readdir(cacheFolder)).sort()).toEqual([`${fingerprint}.bin`, `${fingerprint}.json`]);
  });

  test('keeps each size apart', async ({ onTestFinished }) => {
    const { data, cacheFolder } = await sample(onTestFinished);
    const size = { width: 2, height: 2, channels: 3 } as const;
    await load(data, { cacheFolder });
    expect((await load(data, { cacheFolder, size })).decoded).toBe(true);
    const again = await load(data, { cacheFolder, size });
    expect(again.decoded).toBe(false);
    expect(again.dataset).toMatchObject(size);
    expect((await load(data, { cacheFolder })).decoded).toBe(false);
    expect((await readdir(cacheFolder)).length).toBe(4);
  });

  test('is whole where it is written and read in several pieces', async ({ onTestFinished }) => {
    const { data, cacheFolder } = await sample(onTestFinished);
    const size = { width: 1501, height: 1499, channels: 3 } as const;
    const first = await load(data, { cacheFolder, size });
    const second = await load(data, { cacheFolder, size });
    expect(second.decoded).toBe(false);
    expect(Buffer.compare(second.dataset.train.images, first.dataset.train.images)).toBe(0);
    expect(second.dataset.train.labels).toEqual(first.dataset.train.labels);
    const base = path.join(cacheFolder, `${first.dataset.fingerprint}-3x1499x1501`);
    const last = (await stat(`${base}.bin`)).size - 1;
    await writeAt(`${base}.bin`, last, 1);
    expect((await load(data, { cacheFolder, size })).decoded).toBe(true);
  });

  test.each([
    ['its bytes were changed', async (bin: string) => writeFile(bin, await changeOneByte(bin))],
    ['its bytes were cut', async (bin: string) => truncate(bin, 3)],
    ['its bytes are gone', async (bin: string) => rm(bin)],
    ['its header is cut', async (_: string, json: string) => truncate(json, 20)],
    ['its header is empty', async (_: string, json: string) => truncate(json, 0)],
    ['its header lies about a size', async (_: string, json: string) => replaceIn(json, /"height": 1/, '"height": 2')],
    [
      'it was written by another version',
      async (_: string, json: string) => replaceIn(json, /"decoderVersion": \d+/, '"decoderVersion": 0'),
    ],
  ])('is built again where %s', async (_, damage) => {
    const { onTestFinished } = await import('vitest');
    const { data, cacheFolder } = await sample(onTestFinished);
    const first = await load(data, { cacheFolder });
    const base = path.join(cacheFolder, first.dataset.fingerprint);
    await damage(`${base}.bin`, `${base}.json`);
    const second = await load(data, { cacheFolder });
    expect(second.decoded).toBe(true);
    expect(second.dataset).toEqual(first.dataset);
    expect((await load(data, { cacheFolder })).decoded).toBe(false);
  });

  test('is dropped when the data set has changed, and so is what killed writers left', async ({ onTestFinished }) => {
    const { data, cacheFolder } = await sample(onTestFinished);
    await load(data, { cacheFolder });
    const abandoned = path.join(cacheFolder, '.x.bin.0123.tmp');
    const fresh = path.join(cacheFolder, '.y.bin.0123.tmp');
    await writeTree(cacheFolder, { '.x.bin.0123.tmp': 'x', '.y.bin.0123.tmp': 'y' });
    await utimes(abandoned, new Date(1e12), new Date(1e12));
    await writeTree(data, { 'train/a/9.png': png(9, 1, 1) });
    const changed = await load(data, { cacheFolder });
    expect(changed.decoded).toBe(true);
    expect(changed.dataset.train.count).toBe(3);
    const { fingerprint } = changed.dataset;
    expect((await readdir(cacheFolder)).sort()).toEqual([
      path.basename(fresh),
      `${fingerprint}.bin`,
      `${fingerprint}.json`,
    ]);
  });

  test('leaves other data sets in the same folder alone', async ({ onTestFinished }) => {
    const one = await sample(onTestFinished);
    const other = await sample(onTestFinished);
    await writeTree(other.data, { 'train/a/9.png': png(9, 1, 1) });
    await load(one.data, { cacheFolder: one.cacheFolder });
    await load(other.data, { cacheFolder: one.cacheFolder });
    expect((await load(one.data, { cacheFolder: one.cacheFolder })).decoded).toBe(false);
  });

  test('that can’t be written is a warning, no more', async ({ onTestFinished }) => {
    const { data, cacheFolder } = await sample(onTestFinished);
    await writeFile(cacheFolder, 'a file where the folder should be');
    const warnings: string[] = [];
    const dataset = await loadDataset(data, { cacheFolder, onWarning: (message) => warnings.push(message) });
    expect(dataset.train.count).toBe(2);
    expect(warnings).toEqual([expect.stringContaining(cacheFolder)]);
  });

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'does not remember a file that could not be opened (skipped on Windows and for root, who may open all)',
    async ({ onTestFinished }) => {
      const { data, cacheFolder } = await sample(onTestFinished);
      const locked = path.join(data, 'train/a/1.png');
      await writeTree(data, { 'train/a/2.png': png(7, 1, 1) });
      await chmod(locked, 0);
      expect((await load(data, { cacheFolder })).dataset.skipped.length).toBe(2);
      await chmod(locked, 0o600);
      expect((await load(data, { cacheFolder })).dataset.skipped.length).toBe(1);
    },
  );
});

async function writeAt(file: string, position: number, byte: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.write(Uint8Array.of(byte), 0, 1, position);
  } finally {
    await handle.close();
  }
}

async function changeOneByte(file: string): Promise<Buffer> {
  const bytes = await readFile(file);
  bytes[1] = (bytes[1] ?? 0) ^ 1;
  return bytes;
}

async function replaceIn(file: string, pattern: RegExp, replacement: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text).toMatch(pattern);
  await writeFile(file, text.replace(pattern, replacement));
}
