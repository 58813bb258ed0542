import { describe, expect, test } from 'vitest';
import { checkIdxPair, parseIdx, parseIdxImages, parseIdxLabels } from '../../../src/core/data/idx';
import { parseIdxFileName } from '../../../src/core/data/idx-file-name';
import { UserError } from '../../../src/core/errors';

function idx(dims: readonly number[], values: readonly number[], type = 0x08): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dims.length + values.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, type, dims.length]);
  dims.forEach((dim, axis) => view.setUint32(4 + 4 * axis, dim));
  bytes.set(values, 4 + 4 * dims.length);
  return bytes;
}

function userError(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

describe('parseIdx', () => {
  test('reads dimensions and values, also from the middle of a larger buffer', () => {
    const file = idx([2, 3], [1, 2, 3, 4, 5, 6]);
    const larger = new Uint8Array(file.length + 7);
    larger.set(file, 3);
    const { dims, data } = parseIdx(larger.subarray(3, 3 + file.length), 'a');
    expect(dims).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('says how much of a cut file is there, in the header and in the values', () => {
    expect(userError(() => parseIdx(new Uint8Array(2), 'a')).message).toBe('a is cut short: 2 of 4 bytes are there.');
    expect(userError(() => parseIdx(idx([2, 3], []).subarray(0, 10), 'a')).message).toContain('10 of 12 bytes');
    const cut = userError(() => parseIdx(idx([2, 3], [1, 2]), 'a'));
    expect(cut.message).toContain('14 of 18 bytes');
    expect(cut.remedy).toContain('fetch it again');
  });

  test('refuses bytes behind the end', () => {
    expect(userError(() => parseIdx(idx([2], [1, 2, 3]), 'a')).message).toContain('1 bytes more');
  });

  test('refuses dimensions far beyond any file without trying to hold them', () => {
    expect(userError(() => parseIdx(idx([2 ** 32 - 1, 2 ** 32 - 1], [1]), 'a')).message).toContain('cut short');
  });

  test('names a wrong magic number, and a gzipped file', () => {
    expect(userError(() => parseIdx(Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'a')).message).toContain('89 50 4e 47');
    expect(userError(() => parseIdx(Uint8Array.of(0, 0, 0x77, 1), 'a')).message).toContain('not an IDX file');
    expect(userError(() => parseIdx(Uint8Array.of(0x1f, 0x8b, 8, 0), 'a')).remedy).toContain('gzipped');
  });

  test('names a type that images and labels never have', () => {
    expect(userError(() => parseIdx(idx([1], [0, 0, 0, 0], 0x0d), 'a')).message).toContain('float32');
  });
});

test('images have three dimensions and pixels, labels one dimension', () => {
  expect(parseIdxImages(idx([2, 1, 2], [1, 2, 3, 4]), 'a')).toMatchObject({ count: 2, height: 1, width: 2 });
  expect([...parseIdxLabels(idx([3], [7, 8, 9]), 'a')]).toEqual([7, 8, 9]);
  expect(userError(() => parseIdxImages(idx([3], [7, 8, 9]), 'a')).remedy).toContain('labels');
  expect(userError(() => parseIdxImages(idx([0, 0, 28], []), 'a')).message).toContain('without pixels');
  expect(userError(() => parseIdxLabels(idx([1, 1, 1], [7]), 'a')).message).toContain('3 dimensions');
});

test('images and labels that are not as many are refused with both numbers', () => {
  expect(() => checkIdxPair({ name: 'a', count: 5 }, { name: 'b', count: 5 })).not.toThrow();
  const error = userError(() => checkIdxPair({ name: 'a', count: 5 }, { name: 'b', count: 4 }));
  expect(error.message).toBe('a holds 5 images, but b holds 4 labels.');
});

test('a damaged header never does worse than a UserError', () => {
  const sound = idx([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  for (let position = 0; position < 16; position++) {
    for (let value = 0; value < 256; value++) {
      const damaged = Uint8Array.from(sound);
      damaged[position] = value;
      if (damaged[position] === sound[position]) continue;
      userError(() => parseIdxImages(damaged, 'a'));
    }
  }
});

describe('names of IDX files', () => {
  test.each([
    ['train-images-idx3-ubyte', { prefix: '', split: 'train', contents: 'images', compressed: false }],
    ['t10k-labels-idx1-ubyte.gz', { prefix: '', split: 'test', contents: 'labels', compressed: true }],
    ['t10k-images.idx3-ubyte', { prefix: '', split: 'test', contents: 'images', compressed: false }],
    ['emnist-letters-train-images-idx3-ubyte.gz', { prefix: 'emnist-letters', split: 'train', contents: 'images' }],
    ['K49_Test_Labels_IDX1-ubyte.GZ', { prefix: 'K49', split: 'test', contents: 'labels', compressed: true }],
    ['validation-images-idx3-ubyte', { prefix: '', split: 'val', contents: 'images' }],
  ])('%s', (name, expected) => {
    expect(parseIdxFileName(name)).toMatchObject(expected);
  });

  test.each(['train-images.png', 'images-idx3-ubyte', 'retrain-images-idx3-ubyte', 'train-images-idx3-ubyte.zip', ''])(
    'not %s',
    (name) => {
      expect(parseIdxFileName(name)).toBeUndefined();
    },
  );
});
