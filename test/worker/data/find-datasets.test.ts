import { existsSync } from 'node:fs';
import { stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { findDatasets, summarizeDataset } from '../../../src/node/find-datasets';
import { KnownArchives } from '../../../src/node/known-archives';
import { makeTar } from '../../support/hostile-archives';
import { idxFile, idxFileGz, temporaryFolder, writeTree } from './data-folders';

/** Nothing is decoded, so any bytes will do for an image. */
const image = 'not looked at';

function images(folder: string, count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${folder}/${index}.png`, image]));
}

describe('summarizeDataset', () => {
  test('counts the images of every class in every split', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      ...images('train/cat', 3),
      ...images('train/dog', 2),
      ...images('train/dog/more', 2),
      ...images('valid/dog', 1),
      'train/cat/notes.txt': '',
    });
    expect(await summarizeDataset(root)).toEqual({
      name: path.basename(root),
      path: root,
      format: 'image-folder',
      splits: [
        {
          name: 'train',
          count: 7,
          classes: [
            { name: 'cat', count: 3 },
            { name: 'dog', count: 4 },
          ],
        },
        {
          name: 'val',
          count: 1,
          classes: [
            { name: 'cat', count: 0 },
            { name: 'dog', count: 1 },
          ],
        },
      ],
    });
  });

  test('reads the labels of IDX files, and only the first bytes of the images', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const packed = idxFileGz([5, 200, 200], [1, 2, 3]);
    await writeTree(root, {
      // Cut after its beginning: enough for the count.
      'train-images-idx3-ubyte.gz': packed.subarray(0, packed.length - 40),
      'train-labels-idx1-ubyte.gz': idxFileGz([5], [0, 2, 2]),
      't10k-images-idx3-ubyte': idxFile([2, 1, 1], [0]),
      't10k-labels-idx1-ubyte': idxFile([2], [1]),
    });
    expect(await summarizeDataset(root)).toEqual({
      name: path.basename(root),
      path: root,
      format: 'idx',
      splits: [
        {
          name: 'train',
          count: 5,
          classes: [
            { name: '0', count: 2 },
            { name: '1', count: 0 },
            { name: '2', count: 3 },
          ],
        },
        {
          name: 'test',
          count: 2,
          classes: [
            { name: '0', count: 0 },
            { name: '1', count: 2 },
            { name: '2', count: 0 },
          ],
        },
      ],
    });
  });

  test('of what is none is undefined, of a damaged one an error', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    expect(await summarizeDataset(root)).toBeUndefined();
    expect(await summarizeDataset(path.join(root, 'nowhere'))).toBeUndefined();
    const images_ = { 'train-images-idx3-ubyte': idxFile([5, 2, 2], [1]) };
    await writeTree(root, { ...images_, 'train-labels-idx1-ubyte': idxFile([4], [1]) });
    await expect(summarizeDataset(root)).rejects.toThrow('5 images, but');
    await writeTree(root, { 'train-labels-idx1-ubyte': 'oops' });
    await expect(summarizeDataset(root)).rejects.toBeInstanceOf(UserError);
    await writeTree(root, { 'train-images-idx3-ubyte': '', 'train-labels-idx1-ubyte': idxFile([4], [1]) });
    await expect(summarizeDataset(root)).rejects.toBeInstanceOf(UserError);
  });
});

describe('findDatasets', () => {
  test('finds data sets of both kinds, at the root and below, in order', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'README.md': '',
      ...images('data/pets/cat', 2),
      ...images('data/pets/dog', 2),
      ...images('data/flowers/train/rose', 2),
      ...images('data/flowers/train/tulip', 2),
      ...images('data/flowers/test/rose', 1),
      'data/digits/train-images-idx3-ubyte': idxFile([2, 1, 1], [0]),
      'data/digits/train-labels-idx1-ubyte': idxFile([2], [0, 1]),
    });
    const found = await findDatasets(root);
    expect(found.map((each) => path.relative(root, each.path).split(path.sep).join('/'))).toEqual([
      'data/digits',
      'data/flowers',
      'data/pets',
    ]);
    expect(await findDatasets(path.join(root, 'data/pets'))).toHaveLength(1);
  });

  test('takes a project’s pictures and what is not the user’s for no data set', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      ...images('media', 3),
      ...images('docs/images', 3),
      'src/a.ts': '',
      'src/b.ts': '',
      'test/c.ts': '',
      ...images('figures/only-one', 3),
      ...images('node_modules/x/a', 2),
      ...images('node_modules/x/b', 2),
      ...images('.git/a', 2),
      ...images('.git/b', 2),
      ...images('.cnn-lab/a', 2),
      ...images('.cnn-lab/b', 2),
      'icons/a/1.png': image,
      'icons/a/1.ts': '',
      'icons/a/2.ts': '',
      'icons/b/1.png': image,
      'icons/b/1.ts': '',
    });
    expect(await findDatasets(root)).toEqual([]);
  });

  test('looks no deeper than it is told, and follows no links', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { ...images('1/2/3/4/a', 2), ...images('1/2/3/4/b', 2) });
    expect(await findDatasets(root)).toHaveLength(1);
    expect(await findDatasets(root, { maxDepth: 3 })).toEqual([]);
    await symlink(path.join(root, '1'), path.join(root, 'link'), 'junction');
    expect(await findDatasets(root)).toHaveLength(1);
  });

  test('lists each set of a folder with several, by a path that opens it', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const set = (prefix: string, count: number) => ({
      [`${prefix}-train-images-idx3-ubyte`]: idxFile([count, 1, 1], [0]),
      [`${prefix}-train-labels-idx1-ubyte`]: idxFile([count], [0, 1]),
    });
    await writeTree(root, { ...set('emnist-digits', 4), ...set('emnist-letters', 6) });
    const found = await findDatasets(root);
    expect(found.map(({ name, splits }) => [name, splits[0]?.count])).toEqual([
      ['emnist-digits', 4],
      ['emnist-letters', 6],
    ]);
    for (const each of found) expect(await summarizeDataset(each.path)).toEqual(each);
  });

  test('tells of what can’t be used, and goes on', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'broken/train-images-idx3-ubyte': idxFile([2, 1, 1], [0]),
      ...images('pets/cat', 1),
      ...images('pets/dog', 1),
    });
    const problems: string[] = [];
    const found = await findDatasets(root, {
      onProblem: (folder, problem) => problems.push(`${folder}: ${problem.message}`),
    });
    expect(found.map(({ name }) => name)).toEqual(['pets']);
    expect(problems).toEqual([expect.stringContaining('stands without its labels')]);
  });

  test('looks into an archive once as long as its file is the same', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const file = path.join(root, 'pets.tar.gz');
    const entries = ['cat/0.png', 'cat/1.png', 'dog/0.png'].map((name) => ({ name, body: image }));
    const at = new Date('2026-03-01T09:00:00Z');
    await writeFile(file, gzipSync(makeTar(entries)));
    await utimes(file, at, at);
    const archives = new KnownArchives();
    const problems: string[] = [];
    const find = () => findDatasets(root, { archives, onProblem: (_, problem) => problems.push(problem.message) });
    const first = await find();
    expect(first).toMatchObject([{ path: file, format: 'image-folder', container: 'tar', splits: [{ count: 3 }] }]);

    // Other bytes under the same size and time: whoever looked would see that they are no archive.
    await writeFile(file, new Uint8Array((await stat(file)).size));
    await utimes(file, at, at);
    expect(await find()).toEqual(first);
    expect(problems).toEqual([]);

    await utimes(file, at, new Date(at.getTime() + 1000));
    expect(await find()).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(await find()).toEqual([]);
    expect(problems).toHaveLength(2);
  });

  test('ends when it is aborted', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const reason = new Error('enough');
    await expect(findDatasets(root, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

const samples = path.join(import.meta.dirname, '../../../samples/data');

test.skipIf(!existsSync(samples))('the samples that ship are found with all their classes', async () => {
  const found = await findDatasets(samples);
  expect(
    found.map(({ name, splits }) => [name, splits.map((split) => [split.name, split.count, split.classes.length])]),
  ).toEqual([
    [
      'digits',
      [
        ['train', 4000, 10],
        ['test', 1000, 10],
      ],
    ],
    [
      'shapes',
      [
        ['train', 1600, 8],
        ['test', 400, 8],
      ],
    ],
  ]);
});
