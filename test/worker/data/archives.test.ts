import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/core/data/dataset';
import { UserError } from '../../../src/core/errors';
import { loadDataset } from '../../../src/worker/data/load-dataset';
import { openItems } from '../../../src/worker/data/open-items';
import { idxFile, png, temporaryFolder, writeTree } from './data-folders';
import { cifarFile, type Files, tarFile, tgzFile, twoClasses, zipFile } from './made-sets';

const inTop = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`pets/${name}`, bytes]));

function contents({ classes, train, test: testSplit, width, height, channels }: Dataset) {
  const images = (split: Dataset['test']) => split && [[...split.images], [...split.labels]];
  return { classes, width, height, channels, train: images(train), test: images(testSplit) };
}

describe('an archive of an image folder', () => {
  test.each([
    ['zip', 'set.zip', zipFile],
    ['tar', 'set.tar', tarFile],
    ['tar.gz', 'set.tar.gz', tgzFile],
    ['tgz', 'set.tgz', tgzFile],
  ] as const)('is read in place as the folder is: %s', async (_, name, pack) => {
    const { onTestFinished } = await import('vitest');
    const root = await temporaryFolder(onTestFinished);
    const files = await twoClasses();
    await writeTree(root, { ...prefixed('folder', files), [name]: pack(files), [`top-${name}`]: pack(inTop(files)) });
    const expected = await loadDataset(path.join(root, 'folder'));
    const before = await readdir(root, { recursive: true });
    const dataset = await loadDataset(path.join(root, name));
    expect(contents(dataset)).toEqual(contents(expected));
    expect(dataset.name).toBe('set');
    expect(dataset.train.keys).toEqual(expected.train.keys);
    const inside = await loadDataset(path.join(root, `top-${name}`));
    expect(contents(inside)).toEqual(contents(expected));
    expect(inside.train.keys?.[0]).toBe('pets/train/cat/1.png');
    expect((await readdir(root, { recursive: true })).sort()).toEqual(before.sort());
  });

  test('gives items with their bytes and no file of their own', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const files = await twoClasses();
    await writeTree(root, { 'set.zip': zipFile(files) });
    const items = await openItems(path.join(root, 'set.zip'));
    onTestFinished(() => items.close());
    expect(items).toMatchObject({ name: 'set', format: 'zip of images', task: 'multi-class', classes: ['cat', 'dog'] });
    expect(items.items.count).toBe(8);
    expect([...items.items.labels]).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
    expect([...items.items.splits]).toEqual([0, 0, 0, 0, 2, 2, 2, 2]);
    const read = await items.read(3);
    expect(read.kind === 'encoded' && Buffer.compare(read.bytes, files['train/dog/2.png'] ?? Buffer.of())).toBe(0);
    expect(items.file(3)).toBeNull();
  });

  test('is opened at a place in it', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const files = await twoClasses();
    await writeTree(root, { 'both.zip': zipFile({ ...prefixed('a', files), ...prefixed('b', files) }) });
    const dataset = await loadDataset(path.join(root, 'both.zip', 'b'));
    expect(dataset.name).toBe('b');
    expect(dataset.train.keys?.[0]).toBe('b/train/cat/1.png');
  });
});

describe('an archive', () => {
  test('of IDX files and of CIFAR files is read in place', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'digits.zip': zipFile({
        'train-images-idx3-ubyte.gz': gzipSync(idxFile([2, 2, 2], [1, 2, 3, 4])),
        'train-labels-idx1-ubyte': idxFile([2], [0, 1]),
      }),
      'cifar.tar.gz': tgzFile({
        'cifar-10-batches-bin/data_batch_1.bin': cifarFile([
          { labels: [0], rgb: [1, 2, 3] },
          { labels: [1], rgb: [4, 5, 6] },
        ]),
        'cifar-10-batches-bin/batches.meta.txt': Buffer.from('airplane\nautomobile\n\n'),
      }),
    });
    const digits = await loadDataset(path.join(root, 'digits.zip'));
    expect([...digits.train.images]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    const cifar = await loadDataset(path.join(root, 'cifar.tar.gz'));
    expect(cifar).toMatchObject({ name: 'cifar', classes: ['airplane', 'automobile'], channels: 3, width: 32 });
    expect(cifar.train.keys?.[1]).toBe('cifar-10-batches-bin/data_batch_1.bin#1');
  });

  test('with names that lead out, and links, is read without them', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const files = await twoClasses();
    const outside = await png(255, 4, 3);
    const bad = { '../train/cat/9.png': outside, '/train/cat/9.png': outside, 'train/../../cat/9.png': outside };
    const links = zipSync({ ...files, 'train/cat/9.png': [Buffer.from('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] });
    const tarEnd = 1024;
    await writeTree(root, {
      'names.zip': zipFile({ ...files, ...bad, 'C:\\train\\cat\\9.png': outside }),
      'names.tar': tarFile({ ...files, ...bad }),
      'links.zip': links,
      'links.tar': Buffer.concat([
        tarFile(files).subarray(0, -tarEnd),
        tarFile({ 'train/cat/9.png': Buffer.of() }, '2', '/etc/passwd'),
      ]),
    });
    for (const [name, refused] of [
      ['names.zip', 4],
      ['names.tar', 3],
      ['links.zip', 1],
      ['links.tar', 1],
    ] as const) {
      const dataset = await loadDataset(path.join(root, name));
      expect([name, dataset.train.count, dataset.skipped.length]).toEqual([name, 4, refused]);
      for (const { reason } of dataset.skipped) expect(reason).toMatch(/leads out|absolute|link/);
    }
  });

  test('that claims more than it has is refused before it is unpacked', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const files = await twoClasses();
    const zip = Buffer.from(zipFile({ ...files, 'train/cat/3.png': new Uint8Array(2 ** 20) }));
    // The directory's entry of the long file, its unpacked size at byte 24.
    const entry = zip.lastIndexOf('PK\x01\x02', zip.lastIndexOf('train/cat/3.png'), 'latin1');
    zip.writeUInt32LE(0xfffffff0, entry + 24);
    await writeTree(root, { 'bomb.zip': zip });
    const { skipped } = await loadDataset(path.join(root, 'bomb.zip'));
    expect(skipped).toEqual([
      { path: path.join(root, 'bomb.zip/train/cat/3.png'), reason: 'claims to be larger than it can be: not used' },
    ]);
    zip.writeUInt32LE(2 ** 20 - 1, entry + 24);
    await writeTree(root, { 'bomb.zip': zip });
    expect((await loadDataset(path.join(root, 'bomb.zip'))).skipped[0]?.reason).toContain("can't be read");
  });

  test('that is damaged or cut is an error that says so', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const files = await twoClasses();
    const tar = tarFile(files);
    await writeTree(root, {
      'cut.zip': zipFile(files).subarray(0, 600),
      'cut.tar': tar.subarray(0, 700),
      'cut.tar.gz': gzipSync(tar).subarray(0, 300),
      'text.tar': 'no archive at all, but long enough to hold a header of five hundred and twelve bytes. '.repeat(9),
    });
    for (const name of ['cut.zip', 'cut.tar', 'cut.tar.gz', 'text.tar']) {
      const error = await loadDataset(path.join(root, name)).catch((each: unknown) => each);
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toContain(name);
    }
  });
});

describe('a .tar.gz that is too large for memory', () => {
  test('is unpacked into the cache once, and again when it changes', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const files = await twoClasses();
    const unpackFolder = path.join(root, 'cache');
    const archive = path.join(root, 'set.tgz');
    await writeFile(archive, tgzFile(files));
    const open = async (): Promise<number> => {
      const items = await openItems(archive, { unpackFolder, mostInMemory: 1000 });
      const read = await items.read(0);
      await items.close();
      return read.kind === 'encoded' ? read.bytes.length : 0;
    };
    expect(await open()).toBe(files['train/cat/1.png']?.length);
    const [kept, ...others] = await readdir(unpackFolder);
    expect(others).toEqual([]);
    expect(await open()).toBe(files['train/cat/1.png']?.length);
    expect(await readdir(unpackFolder)).toEqual([kept]);
    await writeFile(archive, tgzFile({ ...files, 'train/cat/3.png': await png(7) }));
    await open();
    expect(await readdir(unpackFolder)).toHaveLength(1);
    expect(await readdir(unpackFolder)).not.toEqual([kept]);
  });

  test('leaves nothing in the cache where it is cut', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const archive = path.join(root, 'set.tgz');
    await writeFile(archive, tgzFile(await twoClasses()).subarray(0, 400));
    const unpackFolder = path.join(root, 'cache');
    await expect(openItems(archive, { unpackFolder, mostInMemory: 100 })).rejects.toThrow("can't be unpacked");
    expect(await readdir(unpackFolder)).toEqual([]);
  });
});

const hasTar = (() => {
  try {
    return execFileSync('tar', ['--version'], { encoding: 'utf8' }).includes('GNU tar');
  } catch {
    return false;
  }
})();

test.skipIf(!hasTar).each(['gnu', 'pax', 'ustar', 'v7'])(
  'what GNU tar packs is read: long names, links, other letters (%s; skipped without GNU tar)',
  async (format) => {
    const { onTestFinished } = await import('vitest');
    const root = await temporaryFolder(onTestFinished);
    const isOld = format === 'v7' || format === 'ustar';
    const long = isOld ? 'kätzchen' : `${'sehr-'.repeat(30)}langes kätzchen`;
    const files = Object.entries(await twoClasses()).map(([name, bytes]) => [`set/${name.replace('cat', long)}`, bytes]);
    await writeTree(root, Object.fromEntries(files) as Files);
    await symlink('/etc/passwd', path.join(root, 'set/train/dog/link.png'));
    execFileSync('tar', [`--format=${format}`, '-cf', 'set.tar', 'set'], { cwd: root });
    const dataset = await loadDataset(path.join(root, 'set.tar'));
    expect(dataset.classes).toEqual(['dog', long].sort());
    expect(dataset.train.count).toBe(4);
    expect(dataset.skipped.map(({ reason }) => reason)).toEqual(['is a link: not followed']);
  },
);

const realCifar = path.join(import.meta.dirname, '../../../../shared/data/cifar10.tar.gz');

test.skipIf(!existsSync(realCifar))('real CIFAR-10 images are listed in place (skipped without ../shared/data)', async () => {
  const items = await openItems(realCifar);
  expect(items.classes).toHaveLength(10);
  expect(items.items.count).toBe(6000);
  expect(items.items.splits.filter((split) => split === 0)).toHaveLength(5000);
  const first = await items.read(0);
  expect(first.kind === 'encoded' && [...first.bytes.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  await items.close();
});

function prefixed(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${folder}/${name}`, bytes]));
}
