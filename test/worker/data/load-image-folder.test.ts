import { mkdir, rename, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { loadDataset } from '../../../src/worker/data/load-dataset';
import { imageFixtures } from '../../unit/data/image-fixtures';
import { picture, png, temporaryFolder, writeTree } from './data-folders';

const red = [250, 10, 20] as const;
const blue = [5, 15, 240] as const;

async function refusal(promise: Promise<unknown>): Promise<UserError> {
  const error: unknown = await promise.then(
    () => new Error('It was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof UserError) return error;
  throw error;
}

describe('an image folder', () => {
  test('with a folder for each class is a training split, in the order of its paths', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'b/2.png': png(2), 'b/10.png': png(3), 'a/x.png': png(1), 'readme.txt': 'hello' });
    const dataset = await loadDataset(root);
    expect(dataset).toMatchObject({ name: path.basename(root), classes: ['a', 'b'], channels: 1, height: 3, width: 4 });
    expect(dataset.val).toBeUndefined();
    expect(dataset.test).toBeUndefined();
    expect(dataset.skipped).toEqual([]);
    expect([...dataset.train.labels]).toEqual([0, 1, 1]);
    expect([...dataset.train.images]).toEqual([1, 3, 2].flatMap((value) => new Array<number>(12).fill(value)));
  });

  test('with folders for splits keeps them apart, whatever the split is called', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'Train/cat/a.png': png(1),
      'Train/dog/a.png': png(2),
      'validation/dog/a.png': png(3),
      'test/cat/a.png': png(4),
      'test/dog/deep/er/a.png': png(5),
      'test/dog/deep/a.png': png(6),
      'notes/x.png': png(9),
    });
    const { classes, train, val, test: testSplit } = await loadDataset(root);
    expect(classes).toEqual(['cat', 'dog']);
    expect([...train.labels, ...(val?.labels ?? []), ...(testSplit?.labels ?? [])]).toEqual([0, 1, 1, 0, 1, 1]);
    expect([train, val, testSplit].map((split) => split && [...split.images].filter((_, i) => i % 12 === 0))).toEqual([
      [1, 2],
      [3],
      [4, 6, 5],
    ]);
  });

  test('colour images lie as planes', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'a/x.png': png(red, 2, 1), 'b/x.png': png(blue, 2, 1) });
    const { channels, train } = await loadDataset(root);
    expect(channels).toBe(3);
    expect([...train.images]).toEqual([250, 250, 10, 10, 20, 20, 5, 5, 15, 15, 240, 240]);
  });

  test('one colour image makes the data set colour', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'a/x.png': png(7, 1, 1), 'b/x.png': png(blue, 1, 1) });
    expect([...(await loadDataset(root)).train.images]).toEqual([7, 7, 7, 5, 15, 240]);
  });

  test('the most common size is the size of all', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'a/1.png': png(1, 9, 9),
      'a/2.png': png(2, 5, 4),
      'b/1.png': png(3, 5, 4),
      'b/2.png': png(4, 4, 5),
    });
    const { width, height, train } = await loadDataset(root);
    expect([width, height, train.count]).toEqual([5, 4, 4]);
    expect([...train.images].filter((_, i) => i % 20 === 0)).toEqual([1, 2, 3, 4]);
  });

  test('a size that is asked for is the size of all, grey from colour too', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'a/1.png': png(red, 9, 9), 'b/1.png': png(3, 5, 4) });
    const { width, height, channels, train } = await loadDataset(root, { size: { width: 2, height: 1, channels: 1 } });
    expect([width, height, channels]).toEqual([2, 1, 1]);
    const grey = Math.round(0.299 * 250 + 0.587 * 10 + 0.114 * 20);
    expect([...train.images]).toEqual([grey, grey, 3, 3]);
  });

  test('names with spaces, accents and emoji; the same accent in two encodings is one class', async ({
    onTestFinished,
  }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'train/chat noir/à l’ombre 1.png': png(1),
      'train/猫/😀.png': png(2),
      [`train/${'é'.normalize('NFC')}/x.png`]: png(3),
      [`test/${'é'.normalize('NFD')}/x.png`]: png(4),
    });
    const { classes, test: testSplit } = await loadDataset(root);
    expect(classes).toEqual(['chat noir', 'é', '猫']);
    expect([...(testSplit?.labels ?? [])]).toEqual([1]);
  });

  test('hidden files, other files and what systems leave behind are passed over', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, {
      'a/1.png': png(1),
      'a/._1.png': 'junk',
      'a/.DS_Store': 'junk',
      'a/Thumbs.db': 'junk',
      'b/1.png': png(2),
      '.hidden/1.png': png(3),
      '__MACOSX/a/1.png': 'junk',
      'empty/nothing.txt': '',
    });
    const { classes, train, skipped } = await loadDataset(root);
    expect([classes, train.count, skipped]).toEqual([['a', 'b'], 2, []]);
  });

  test('links are followed, a link that goes round is not, a broken one is named', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const elsewhere = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'a/1.png': png(1), 'b/1.png': png(2) });
    await writeTree(elsewhere, { 'c/1.png': png(3) });
    await symlink(path.join(elsewhere, 'c'), path.join(root, 'c'), 'junction');
    await symlink(root, path.join(root, 'a', 'again'), 'junction');
    await symlink(path.join(elsewhere, 'c', '1.png'), path.join(root, 'a', '2.png'));
    await symlink(path.join(elsewhere, 'gone.png'), path.join(root, 'b', 'gone.png'));
    const { classes, train, skipped } = await loadDataset(root);
    expect(classes).toEqual(['a', 'b', 'c']);
    expect([...train.labels]).toEqual([0, 0, 1, 2]);
    expect(skipped).toEqual([
      { path: path.join(root, 'b', 'gone.png'), reason: 'the file, or what it links to, is not there' },
    ]);
  });
});

describe('image formats', () => {
  test.each([...imageFixtures.bitmaps, ...imageFixtures.others])(
    '$name decodes as by Pillow',
    async ({ file, decoded }) => {
      const { onTestFinished } = await import('vitest');
      const root = await temporaryFolder(onTestFinished);
      // The name says PNG: what is in the file counts.
      await writeTree(root, { 'a/x.png': file, 'b/x.png': file });
      const { height, width, channels, train } = await loadDataset(root);
      expect([height, width]).toEqual([decoded.height, decoded.width]);
      expect(channels).toBe(decoded.channels);
      const size = width * height;
      const planes = Array.from({ length: channels * size }, (_, i) => {
        return decoded.pixels[(i % size) * channels + Math.floor(i / size)];
      });
      expect([...train.images.subarray(0, channels * size)]).toEqual(planes);
    },
  );

  test.each(['jpeg', 'webp', 'png', 'gif', 'tiff'] as const)('%s', async (format) => {
    const { onTestFinished } = await import('vitest');
    const root = await temporaryFolder(onTestFinished);
    const encoded = await picture(red, 16, 8).toFormat(format, { quality: 100 }).toBuffer();
    await writeTree(root, { [`a/x.${format}`]: encoded, [`b/x.${format.toUpperCase()}`]: encoded });
    const { width, height, train } = await loadDataset(root);
    expect([width, height, train.count]).toEqual([16, 8, 2]);
    red.forEach((value, channel) => expect(Math.abs((train.images[channel * 128 + 50] ?? 0) - value)).toBeLessThan(6));
  });

  test('16 bits become their upper 8', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const values = Uint16Array.of(0x0000, 0x00ff, 0x0100, 0x80ff, 0xfe01, 0xffff);
    const grey = sharp(values, { raw: { width: 6, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    await writeTree(root, { 'a/x.png': grey, 'b/x.png': grey });
    const { channels, train } = await loadDataset(root);
    expect(channels).toBe(1);
    expect([...train.images.subarray(0, 6)]).toEqual([0, 0, 1, 0x80, 0xfe, 0xff]);
  });

  test('images are turned upright by their EXIF orientation', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const pixels = Uint8Array.of(10, 20, 30, 40, 50, 60);
    const turned = sharp(pixels, { raw: { width: 3, height: 2, channels: 1 } })
      .toColourspace('b-w')
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    await writeTree(root, { 'a/x.png': turned, 'b/x.png': turned });
    const { width, height, train } = await loadDataset(root);
    expect([width, height]).toEqual([2, 3]);
    expect([...train.images.subarray(0, 6)]).toEqual([40, 10, 50, 20, 60, 30]);
  });
});

describe('damaged images', () => {
  test('are named, counted and skipped, and the others keep their places', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    const jpeg = await sharp(imageFixtures.toGrey.from.pixels, { raw: { width: 7, height: 6, channels: 3 } })
      .resize(40, 30)
      .jpeg({ quality: 95 })
      .toBuffer();
    const scrambled = Buffer.from(await png(red, 40, 30));
    scrambled.fill(0x55, scrambled.length - 40, scrambled.length - 20);
    await writeTree(root, {
      'train/a/1.png': png(1, 40, 30),
      'train/a/2.jpg': jpeg.subarray(0, Math.floor(jpeg.length * 0.6)),
      'train/a/3.png': png(3, 40, 30),
      'train/b/1.png': 'this is text',
      'train/b/2.png': '',
      'train/b/3.png': png(5, 40, 30),
      'train/b/4.png': '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"></svg>',
      'train/b/5.png': scrambled,
      'test/b/1.png': png(6, 40, 30),
      'test/b/2.bmp': Buffer.from('BM and then nothing of a bitmap at all, not a single row'),
    });
    const { channels, train, test: testSplit, skipped } = await loadDataset(root);
    expect([...train.labels]).toEqual([0, 0, 1]);
    const imageLength = channels * 40 * 30;
    expect([...train.images].filter((_, i) => i % imageLength === 0)).toEqual([1, 3, 5]);
    expect([...(testSplit?.images ?? [])].filter((_, i) => i % imageLength === 0)).toEqual([6]);
    expect(skipped.map((file) => path.relative(root, file.path).split(path.sep).join('/'))).toEqual([
      'train/a/2.jpg',
      'train/b/1.png',
      'train/b/2.png',
      'train/b/4.png',
      'train/b/5.png',
      'test/b/2.bmp',
    ]);
    const reasons = skipped.map((file) => file.reason);
    expect(reasons[0]).toContain("can't be decoded");
    expect(reasons[1]).toBe('it is not PNG, JPEG, WebP, BMP, GIF or TIFF');
    expect(reasons[2]).toBe('the file is empty');
    expect(reasons[3]).toContain('svg');
  });

  test('where none can be decoded it is an error with a reason', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'a/1.png': 'no', 'b/1.png': '' });
    const error = await refusal(loadDataset(root));
    expect(error.message).toContain('None of the 2 images');
    expect(error.message).toContain('a/1.png');
    const withSize = await refusal(loadDataset(root, { size: { width: 4, height: 4, channels: 3 } }));
    expect(withSize.message).toContain('None of the 2 images');
  });

  test('where only one class is left it is an error that names the other', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'good/1.png': png(1), 'bad/1.png': 'no' });
    const error = await refusal(loadDataset(root));
    expect(error.message).toContain('for bad');
  });
});

describe('what is no data set', () => {
  test.each([
    ['an empty folder', {}, 'neither IDX files nor folders'],
    ['images without classes', { 'a.png': 'x', 'b.png': 'x' }, 'no folders that say which class'],
    ['one class', { 'cat/a.png': 'x' }, 'one folder only, cat'],
    ['one class in train', { 'train/cat/a.png': 'x', 'test/cat/a.png': 'x' }, 'one class only, cat'],
    ['splits without classes', { 'train/a.png': 'x', 'test/a.png': 'x' }, 'no folders that say which class'],
    ['no training images', { 'val/cat/a.png': 'x', 'test/dog/a.png': 'x' }, 'no training images'],
    [
      'two folders of one split',
      { 'train/a/a.png': 'x', 'train/b/a.png': 'x', 'val/a/a.png': 'x', 'valid/a/a.png': 'x' },
      'same split',
    ],
    [
      'a class that training does not know',
      { 'train/a/a.png': 'x', 'train/b/a.png': 'x', 'test/c/a.png': 'x' },
      'has not: c',
    ],
  ])('%s', async (_, files, message) => {
    const { onTestFinished } = await import('vitest');
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, files);
    const error = await refusal(loadDataset(root));
    expect(error.message).toContain(message);
    expect(error.remedy).toBeTruthy();
  });

  test('a folder around the data set is pointed out', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'shapes/train/a/1.png': 'x', 'shapes/test/a/1.png': 'x' });
    expect((await refusal(loadDataset(root))).remedy).toContain(path.join(root, 'shapes'));
  });

  test('a path that is not there, an archive, another file', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'data.tar.gz': 'x', 'data.ZIP': 'x', 'data.tar.xz': 'x', 'data.7z': 'x', 'data.csv': 'x' });
    expect((await refusal(loadDataset(path.join(root, 'nowhere')))).message).toContain('does not exist');
    for (const name of ['data.tar.gz', 'data.ZIP']) {
      const error = await refusal(loadDataset(path.join(root, name)));
      expect(error.message).toContain('archive');
      expect(error.remedy).toContain('fetch it again');
    }
    for (const name of ['data.tar.xz', 'data.7z']) {
      const error = await refusal(loadDataset(path.join(root, name)));
      expect(error.message).toContain('archive');
      expect(error.remedy).toContain('Unpack it');
    }
    expect((await refusal(loadDataset(path.join(root, 'data.csv')))).message).toContain('is a file');
  });

  test('a test split without classes is left out and named', async ({ onTestFinished }) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, { 'train/a/1.png': png(1), 'train/b/1.png': png(2), 'test/1.png': png(3) });
    const dataset = await loadDataset(root);
    expect(dataset.test).toBeUndefined();
    expect(dataset.skipped).toEqual([
      { path: path.join(root, 'test'), reason: 'holds no class folders with images: not used' },
    ]);
  });
});

test('the fingerprint changes with names and times, and not with the place', async ({ onTestFinished }) => {
  const root = await temporaryFolder(onTestFinished);
  const data = path.join(root, 'one');
  await writeTree(data, { 'a/1.png': png(1), 'b/1.png': png(2) });
  const first = (await loadDataset(data)).fingerprint;
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  await rename(data, path.join(root, 'two'));
  expect((await loadDataset(path.join(root, 'two'))).fingerprint).toBe(first);
  await utimes(path.join(root, 'two/a/1.png'), new Date(1e12), new Date(1e12));
  const touched = (await loadDataset(path.join(root, 'two'))).fingerprint;
  expect(touched).not.toBe(first);
  await rename(path.join(root, 'two/a/1.png'), path.join(root, 'two/a/2.png'));
  expect((await loadDataset(path.join(root, 'two'))).fingerprint).not.toBe(touched);
});

test('progress goes up to all files, and an abort ends the loading', async ({ onTestFinished }) => {
  const root = await temporaryFolder(onTestFinished);
  const image = await png(red, 64, 64);
  await mkdir(path.join(root, 'a'));
  await mkdir(path.join(root, 'b'));
  for (let i = 0; i < 60; i++) await writeFile(path.join(root, i % 2 ? 'a' : 'b', `${i}.png`), image);
  await unlink(path.join(root, 'b', '0.png'));
  await writeFile(path.join(root, 'b', '0.png'), 'no');
  const seen: { done: number; total: number }[] = [];
  await loadDataset(root, { onProgress: (progress) => seen.push(progress) });
  expect(seen[0]).toEqual({ done: 0, total: 60 });
  expect(seen.at(-1)).toEqual({ done: 60, total: 60 });
  const dones = seen.map(({ done }) => done);
  expect(dones).toEqual([...dones].sort((a, b) => a - b));

  const controller = new AbortController();
  const reason = new Error('enough');
  const loading = loadDataset(root, { signal: controller.signal, onProgress: () => controller.abort(reason) });
  await expect(loading).rejects.toBe(reason);
  await rm(root, { recursive: true });
});
