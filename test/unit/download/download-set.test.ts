import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseIdxImages, parseIdxLabels } from '../../../src/core/data/idx';
import type { TeachingSet, TeachingSetLayout } from '../../../src/core/data/teaching-sets';
import { downloadBytes, findTeachingSet, teachingSets } from '../../../src/core/data/teaching-sets';
import { UserError, describeError } from '../../../src/core/errors';
import type { DownloadSetOptions, SetProgress } from '../../../src/node/download/download-set';
import { downloadSet } from '../../../src/node/download/download-set';
import { summarizeDataset } from '../../../src/node/find-datasets';
import { withoutProxy } from '../../../src/node/download/proxy';
import type { FileServer } from '../../support/file-server';
import { someBytes, startFileServer } from '../../support/file-server';
import { makeTar } from '../../support/hostile-archives';

let folder: string;
const open: FileServer[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab set-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

const bounds = { files: 100, bytes: 10_000_000 };

/** A small set of the same make as a real one, at a server on this machine. */
async function madeSet(
  files: Readonly<Record<string, Uint8Array>>,
  layout: TeachingSetLayout,
  more: Partial<TeachingSet> = {},
): Promise<{ set: TeachingSet; server: FileServer }> {
  const server = await startFileServer(
    Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`/${name}`, [{ bytes }]])),
  );
  open.push(server);
  const [like] = teachingSets;
  if (!like) throw new Error('There are no sets.');
  const set = {
    ...like,
    id: 'made',
    title: 'Made',
    layout,
    files: Object.entries(files).map(([name, bytes]) => ({
      name,
      urls: [`${server.origin}/${name}`],
      bytes: bytes.length,
      checksum: { algorithm: 'sha256' as const, value: createHash('sha256').update(bytes).digest('hex') },
    })),
    ...more,
  };
  return { set, server };
}

async function download(set: TeachingSet, options: Partial<DownloadSetOptions> = {}) {
  const progress: SetProgress[] = [];
  const done = await downloadSet(set, folder, {
    signal: new AbortController().signal,
    proxyFor: withoutProxy,
    onProgress: (each) => progress.push(each),
    onNote: () => undefined,
    waitMs: 1,
    rounds: 1,
    ...options,
  });
  return { ...done, progress };
}

const filesIn = async (place: string): Promise<string[]> =>
  (await readdir(place, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1))
    .sort();

/** `train: left 2, right 2`: as the data set opens. */
async function opens(place: string): Promise<readonly string[]> {
  const summary = await summarizeDataset(place);
  return (summary?.splits ?? []).map(
    ({ name, classes }) =>
      `${name}: ${classes
        .filter(({ count }) => count > 0)
        .map((each) => `${each.name} ${each.count}`)
        .join(', ')}`,
  );
}

function idx(dims: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header.set([0, 0, 8, dims.length]);
  dims.forEach((dim, axis) => header.writeUInt32BE(dim, 4 + 4 * axis));
  return Buffer.concat([header, data]);
}

describe('a teaching set', () => {
  const mnistLike = {
    'train-images-idx3-ubyte.gz': gzipSync(idx([4, 2, 2], someBytes(16))),
    'train-labels-idx1-ubyte.gz': gzipSync(idx([4], Uint8Array.of(0, 1, 0, 1))),
  };
  const idxLayout: TeachingSetLayout = { kind: 'idx', classes: ['left', 'right'] };

  test('of IDX files is kept as it is, with a note of where it comes from, and is fetched once', async () => {
    const { set, server } = await madeSet(mnistLike, idxLayout);
    const { folder: made, already, progress } = await download(set);
    expect([made, already]).toEqual([join(folder, 'made'), false]);
    expect(await readdir(folder)).toEqual(['made']);
    expect(await filesIn(made)).toEqual(['SOURCE.txt', 'dataset.json', ...Object.keys(mnistLike)]);
    expect(await readFile(join(made, 'SOURCE.txt'), 'utf8')).toContain(set.citation);
    expect(progress.at(-1)).toMatchObject({
      kind: 'download',
      bytes: downloadBytes(set),
      totalBytes: downloadBytes(set),
    });
    expect(await opens(made)).toEqual(['train: left 2, right 2']);
    expect(await download(set)).toMatchObject({ folder: made, already: true });
    expect(server.requests).toHaveLength(2);
  });

  test('of CIFAR binaries is unpacked without what is not read', async () => {
    const archive = gzipSync(
      makeTar([
        { name: 'cifar-10-batches-bin', type: '5' },
        { name: 'cifar-10-batches-bin/data_batch_1.bin', body: Buffer.concat([Uint8Array.of(0), someBytes(3072)]) },
        { name: 'cifar-10-batches-bin/batches.meta.txt', body: 'airplane\nautomobile\n' },
        { name: 'cifar-10-batches-bin/readme.html', body: '<html>' },
      ]),
    );
    const { set } = await madeSet({ 'cifar.tar.gz': archive }, { kind: 'cifar', bounds });
    const { folder: made, progress } = await download(set);
    expect(await filesIn(made)).toEqual(['SOURCE.txt', 'batches.meta.txt', 'data_batch_1.bin', 'dataset.json']);
    expect(progress.some(({ kind }) => kind === 'unpack')).toBe(true);
    expect(await opens(made)).toEqual(['train: airplane 1']);
    expect(await readdir(folder)).toEqual(['made']);
  });

  test('of folders of classes has names that people read', async () => {
    const archive = gzipSync(
      makeTar([
        { name: 'imagenette2-320/train/n01440764/a.JPEG', body: 'a' },
        { name: 'imagenette2-320/train/n03888257/c.JPEG', body: 'c' },
        { name: 'imagenette2-320/val/n03888257/b.JPEG', body: 'b' },
        { name: 'imagenette2-320/.DS_Store', body: 'x' },
        { name: 'imagenette2-320/noisy_imagenette.csv', body: 'x' },
      ]),
    );
    const real = findTeachingSet('imagenette')?.layout;
    const folderNames = real?.kind === 'class-folders' ? real.folderNames : {};
    const { set } = await madeSet({ 'a.tgz': archive }, { kind: 'class-folders', bounds, folderNames });
    const { folder: made } = await download(set);
    expect(await filesIn(made)).toEqual([
      'SOURCE.txt',
      'dataset.json',
      'train/parachute/c.JPEG',
      'train/tench/a.JPEG',
      'val/parachute/b.JPEG',
    ]);
    expect(await opens(made)).toEqual(['train: parachute 1, tench 1', 'val: parachute 1']);
  });

  test('of pets has a table of breeds, species and splits', async () => {
    const images = gzipSync(
      makeTar([
        { name: 'images/Abyssinian_1.jpg', body: 'a' },
        { name: 'images/american_bulldog_10.jpg', body: 'b' },
        { name: 'images/Abyssinian_34.mat', body: 'x' },
        { name: 'images/._Abyssinian_1.jpg', body: 'x' },
      ]),
    );
    const lists = gzipSync(
      makeTar([
        { name: 'annotations/trainval.txt', body: 'Abyssinian_1 1 1 1\n' },
        { name: 'annotations/test.txt', body: '#a comment\namerican_bulldog_10 2 2 1\n' },
        { name: 'annotations/trimaps/Abyssinian_1.png', body: 'x' },
      ]),
    );
    const files = { 'images.tar.gz': images, 'annotations.tar.gz': lists };
    const { set } = await madeSet(files, { kind: 'oxford-pets', bounds });
    const { folder: made } = await download(set);
    expect(await filesIn(made)).toEqual([
      'SOURCE.txt',
      'dataset.json',
      'images/Abyssinian_1.jpg',
      'images/american_bulldog_10.jpg',
      'labels.csv',
    ]);
    expect((await readFile(join(made, 'labels.csv'), 'utf8')).split('\n')).toEqual([
      'file,breed,species,split',
      'images/Abyssinian_1.jpg,Abyssinian,cat,train',
      'images/american_bulldog_10.jpg,american bulldog,dog,test',
      '',
    ]);
    expect(await opens(made)).toEqual(['train: Abyssinian 1', 'test: american bulldog 1']);
  });

  test('of EMNIST is turned upright, and its labels begin at 0', async () => {
    const lying = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    const names = (part: string) =>
      ['images-idx3', 'labels-idx1'].map((each) => `emnist-letters-${part}-${each}-ubyte.gz`);
    const member = (part: string): Record<string, Uint8Array> => ({
      [`gzip/${names(part)[0]}`]: gzipSync(idx([2, 3, 3], lying)),
      [`gzip/${names(part)[1]}`]: gzipSync(idx([2], Uint8Array.of(1, 26))),
    });
    const archive = zipSync({ ...member('train'), ...member('test'), 'gzip/emnist-digits-mapping.txt': someBytes(9) });
    const classes = [...'abcdefghijklmnopqrstuvwxyz'];
    const { set } = await madeSet({ 'gzip.zip': archive }, { kind: 'emnist', set: 'letters', classes, bounds });
    const { folder: made } = await download(set);
    const read = async (name: string) => gunzipSync(await readFile(join(made, name)));
    for (const part of ['train', 't10k']) {
      const images = parseIdxImages(await read(`${part}-images-idx3-ubyte.gz`), part);
      expect([...images.pixels]).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9, 11, 14, 17, 12, 15, 18, 13, 16, 19]);
      expect([...parseIdxLabels(await read(`${part}-labels-idx1-ubyte.gz`), part)]).toEqual([0, 25]);
    }
    expect(await opens(made)).toEqual(['train: a 1, z 1', 'test: a 1, z 1']);
  });

  test('that is cancelled is not there, and goes on the next time', async () => {
    const { set, server } = await madeSet(mnistLike, idxLayout);
    const controller = new AbortController();
    const reason = new Error('enough');
    const second = (progress: SetProgress) =>
      void (progress.kind === 'download' && progress.file.includes('labels') && controller.abort(reason));
    await expect(download(set, { signal: controller.signal, onProgress: second })).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual(['.made.download']);
    await download(set);
    expect(await readdir(folder)).toEqual(['made']);
    expect(server.requests.filter(({ path }) => path.includes('images'))).toHaveLength(1);
  });

  test('whose archive is hostile is not there, either', async () => {
    const archive = gzipSync(makeTar([{ name: '../../evil.bin', body: 'x' }]));
    const { set } = await madeSet({ 'a.tgz': archive }, { kind: 'cifar', bounds });
    await expect(download(set)).rejects.toThrow(/leads out of the archive/);
    expect(await readdir(folder)).toEqual(['.made.download']);
  });

  test('that can not be fetched leaves nothing behind', async () => {
    const { set, server } = await madeSet(mnistLike, idxLayout);
    await server.close();
    open.length = 0;
    await expect(download(set)).rejects.toThrow(/could not be downloaded/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('does not replace what else has its name', async () => {
    const { set } = await madeSet(mnistLike, idxLayout);
    await mkdir(join(folder, 'made'));
    await writeFile(join(folder, 'made', 'mine.txt'), 'mine');
    const error: unknown = await download(set).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(describeError(error)).toContain('is there already, and is not Made');
    expect(await readdir(folder)).toEqual(['made']);
  });

  test('that needs more room than the disk has is not begun', async () => {
    const { set, server } = await madeSet(mnistLike, idxLayout);
    const [file] = set.files;
    const huge = { ...set, files: file ? [{ ...file, bytes: 2 ** 52 }] : [] };
    await expect(download(huge)).rejects.toThrow(/Made needs .* TB on the disk/);
    expect(server.requests).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the list of sets', () => {
  test('names each once, with what it holds, and finds it however it is written', () => {
    expect(new Set(teachingSets.map(({ id }) => id)).size).toBe(teachingSets.length);
    expect(findTeachingSet('CIFAR10')?.id).toBe('cifar-10');
    expect(findTeachingSet('fashion_mnist')?.title).toBe('Fashion-MNIST');
    expect(findTeachingSet('coco')).toBeUndefined();
    for (const { files, layout, classCount, counts } of teachingSets) {
      expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
      for (const { urls, checksum } of files) {
        expect(urls.every((url) => URL.canParse(url))).toBe(true);
        expect(urls[0]).toMatch(/^https:/);
        expect(checksum.value).toMatch(checksum.algorithm === 'sha256' ? /^[\da-f]{64}$/ : /^[\da-f]{32}$/);
      }
      if ('classes' in layout) expect(layout.classes).toHaveLength(classCount);
      expect(Object.values(counts).every((count) => count > 0)).toBe(true);
    }
  });
});
