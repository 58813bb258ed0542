import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { loadDataset } from '../../../src/worker/data/load-dataset';
import { idxFile, png, temporaryFolder, writeTree } from './data-folders';
import { npyFile, twoClasses, zipFile } from './made-sets';

const json = (file: object): string => JSON.stringify(file);
const four = { 'Abby_1.png': png(1), 'bea_1.png': png(2), 'Abby_2.png': png(3), 'bea_2.png': png(4) };

async function load(files: Parameters<typeof writeTree>[1], opened = '') {
  const { onTestFinished } = await import('vitest');
  const root = await temporaryFolder(onTestFinished);
  await writeTree(root, files);
  return loadDataset(path.join(root, opened));
}

describe('a dataset.json', () => {
  test('labels files by the case of their first letter', async () => {
    const labels = { from: 'first-letter-case', upper: 'cat', lower: 'dog' };
    const { classes, train } = await load({ ...four, 'dataset.json': json({ kind: 'images', labels }) });
    expect([classes, [...train.labels], train.keys]).toEqual([
      ['cat', 'dog'],
      [0, 0, 1, 1],
      ['Abby_1.png', 'Abby_2.png', 'bea_1.png', 'bea_2.png'],
    ]);
  });

  test('labels and groups them by patterns, and splits them by lists beside it', async () => {
    const { classes, train, test: testSplit } = await load({
      'images/Abby_1.png': png(1),
      'images/bea_1.png': png(2),
      'images/in/Abby_2.png': png(3),
      'images/bea_2.png': png(4),
      'images/other.png': png(5),
      'trainval.txt': '# Image CLASS-ID\nAbby_1 1 1 1\nbea_1 2 2 1\n',
      'test.txt': 'in/Abby_2.png\r\nbea_2.png\r\n',
      'dataset.json': json({
        kind: 'images',
        path: 'images',
        labels: { from: 'pattern', pattern: '^(?<label>[^_]+)_\\d' },
        groups: { from: 'pattern', pattern: '_(\\d)' },
        splits: { from: 'lists', train: 'trainval.txt', test: 'test.txt' },
      }),
    });
    expect([classes, train.keys, testSplit?.keys]).toEqual([
      ['Abby', 'bea'],
      ['Abby_1.png', 'bea_1.png'],
      ['bea_2.png', 'in/Abby_2.png'],
    ]);
    expect([...(train.groups ?? []), ...(testSplit?.groups ?? [])]).toEqual([0, 0, 1, 1]);
  });

  test('takes the folder as the class, wherever it is, with splits by folders and an order of classes', async () => {
    const dataset = await load({
      'a/x/dog/1.png': png(1),
      'a/y/cat/2.png': png(2),
      'b/cat/3.png': png(3),
      'dataset.json': json({
        kind: 'images',
        classes: ['dog', 'cat'],
        splits: { from: 'folders', train: 'a', val: 'b' },
      }),
    });
    expect(dataset.classes).toEqual(['dog', 'cat']);
    expect([[...dataset.train.labels], [...(dataset.val?.labels ?? [])]]).toEqual([[0, 1], [1]]);
  });

  test('leads to an archive elsewhere, with a table beside it', async () => {
    const files = { 'img/1.png': await png(1), 'img/2.png': await png(2) };
    const dataset = await load(
      {
        'packed/set.zip': zipFile(files),
        'described/names.tsv': '1\tx y\n2\tz\n',
        'described/dataset.json': json({
          kind: 'table',
          path: '../packed/set.zip',
          table: 'names.tsv',
          images: 'img',
          extension: '.png',
          columns: { file: 0, labels: 1 },
        }),
      },
      'described',
    );
    expect([dataset.name, dataset.classes, dataset.train.keys]).toEqual([
      'described',
      ['x y', 'z'],
      ['img/1.png', 'img/2.png'],
    ]);
  });

  test('says size and normalisation, which training takes', async () => {
    const dataset = await load({
      ...(await twoClasses()),
      'dataset.json': json({ kind: 'images', inputSize: { height: 6, width: 5, channels: 3 }, normalization: 'imagenet' }),
    });
    expect(dataset).toMatchObject({ height: 6, width: 5, channels: 3, classes: ['cat', 'dog'] });
    expect([dataset.train.count, dataset.test?.count]).toEqual([4, 4]);
    expect(dataset.normalization).toEqual({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
    const grey = { kind: 'images', inputSize: { height: 6, width: 5 }, normalization: { mean: [0.5], std: [0.25] } };
    const { channels, normalization } = await load({ ...(await twoClasses()), 'dataset.json': json(grey) });
    expect([channels, normalization]).toEqual([1, { mean: [0.5], std: [0.25] }]);
  });

  test('names the classes of numbers: IDX and NumPy', async () => {
    const idx = await load({
      'train-images-idx3-ubyte': idxFile([2, 1, 1], [5]),
      'train-labels-idx1-ubyte': idxFile([2], [0, 1]),
      'dataset.json': json({ kind: 'idx', classes: ['nought', 'one', 'two'] }),
    });
    expect(idx.classes).toEqual(['nought', 'one', 'two']);
    const npy = await load({
      'pictures.npy': npyFile([2, 3, 1, 3], Array.from({ length: 18 }, (_, i) => i)),
      'what.npy': npyFile([2], [1, 0]),
      'dataset.json': json({
        kind: 'npy',
        layout: 'NHWC',
        classes: ['a', 'b'],
        arrays: { train: { images: 'pictures.npy', labels: 'what.npy' } },
      }),
    });
    expect([npy.height, npy.width, npy.channels, npy.classes]).toEqual([3, 1, 3, ['a', 'b']]);
  });

  test.each([
    ['a path that leads nowhere', { kind: 'images', path: 'no' }, 'path: '],
    ['a table that is not there', { kind: 'table', table: 'x.csv', columns: { file: 0, labels: 1 } }, 'x.csv'],
    ['a pattern that fits nothing', { kind: 'images', labels: { from: 'pattern', pattern: 'z(z)' } }, 'does not match z(z)'],
    ['classes without one that there is', { kind: 'images', classes: ['cat', 'cow'] }, 'does not name: dog'],
    ['values for three channels of grey images', { kind: 'images', normalization: 'imagenet' }, '3 channels'],
    ['no list of that name', { kind: 'images', splits: { from: 'lists', train: 'no.txt' } }, 'no.txt'],
  ])('with %s is refused with what to do', async (_, file, message) => {
    const error = await load({ ...(await twoClasses()), 'dataset.json': json(file) }).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(message);
    expect((error as UserError).remedy).toBeTruthy();
  });
});
