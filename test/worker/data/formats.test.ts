import { readFileSync } from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { npyImage, npyImages, npyLabels } from '../../../src/core/data/npy-images';
import { parseNpy } from '../../../src/core/data/npy';
import { UserError } from '../../../src/core/errors';
import { findDatasets, summarizeDataset } from '../../../src/node/find-datasets';
import { loadDataset } from '../../../src/worker/data/load-dataset';
import { openItems } from '../../../src/worker/data/open-items';
import { png, temporaryFolder, writeTree } from './data-folders';
import { cifarFile, type Files, npyFile, parquetFile, tarFile, tgzFile, twoClasses, zipFile } from './made-sets';

/** Written by test/fixtures/data/make-npy-fixtures.py. */
interface NpyFixtures {
  readonly images: readonly { name: string; npy: string; shape: readonly number[]; pixels: readonly number[] }[];
  readonly labels: readonly {
    name: string;
    npy: string;
    labels?: readonly number[];
    names?: readonly string[];
    sets?: readonly number[];
  }[];
  readonly npz: string;
  readonly npzPixels: readonly number[];
}
const fixtures = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../fixtures/data/npy-fixtures.json'), 'utf8'),
) as NpyFixtures;
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

describe('a table of labels', () => {
  const csvCases: readonly [string, Record<string, string>, readonly (readonly [string, string])[]][] = [
    [
      'with a header',
      { 'labels.csv': 'file,label\n1.png,cat\n2.png,dog\n' },
      [
        ['1.png', 'cat'],
        ['2.png', 'dog'],
      ],
    ],
    [
      'without a header',
      { 'labels.csv': '1.png,cat\n2.png,dog\n' },
      [
        ['1.png', 'cat'],
        ['2.png', 'dog'],
      ],
    ],
    [
      'with quoted fields, other columns, a mark at its start and lines of Windows',
      { 'labels.csv': '\uFEFF"label","note","file name"\r\n"big, ""wild"" cat","a\r\nb","1.png"\r\ndog,,2.png\r\n' },
      [
        ['1.png', 'big, "wild" cat'],
        ['2.png', 'dog'],
      ],
    ],
    [
      'with tabs',
      { 'labels.tsv': 'image\tclass\nin/3.png\tcat\n1.png\tdog\n' },
      [
        ['in/3.png', 'cat'],
        ['1.png', 'dog'],
      ],
    ],
    [
      'with semicolons and names without endings',
      { 'l.csv': 'id;breed\n1;cat\n3;dog\n' },
      [
        ['1.png', 'cat'],
        ['in/3.png', 'dog'],
      ],
    ],
  ];
  test.each(csvCases)('%s', async (_, tables, expected) => {
    const { onTestFinished } = await import('vitest');
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { '1.png': png(1), '2.png': png(2), 'in/3.png': png(3), ...tables });
    const { train, classes } = await loadDataset(root);
    expect(train.keys?.map((key, index) => [key, classes[train.labels[index] ?? -1]])).toEqual(expected);
  });

  test('has a column of splits and one of groups', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const rows = [
      'file,label,split,patient',
      '1.png,a,test,p',
      '2.png,b,train,q',
      '3.png,a,train,r',
      '4.png,b,train,q',
    ];
    await writeTree(root, {
      'labels.csv': rows.join('\n'),
      ...Object.fromEntries([1, 2, 3, 4].map((n) => [`${n}.png`, png(n)])),
    });
    const dataset = await loadDataset(root);
    expect(dataset.train.keys).toEqual(['2.png', '3.png', '4.png']);
    expect(dataset.test?.keys).toEqual(['1.png']);
    const [first, second, third] = dataset.train.groups ?? [];
    expect(first).toBe(third);
    expect(first).not.toBe(second);
  });

  test('for each split is read as that split', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'train.csv': 'file,label\n1.png,a\n2.png,b\n',
      'val.csv': 'file,label\n3.png,b\n',
      'images/1.png': png(1),
      'images/2.png': png(2),
      'images/3.png': png(3),
    });
    const dataset = await loadDataset(root);
    expect([dataset.train.keys, dataset.val?.keys]).toEqual([['images/1.png', 'images/2.png'], ['images/3.png']]);
  });

  test.each([
    ['a column for each class', 'file,red,round\n1.png,1,1\n2.png,0,0\n3.png,0,1\n', ['red', 'round']],
    ['a separator', 'file,tags\n1.png,red|round\n2.png,\n3.png,round\n', ['red', 'round']],
  ])('gives several classes with %s', async (_, table, classes) => {
    const { onTestFinished } = await import('vitest');
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'labels.csv': table, '1.png': png(1), '2.png': png(2), '3.png': png(3) });
    const dataset = await loadDataset(root);
    expect(dataset).toMatchObject({ task: 'multi-label', classes });
    expect([...(dataset.train.labelSets ?? [])]).toEqual([1, 1, 0, 0, 0, 1]);
    expect([...dataset.train.labels]).toEqual([0, -1, 1]);
  });

  test('with one 1 in every row gives one class, as the flags of HAM10000', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'truth.csv': 'image,MEL,NV\n1,0.0,1.0\n2,1.0,0.0\n', '1.png': png(1), '2.png': png(2) });
    const dataset = await loadDataset(root);
    expect([dataset.task, dataset.classes, [...dataset.train.labels]]).toEqual([undefined, ['MEL', 'NV'], [1, 0]]);
  });

  test('tells which rows it can’t use, and takes no file from outside', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'outside.png': png(9),
      'set/labels.csv': 'file,label\n1.png,a\n2.png,b\nnone.png,a\n../outside.png,a\n1.png,b\n3.png,\n',
      'set/1.png': png(1),
      'set/2.png': png(2),
      'set/3.png': png(3),
    });
    const { train, skipped } = await loadDataset(path.join(root, 'set'));
    expect(train.keys).toEqual(['1.png', '2.png']);
    expect(skipped.map(({ path: place, reason }) => [path.basename(place), reason])).toEqual([
      ['labels.csv, line 4', 'names an image that is not there: none.png'],
      ['labels.csv, line 5', 'names an image that is not there: ../outside.png'],
      ['labels.csv, line 6', 'names 1.png again'],
      ['labels.csv, line 7', 'has no label'],
    ]);
  });

  test('in a zip, beside its images', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const table = Buffer.from('file,label\n1.png,a\n2.png,b\n');
    await writeTree(root, {
      'set.zip': zipFile({ 's/labels.csv': table, 's/1.png': await png(1), 's/2.png': await png(2) }),
    });
    expect((await loadDataset(path.join(root, 'set.zip'))).classes).toEqual(['a', 'b']);
  });
});

describe('CIFAR binary files', () => {
  const batch = (labels: readonly (readonly number[])[]) =>
    cifarFile(labels.map((each, index) => ({ labels: each, rgb: [index, 100, 200] as const })));

  test('of CIFAR-10 are joined in the order of their numbers', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'data_batch_2.bin': batch([[1]]),
      'data_batch_10.bin': batch([[0]]),
      'test_batch.bin': batch([[1], [0]]),
      'batches.meta.txt': 'plane\ncar\n',
    });
    const dataset = await loadDataset(root);
    expect(dataset).toMatchObject({ classes: ['plane', 'car'], height: 32, width: 32, channels: 3 });
    expect(dataset.train.keys).toEqual(['data_batch_2.bin#0', 'data_batch_10.bin#0']);
    expect([...dataset.train.labels]).toEqual([1, 0]);
    const second = dataset.test?.images.subarray(3072) ?? [];
    expect([second[0], second[1023], second[1024], second[2048]]).toEqual([1, 1, 100, 200]);
  });

  test('of CIFAR-100 have fine labels, or coarse ones where dataset.json says so', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'train.bin': batch([
        [0, 2],
        [1, 1],
      ]),
      'test.bin': batch([[1, 0]]),
      'fine_label_names.txt': 'ray\nrose\nshark\n',
      'coarse_label_names.txt': 'fish\nflower\n',
      'coarse.json': JSON.stringify({ kind: 'cifar', labels: 'coarse' }),
    });
    const fine = await loadDataset(root);
    expect([fine.classes, [...fine.train.labels]]).toEqual([
      ['ray', 'rose', 'shark'],
      [2, 1],
    ]);
    const coarse = await loadDataset(path.join(root, 'coarse.json'));
    expect([coarse.classes, [...coarse.train.labels]]).toEqual([
      ['fish', 'flower'],
      [0, 1],
    ]);
    expect(coarse.fingerprint).not.toBe(fine.fingerprint);
  });

  test('that are cut are refused', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'data_batch_1.bin': batch([[0], [1]]).subarray(0, 5000) });
    await expect(loadDataset(root)).rejects.toThrow('5000 bytes: not a whole number of records');
  });
});

describe('NumPy arrays', () => {
  test.each(fixtures.images)('of images are read as NumPy reads them: $name', ({ npy, shape, pixels }) => {
    const images = npyImages(parseNpy(bytesOf(npy), 'a.npy'), 'a.npy');
    expect([images.count, images.height, images.width, images.channels]).toEqual(shape);
    const read = Array.from({ length: images.count }, (_, index) => [...npyImage(images, index).pixels]).flat();
    expect(read).toEqual(pixels);
  });

  test.each(fixtures.labels)('of labels are read as NumPy reads them: $name', ({ npy, labels, names, sets }) => {
    const read = npyLabels(parseNpy(bytesOf(npy), 'l.npy'), 'l.npy');
    if (read.kind === 'numbers') expect([...read.labels]).toEqual(labels);
    else if (read.kind === 'names') expect(read.names).toEqual(names);
    else expect([...read.sets]).toEqual(sets);
  });

  test('in one .npz are the splits by their names', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'set.npz': bytesOf(fixtures.npz) });
    for (const location of [root, path.join(root, 'set.npz')]) {
      const dataset = await loadDataset(location);
      expect(dataset).toMatchObject({ channels: 3, height: 6, width: 5, classes: ['0', '1', '2'] });
      expect([...(dataset.test?.labels ?? [])]).toEqual([1, 1]);
      expect(dataset.train.keys?.[1]).toBe('set.npz/x_train#1');
      const planes = dataset.train.images.subarray(90, 180);
      expect(Array.from({ length: 90 }, (_, i) => planes[(i % 3) * 30 + Math.floor(i / 3)])).toEqual(
        fixtures.npzPixels,
      );
    }
  });

  test.each([
    ['kmnist-train-imgs.npz', 'kmnist-train-labels.npz'],
    ['train_images.npy', 'train_labels.npy'],
    ['images.npy', 'labels.npy'],
    ['trainX.npy', 'trainY.npy'],
  ])('in files of their own: %s and %s', async (imagesName, labelsName) => {
    const { onTestFinished } = await import('vitest');
    const root = await temporaryFolder(onTestFinished);
    const file = (name: string, npy: Buffer) => (name.endsWith('.npz') ? zipSync({ 'arr_0.npy': npy }) : npy);
    await writeTree(root, {
      [imagesName]: file(imagesName, npyFile([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])),
      [labelsName]: file(labelsName, npyFile([2], [1, 0])),
    });
    const { train } = await loadDataset(root);
    expect([[...train.images], [...train.labels]]).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8],
      [1, 0],
    ]);
  });

  const container: Readonly<Record<string, (files: Files) => Uint8Array>> = {
    'set.zip': zipFile,
    'stored.zip': (files) => zipSync(files, { level: 0 }),
    'set.tar': tarFile,
    'set.tar.gz': tgzFile,
  };

  test.each(Object.keys(container))('are read out of %s as out of a folder', async (name) => {
    const { onTestFinished } = await import('vitest');
    const root = await temporaryFolder(onTestFinished);
    const pair = { 'images.npy': npyFile([2, 1, 3], [1, 2, 3, 4, 5, 6]), 'labels.npy': npyFile([2], [1, 0]) };
    const described = { kind: 'npy', classes: ['a', 'b'], arrays: { train: { images: 'p.npz', labels: 'q.npz' } } };
    const sets: Readonly<Record<string, Files>> = {
      // Two lengths of names, so that the arrays inside lie at any place of their files.
      one: { 'in/some.npz': bytesOf(fixtures.npz) },
      pair,
      packed: { 'x_train.npz': zipSync({ 'arr_0.npy': pair['images.npy'] }), 'y_train.npy': pair['labels.npy'] },
      described: {
        'dataset.json': Buffer.from(JSON.stringify(described)),
        'p.npz': zipSync({ 'arr_0.npy': pair['images.npy'] }, { level: 0 }),
        'q.npz': zipSync({ 'arr_0.npy': pair['labels.npy'] }),
      },
    };
    for (const [set, files] of Object.entries(sets)) {
      const archive = path.join(root, set, name);
      await writeTree(root, {
        [`${set}/${name}`]: container[name]?.(files) ?? '',
        ...Object.fromEntries(Object.entries(files).map(([file, bytes]) => [`${set}/folder/${file}`, bytes])),
      });
      const fromFolder = await loadDataset(path.join(root, set, 'folder', set === 'one' ? 'in' : ''));
      const { train, test: tested, classes } = await loadDataset(archive);
      expect(classes).toEqual(fromFolder.classes);
      for (const [own, same] of [
        [train, fromFolder.train],
        [tested, fromFolder.test],
      ]) {
        expect([own?.images, own?.labels]).toEqual([same?.images, same?.labels]);
      }
    }
    const inside = await loadDataset(path.join(root, 'one', name, 'in', 'some.npz'));
    expect(inside).toMatchObject({ name: 'some', classes: ['0', '1', '2'] });
  });

  test('of a .npz that is damaged or too large, in an archive, are refused with its place in it', async ({
    onTestFinished,
  }) => {
    const root = await temporaryFolder(onTestFinished);
    const noise = new Uint8Array(2_200_000).map((_, index) => (index * 2654435761) >>> 13);
    const huge = Buffer.from(zipSync({ 'set.npz': noise }, { level: 0 }));
    // In the directory (APPNOTE.TXT, 4.3.12): packed by deflate, and more than 2 GB once it is unpacked.
    const directory = huge.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    huge.writeUInt16LE(8, directory + 10);
    huge.writeUInt32LE(0x80000001, directory + 24);
    await writeTree(root, {
      'damaged.zip': zipFile({ 'set.npz': bytesOf(fixtures.npz).subarray(0, 400) }),
      'huge.zip': huge,
    });
    const refused = async (name: string) => {
      const error = await loadDataset(path.join(root, name)).catch((each: unknown) => each);
      expect(error).toBeInstanceOf(UserError);
      return (error as UserError).message;
    };
    expect(await refused('damaged.zip')).toMatch(/damaged\.zip\/set\.npz can't be read as a zip archive/);
    expect(await refused('huge.zip')).toMatch(
      /huge\.zip\/set\.npz has 2\.0 GB; files of its kind are read up to 2\.0 GB/,
    );
  });

  test.each([
    [
      'normalised floats',
      { 'images.npy': npyFile([2, 1, 1], [0, 0, 128, 191, 0, 0, 128, 63], '<f4') },
      'floats from -1 to 1',
    ],
    ['16-bit values', { 'images.npy': npyFile([2, 1, 1], [0, 1, 5, 0], '<u2') }, 'numbers from 5 to 256'],
    ['channels that may be anywhere', { 'images.npy': npyFile([2, 3, 1, 3], new Array<number>(18).fill(1)) }, 'layout'],
    ['fewer images than labels', { 'images.npy': npyFile([1, 1, 1], [1]) }, '1 images, but there are 2 labels'],
    ['an array that is cut', { 'images.npy': npyFile([2, 9, 9], [1]) }, 'cut short'],
    ['Python objects', { 'images.npy': npyFile([2, 1, 1], new Array<number>(16).fill(0), '|O') }, 'Python objects'],
  ])('with %s are refused with what to do', async (_, files, message) => {
    const { onTestFinished } = await import('vitest');
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'labels.npy': npyFile([2], [0, 1]), ...files });
    const error = await loadDataset(root).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(UserError);
    expect(`${(error as UserError).message} ${(error as UserError).remedy}`).toContain(message);
  });
});

describe('Parquet files', () => {
  const rows = async (values: readonly number[]) =>
    Promise.all(values.map(async (value, index) => ({ bytes: await png(value), label: index % 2 })));

  test('as Hugging Face writes them are read, shards and splits', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'README.md': '',
      'data/train-00000-of-00002.parquet': parquetFile(await rows([10, 20, 30]), ['cat', 'dog']),
      'data/train-00001-of-00002.parquet': parquetFile(await rows([40, 50]), ['cat', 'dog']),
      'data/test-00000-of-00001.parquet': parquetFile(await rows([60]), ['cat', 'dog']),
    });
    const dataset = await loadDataset(root);
    expect(dataset).toMatchObject({ classes: ['cat', 'dog'], channels: 1, height: 3, width: 4 });
    expect([...dataset.train.images].filter((_, i) => i % 12 === 0)).toEqual([10, 20, 30, 40, 50]);
    expect([...dataset.train.labels]).toEqual([0, 1, 0, 0, 1]);
    expect(dataset.train.keys?.[3]).toBe('data/train-00001-of-00002.parquet#0');
    expect([...(dataset.test?.images.subarray(0, 1) ?? [])]).toEqual([60]);
  });

  test('skip rows without image or label', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const good = await rows([1, 2]);
    const file = parquetFile([...good, { bytes: undefined, label: 1 }, { bytes: await png(4), label: -1 }], ['a', 'b']);
    await writeTree(root, { 'train.parquet': file });
    const { train, skipped } = await loadDataset(root);
    expect(train.count).toBe(2);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'has no label',
      expect.stringContaining('has no image in row 2'),
    ]);
  });

  test('that are cut are refused', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const file = parquetFile(await rows([1, 2]), ['a', 'b']);
    await writeTree(root, { 'train.parquet': file.subarray(0, file.length - 20) });
    await expect(loadDataset(root)).rejects.toThrow("can't be read as a Parquet file");
  });
});

test('findDatasets finds every format, with counts, and tells them apart', async ({ onTestFinished }) => {
  const root = await temporaryFolder(onTestFinished);
  const files = await twoClasses();
  const row = { bytes: await png(1), label: 0 };
  await writeTree(root, {
    'notes.zip': zipFile({ 'a.txt': Buffer.from('nothing') }),
    'packed/pets.zip': zipFile(files),
    'packed/pets.tar.gz': tgzFile(files),
    'csv/labels.csv': 'file,label\n1.png,a\n2.png,b\n',
    'csv/images/1.png': png(1),
    'csv/images/2.png': png(2),
    'cifar/data_batch_1.bin': cifarFile([
      { labels: [0], rgb: [1, 2, 3] },
      { labels: [1], rgb: [1, 2, 3] },
    ]),
    'arrays/a.npz': bytesOf(fixtures.npz),
    'arrays/b.npz': bytesOf(fixtures.npz),
    'packed/arrays.tar.gz': tgzFile({ 'arrays/a.npz': bytesOf(fixtures.npz) }),
    'hf/data/train-00000-of-00001.parquet': parquetFile([row, { ...row, label: 1 }], ['x', 'y']),
    'named/dataset.json': JSON.stringify({
      kind: 'images',
      name: 'Pets',
      labels: { from: 'pattern', pattern: '^([a-z]+)' },
    }),
    'named/cat1.png': png(1),
    'named/dog1.png': png(2),
    'other/dataset.json': JSON.stringify({ annotations: [] }),
  });
  const found = await findDatasets(root);
  const about = found.map(({ name, path: place, format, container = 'folder', splits }) => [
    path.relative(root, place).split(path.sep).join('/'),
    name,
    format,
    container,
    splits.map((split) => split.count).join('+'),
  ]);
  expect(about).toEqual([
    ['arrays/a.npz', 'a', 'npy', 'folder', '3+2'],
    ['arrays/b.npz', 'b', 'npy', 'folder', '3+2'],
    ['cifar', 'cifar', 'cifar', 'folder', '2'],
    ['csv', 'csv', 'table', 'folder', '2'],
    ['hf', 'hf', 'parquet', 'folder', '2'],
    ['named', 'Pets', 'labelled-files', 'folder', '2'],
    ['packed/arrays.tar.gz', 'arrays', 'npy', 'tar', '3+2'],
    ['packed/pets.tar.gz', 'pets', 'image-folder', 'tar', '4+4'],
    ['packed/pets.zip', 'pets', 'image-folder', 'zip', '4+4'],
  ]);
  for (const each of found) expect(await summarizeDataset(each.path)).toEqual(each);
});

test('what items say is what is loaded, with the same fingerprint, from the cache too', async ({ onTestFinished }) => {
  const root = await temporaryFolder(onTestFinished);
  await writeTree(root, { ...(await twoClasses()), 'train/cat/3.png': 'damaged' });
  const items = await openItems(root);
  const keys = Array.from({ length: items.items.count }, (_, index) => items.items.key(index));
  await items.close();
  const cacheFolder = path.join(root, '.cache');
  const fresh = await loadDataset(root, { cacheFolder });
  const cached = await loadDataset(root, { cacheFolder });
  expect(cached).toEqual(fresh);
  expect(fresh.fingerprint).toBe(items.fingerprint);
  expect([...(fresh.train.keys ?? []), ...(fresh.test?.keys ?? [])]).toEqual(keys.filter((key) => !key.includes('3')));
});
