import { existsSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { countLabels } from '../../../src/core/data/splits';
import { computeNormalization } from '../../../src/core/data/normalization';
import { loadDataset } from '../../../src/worker/data/load-dataset';
import { idxFile, idxFileGz, temporaryFolder, writeTree } from './data-folders';

const small = {
  'train-images-idx3-ubyte': idxFile([4, 2, 3], [1, 2, 3, 4, 5, 6]),
  'train-labels-idx1-ubyte': idxFile([4], [0, 1, 2, 0]),
  't10k-images-idx3-ubyte': idxFile([2, 2, 3], [9]),
  't10k-labels-idx1-ubyte': idxFile([2], [1, 0]),
};
const { 'train-images-idx3-ubyte': trainImages, 'train-labels-idx1-ubyte': trainLabels } = small;

describe('a folder of IDX files', () => {
  test('is read, packed or not, with the same fingerprint', async ({ onTestFinished }) => {
    const plain = await temporaryFolder(onTestFinished);
    const packed = await temporaryFolder(onTestFinished);
    await writeTree(plain, small);
    await writeTree(
      packed,
      Object.fromEntries(Object.entries(small).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)])),
    );
    const dataset = await loadDataset(plain);
    expect(dataset).toMatchObject({
      name: path.basename(plain),
      classes: ['0', '1', '2'],
      channels: 1,
      height: 2,
      width: 3,
    });
    expect([...dataset.train.labels]).toEqual([0, 1, 2, 0]);
    expect([...dataset.train.images.subarray(0, 6)]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...(dataset.test?.images ?? [])]).toEqual(new Array(12).fill(9));
    expect(await loadDataset(packed)).toEqual({ ...dataset, name: path.basename(packed) });
  });

  test('is resized and coloured when asked', async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    await writeTree(folder, small);
    const {
      train,
      test: testSplit,
      ...dataset
    } = await loadDataset(folder, { size: { height: 1, width: 1, channels: 3 } });
    expect(dataset).toMatchObject({ height: 1, width: 1, channels: 3 });
    expect(train.images.length).toBe(12);
    expect([...(testSplit?.images ?? [])]).toEqual([9, 9, 9, 9, 9, 9]);
  });

  test('with several sets asks which, and takes one by its file', async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    const set = (prefix: string, value: number) => ({
      [`${prefix}-train-images-idx3-ubyte.gz`]: idxFileGz([3, 1, 1], [value]),
      [`${prefix}-train-labels-idx1-ubyte.gz`]: idxFileGz([3], [0, 1, 1]),
    });
    await writeTree(folder, { ...set('emnist-letters', 1), ...set('emnist-digits', 2) });
    await expect(loadDataset(folder)).rejects.toThrow('2 data sets: emnist-digits, emnist-letters');
    const letters = await loadDataset(path.join(folder, 'emnist-letters-train-labels-idx1-ubyte.gz'));
    expect(letters.name).toBe('emnist-letters');
    expect([...letters.train.images]).toEqual([1, 1, 1]);
  });

  test.each([
    ['labels are missing', { 'train-images-idx3-ubyte': trainImages }, 'stands without its labels'],
    [
      'training is missing',
      { 't10k-images-idx3-ubyte': trainImages, 't10k-labels-idx1-ubyte': trainLabels },
      'no training images',
    ],
    [
      'the images are cut',
      { ...small, 'train-images-idx3-ubyte': trainImages.subarray(0, 30) },
      'cut short: 30 of 40 bytes',
    ],
    [
      'the packed images are cut',
      { ...small, 'train-images-idx3-ubyte': gzipSync(trainImages).subarray(0, 25) },
      "can't be unpacked",
    ],
    [
      'the file is something else',
      { ...small, 'train-images-idx3-ubyte': Buffer.from('<html>not found</html>') },
      'not an IDX file',
    ],
    ['images and labels are mixed up', { ...small, 'train-images-idx3-ubyte': trainLabels }, 'has 1 dimensions'],
    ['there are fewer labels', { ...small, 'train-labels-idx1-ubyte': idxFile([3], [0, 1, 2]) }, '4 images, but'],
    ['the sizes differ', { ...small, 't10k-images-idx3-ubyte': idxFile([2, 5, 5], [1]) }, 'test images of 5 × 5'],
    [
      'there is one class',
      { 'train-images-idx3-ubyte': trainImages, 'train-labels-idx1-ubyte': idxFile([4], [3]) },
      'one class only',
    ],
    [
      'there are no images',
      { 'train-images-idx3-ubyte': idxFile([0, 2, 3], []), 'train-labels-idx1-ubyte': idxFile([0], []) },
      'no training images',
    ],
    ['a file is empty', { ...small, 'train-labels-idx1-ubyte': Buffer.alloc(0) }, 'cut short: 0 of 4'],
  ])('is refused where %s', async (_, files, message) => {
    const { onTestFinished } = await import('vitest');
    const folder = await temporaryFolder(onTestFinished);
    await writeTree(folder, files);
    const error: unknown = await loadDataset(folder).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'UserError' });
    expect(String(error)).toContain(message);
  });
});

const mnist = path.join(import.meta.dirname, '../../../../shared/data/mnist');

test.skipIf(!existsSync(mnist))('real MNIST (skipped where ../shared/data/mnist is absent)', async () => {
  const { train, test: testSplit, ...dataset } = await loadDataset(mnist);
  expect(dataset).toMatchObject({ channels: 1, height: 28, width: 28 });
  expect(dataset.classes).toEqual([...'0123456789']);
  expect([train.count, testSplit?.count]).toEqual([10_000, 10_000]);
  // The official test set's class counts.
  expect(countLabels(testSplit?.labels ?? [], 10)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  // Close to the well-known 0.1307 and 0.3081 of all 60,000.
  const { mean, std } = computeNormalization(train, 1);
  expect(mean[0]).toBeCloseTo(0.1307, 2);
  expect(std[0]).toBeCloseTo(0.3081, 2);
});
