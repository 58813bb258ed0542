import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { zipSync } from 'fflate';
import { UserError } from '../../../src/core/errors';
import { PhiloxStream } from '../../../src/core/rng/philox';
import { decodeBytes } from '../../../src/worker/data/decode-image';
import { ImageError } from '../../../src/worker/data/image-error';
import { loadDataset } from '../../../src/worker/data/load-dataset';
import { openItems } from '../../../src/worker/data/open-items';
import { idxFile, picture, png, temporaryFolder, writeTree } from './data-folders';
import { cifarFile, type Files, npyFile, parquetFile, tarFile, twoClasses, zipFile } from './made-sets';

/** A small data set, and the file of it that is damaged again and again. */
interface Victim {
  readonly name: string;
  readonly times: number;
  readonly files: Files;
  readonly damaged: string;
  /** What is opened, in the folder; the folder itself if not given. */
  readonly opened?: string;
  /** Makes what guards the contents right again, so that damage gets behind it. */
  readonly repair?: (bytes: Uint8Array) => void;
}

const text = (contents: string): Uint8Array => Buffer.from(contents);
const labels = { 'labels.npy': npyFile([2], [0, 1]) };

async function victims(): Promise<readonly Victim[]> {
  const classes = await twoClasses();
  const pictures = { '1.png': await png(1), '2.png': await png(2), 'in/3.png': await png(3) };
  const idx = {
    'train-images-idx3-ubyte': idxFile([3, 2, 2], [1, 2, 3]),
    'train-labels-idx1-ubyte': idxFile([3], [0, 1, 1]),
  };
  const arrays = { 'images.npy': npyFile([2, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), ...labels };
  const rows = [0, 1, 1].map((label, index) => ({ bytes: pictures[index === 0 ? '1.png' : '2.png'], label }));
  const csv = 'file,label,split,group\n1.png,"a, ""b""",train,x\n2.png,c,train,y\nin/3.png,c,test,y\n';
  const described = {
    kind: 'table',
    name: 'set',
    path: '.',
    table: 'labels.csv',
    columns: { file: 'file', labels: 'label' },
    splits: { from: 'column', column: 'split', values: { train: ['train'], test: ['test'] } },
    groups: { from: 'column', column: 'group' },
    inputSize: { height: 8, width: 8, channels: 3 },
    normalization: { mean: [0.5], std: [0.5] },
  };
  const rules = {
    kind: 'images',
    labels: { from: 'pattern', pattern: '^(\\d)' },
    splits: { from: 'folders', train: '.', test: 'in' },
  };
  const archive = { 'train/cat/1.png': await png(4), 'train/dog/2.png': await png(5) };
  return [
    { name: 'IDX images', times: 400, files: idx, damaged: 'train-images-idx3-ubyte' },
    { name: 'IDX labels', times: 200, files: idx, damaged: 'train-labels-idx1-ubyte' },
    {
      name: 'gzipped IDX',
      times: 200,
      files: { ...idx, 'train-images-idx3-ubyte': gzipSync(idx['train-images-idx3-ubyte']) },
      damaged: 'train-images-idx3-ubyte',
    },
    { name: 'CSV', times: 500, files: { ...pictures, 'labels.csv': text(csv) }, damaged: 'labels.csv' },
    {
      name: 'dataset.json of a table',
      times: 400,
      files: { ...pictures, 'labels.csv': text(csv), 'set.json': text(JSON.stringify(described)) },
      damaged: 'set.json',
      opened: 'set.json',
    },
    {
      name: 'dataset.json of rules',
      times: 300,
      files: { ...pictures, 'set.json': text(JSON.stringify(rules)) },
      damaged: 'set.json',
      opened: 'set.json',
    },
    { name: 'npy images', times: 400, files: arrays, damaged: 'images.npy' },
    { name: 'npy labels', times: 200, files: arrays, damaged: 'labels.npy' },
    {
      name: 'npz',
      times: 300,
      files: { 'set.npz': zipSync({ 'x_train.npy': arrays['images.npy'], 'y_train.npy': labels['labels.npy'] }) },
      damaged: 'set.npz',
    },
    {
      name: 'npz in a tar',
      times: 150,
      files: { 'set.tar': tarFile({ 'set.npz': zipSync({ 'images.npy': arrays['images.npy'], ...labels }) }) },
      damaged: 'set.tar',
      opened: 'set.tar',
      repair: repairTar,
    },
    { name: 'zip', times: 600, files: { 'set.zip': zipFile(classes) }, damaged: 'set.zip', opened: 'set.zip' },
    { name: 'tar', times: 200, files: { 'set.tar': tarFile(archive) }, damaged: 'set.tar', opened: 'set.tar' },
    {
      name: 'tar with right checksums',
      times: 500,
      files: { 'set.tar': tarFile(archive) },
      damaged: 'set.tar',
      opened: 'set.tar',
      repair: repairTar,
    },
    {
      name: 'tar.gz',
      times: 300,
      files: { 'set.tgz': gzipSync(tarFile(archive)) },
      damaged: 'set.tgz',
      opened: 'set.tgz',
    },
    {
      name: 'Parquet',
      times: 700,
      files: { 'train.parquet': parquetFile(rows, ['a', 'b']) },
      damaged: 'train.parquet',
    },
    {
      name: 'CIFAR',
      times: 150,
      files: {
        'data_batch_1.bin': cifarFile([
          { labels: [0], rgb: [1, 2, 3] },
          { labels: [1], rgb: [4, 5, 6] },
        ]),
        'batches.meta.txt': text('a\nb\n'),
      },
      damaged: 'data_batch_1.bin',
    },
  ];
}

describe('a damaged data set is a sound one or an error that says so', async () => {
  test.each(await victims())('$name, $times times', { timeout: 120_000 }, async (victim) => {
    const root = await temporaryFolder(onTestFinished);
    await writeTree(root, victim.files);
    const damaged = path.join(root, victim.damaged);
    const whole = victim.files[victim.damaged] ?? new Uint8Array();
    const location = path.join(root, victim.opened ?? '');
    await loadDataset(location);
    const random = new PhiloxStream(
      2026,
      [...victim.name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0),
    );
    let refused = 0;
    for (let time = 0; time < victim.times; time++) {
      const bytes = mutate(whole, random);
      victim.repair?.(bytes);
      await writeFile(damaged, bytes);
      const before = process.memoryUsage();
      const error = await check(root, location, time % 5 === 0).then(
        () => undefined,
        (each: unknown) => each,
      );
      if (error !== undefined && !(error instanceof UserError)) {
        throw new Error(
          `${victim.name}, time ${time}: ${error instanceof Error ? error.message : 'no error'}\n${Buffer.from(bytes).toString('base64')}`,
          {
            cause: error,
          },
        );
      }
      if (error !== undefined) refused++;
      const grown = process.memoryUsage().arrayBuffers - before.arrayBuffers;
      expect([victim.name, time, grown < 2 ** 28]).toEqual([victim.name, time, true]);
    }
    // Damage that nothing notices would mean that nothing was damaged.
    expect(refused).toBeGreaterThan(0);
  });
});

/** Every image and label is where it should be, and no file is outside of the folder. Decoding takes longest: not each time. */
async function check(root: string, location: string, decodes: boolean): Promise<void> {
  const source = await openItems(location, { unpackFolder: path.join(root, '.unpacked') });
  const { items, classes } = source;
  try {
    expect([items.labels.length, items.splits.length]).toEqual([items.count, items.count]);
    expect(items.labels.every((label) => label >= -1 && label < classes.length)).toBe(true);
    for (let index = 0; index < Math.min(items.count, 8); index++) {
      const file = source.file(index);
      expect(file === null || file.startsWith(root + path.sep)).toBe(true);
      expect(items.key(index).split('/')).not.toContain('..');
      const contents = await source.read(index);
      if (contents.kind === 'encoded') continue;
      const { width, height, channels, pixels } = contents.image;
      expect(pixels.length).toBe(width * height * channels);
    }
  } finally {
    await source.close();
  }
  if (!decodes) return;
  const { train, channels, height, width } = await loadDataset(location);
  expect(train.images.length).toBe(train.count * channels * height * width);
  expect([train.labels.length, train.keys?.length]).toEqual([train.count, train.count]);
}

const encoded = [
  ['PNG', () => picture([10, 200, 30], 9, 7).png().toBuffer()],
  ['JPEG', () => picture([10, 200, 30], 17, 9).jpeg().toBuffer()],
  ['GIF', () => picture([10, 200, 30], 9, 7).gif().toBuffer()],
  ['WebP', () => picture([10, 200, 30], 9, 7).webp().toBuffer()],
  ['BMP', () => Promise.resolve(bmp())],
] as const;

test.each(encoded)(
  'a damaged %s is an image or an error that says so, 250 times',
  { timeout: 60_000 },
  async (name, encode) => {
    const whole = await encode();
    const random = new PhiloxStream(2026, name.length * 31 + name.charCodeAt(0));
    let refused = 0;
    await decodeBytes(whole);
    for (let time = 0; time < 250; time++) {
      try {
        const { width, height, channels, pixels } = await decodeBytes(mutate(whole, random));
        expect(pixels.length).toBe(width * height * channels);
      } catch (error) {
        expect(error).toBeInstanceOf(ImageError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(0);
  },
);

/** One to three of the ways in which files get damaged, or are made to do damage. */
function mutate(whole: Uint8Array, random: PhiloxStream): Uint8Array {
  let bytes = Buffer.from(whole);
  for (let left = 1 + random.nextBelow(3); left > 0; left--) {
    if (bytes.length === 0) break;
    const at = random.nextBelow(bytes.length);
    // Headers are short, and matter most.
    const place = random.nextBelow(2) === 0 ? at : Math.min(at, random.nextBelow(64));
    switch (random.nextBelow(8)) {
      case 0:
        bytes[place] = (bytes[place] ?? 0) ^ (1 << random.nextBelow(8));
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2: {
        const huge = [0xffffffff, 0x7fffffff, 0x80000000, 0x00ffffff, 0, 1][random.nextBelow(6)] ?? 0;
        if (place + 4 > bytes.length) break;
        if (random.nextBelow(2) === 0) bytes.writeUInt32LE(huge, place);
        else bytes.writeUInt32BE(huge, place);
        break;
      }
      case 3:
        for (let i = place; i < Math.min(bytes.length, place + 16); i++) bytes[i] = random.nextBelow(256);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(at)]);
        break;
      case 5: {
        // A number in text.
        const digit = bytes.findIndex((byte, index) => index >= place && byte >= 0x30 && byte <= 0x39);
        const number = ['999999999999', '-1', '7777777', '1e999', '0'][random.nextBelow(5)] ?? '';
        if (digit >= 0) Buffer.from(number).copy(bytes, digit);
        break;
      }
      case 6: {
        const end = Buffer.from(['../../', '/etc/', '","', '\\', '{[', '\0'][random.nextBelow(6)] ?? '');
        end.copy(bytes, place);
        break;
      }
      default:
        bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from([random.nextBelow(256)]), bytes.subarray(place)]);
    }
  }
  return Uint8Array.from(bytes);
}

/** Each block that could be a header gets the checksum of what it holds now. */
function repairTar(bytes: Uint8Array): void {
  for (let start = 0; start + 512 <= bytes.length; start += 512) {
    const block = Buffer.from(bytes.buffer, bytes.byteOffset + start, 512);
    if (block.toString('latin1', 257, 262) !== 'ustar') continue;
    block.write('        ', 148);
    block.write(
      `${block
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
  }
}

function bmp(): Buffer {
  const bytes = Buffer.alloc(54 + 4 * 3 * 3 * 4);
  bytes.write('BM');
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(4, 18);
  bytes.writeInt32LE(-3, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes.fill(77, 54);
}
