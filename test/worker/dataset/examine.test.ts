import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PhiloxStream } from '../../../src/core/rng/philox';
import { startDatasetInspector, type DatasetProcess } from '../../../src/node/dataset-process';
import type { DatasetCalls } from '../../../src/protocol/dataset-inspection';
import { copyKinds, judgeGroups, plantedCopy, type PlantedCopy } from '../../support/plant-duplicates';
import { dist } from '../../support/small-run';

const shapes = join(import.meta.dirname, '..', '..', '..', 'samples', 'data', 'shapes', 'train');

let folder: string;
let inspector: DatasetProcess;
let calls: DatasetCalls;
const progress: number[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab examine-'));
  process.env.CNN_LAB_CACHE = join(folder, 'cache');
  inspector = startDatasetInspector({
    script: join(dist, 'dataset-inspector.js'),
    events: { progress: ({ done }) => progress.push(done) },
  });
  calls = inspector.calls;
});
afterAll(async () => {
  await inspector.dispose();
  delete process.env.CNN_LAB_CACHE;
  await rm(folder, { recursive: true, force: true });
});

test('100 copies among the shapes, compressed, resized and mirrored, are found, and hardly anything else', async () => {
  const root = join(folder, 'planted');
  await cp(shapes, root, { recursive: true });
  const names = (await Promise.all((await readdir(root)).map(async (name) => inFolder(root, name)))).flat().sort();
  const random = new PhiloxStream(7, 0x706c616e, 0);
  const planted: PlantedCopy[] = [];
  for (let number = 0; number < 100; number++) {
    const original = names[random.nextBelow(names.length)] ?? '';
    const kind = copyKinds[number % copyKinds.length] ?? 'mirrored';
    const { extension, bytes } = await plantedCopy(await readFile(join(root, original)), kind, random);
    const name = `${original.slice(0, original.lastIndexOf('/'))}/copy-${number}.${extension}`;
    await writeFile(join(root, name), bytes);
    planted.push({ name, original, kind });
  }
  const { items } = await calls.open(root);
  const groups = await calls.duplicates({ location: root, task: 1, mostDistance: null });
  const { recall, precision } = judgeGroups(
    groups.map((group) => Array.from(group.items, (index) => items.keys[index] ?? '')),
    planted,
  );
  expect(recall).toBeGreaterThanOrEqual(0.95);
  expect(precision).toBeGreaterThanOrEqual(0.95);
  expect(progress.at(-1)).toBe(items.keys.length);
});

async function inFolder(root: string, name: string): Promise<string[]> {
  return (await readdir(join(root, name))).map((file) => `${name}/${file}`);
}

/** Smooth and unlike any other seed's. */
function picture(seed: number, width: number, height: number, channels: 1 | 3 = 3): Sharp {
  const random = new PhiloxStream(seed, 1, 0);
  const coarse = Uint8Array.from({ length: 64 * channels }, () => random.nextBelow(256));
  return sharp(coarse, { raw: { width: 8, height: 8, channels } }).resize(width, height, { fit: 'fill' });
}

test('a scan tells sizes and moments of every image, what is odd, and what is the same across formats, splits and labels', async () => {
  const root = join(folder, 'odd');
  for (const name of ['train/cat', 'train/dog', 'test/cat']) await mkdir(join(root, name), { recursive: true });
  for (let seed = 10; seed < 50; seed++) {
    await picture(seed, 40, 40)
      .png()
      .toFile(join(root, 'train', seed % 2 ? 'dog' : 'cat', `${seed}.png`));
  }
  await picture(10, 40, 40).tiff({ compression: 'lzw' }).toFile(join(root, 'test/cat/same.tiff'));
  await picture(11, 40, 40).png({ compressionLevel: 0 }).toFile(join(root, 'train/cat/same.png'));
  await picture(1, 40, 40, 1).png().toFile(join(root, 'train/cat/x-grey.png'));
  await picture(2, 6, 9).png().toFile(join(root, 'train/cat/x-tiny.png'));
  await picture(3, 200, 20).png().toFile(join(root, 'train/cat/x-wide.png'));
  const blue = { create: { width: 40, height: 40, channels: 3, background: '#0000ff' } } as const;
  await sharp(blue).jpeg().toFile(join(root, 'train/dog/x-blue.jpg'));
  await writeFile(join(root, 'train/dog/x-text.png'), 'not an image');
  const { items } = await calls.open(root);
  const at = (key: string) => items.keys.indexOf(key);
  const scan = await calls.scan({ location: root, task: 2 });
  expect(scan.odd.map(({ index, kind }) => `${items.keys[index]}: ${kind}`)).toEqual([
    'train/cat/x-grey.png: odd-channels',
    'train/cat/x-tiny.png: tiny',
    'train/cat/x-wide.png: odd-shape',
    'train/dog/x-blue.jpg: single-color',
    'train/dog/x-text.png: corrupt',
  ]);
  const wide = at('train/cat/x-wide.png');
  expect([scan.widths[wide], scan.heights[wide], scan.channels[wide]]).toEqual([200, 20, 3]);
  const { channels } = await sharp(join(root, 'train/cat/x-wide.png')).stats();
  channels.forEach(({ mean, stdev }, channel) => {
    expect(scan.means[3 * wide + channel]).toBeCloseTo(mean / 255, 5);
    expect(scan.deviations[3 * wide + channel]).toBeCloseTo(stdev / 255, 3);
  });
  expect(scan.histograms.map(({ length }) => length)).toEqual([768, 0, 768]);
  expect(scan.histograms[2]?.subarray(0, 256).reduce((a, b) => a + b)).toBe(1600);

  const groups = await calls.duplicates({ location: root, task: 3, mostDistance: null });
  expect(groups.map((group) => ({ ...group, items: Array.from(group.items, (index) => items.keys[index]) }))).toEqual([
    {
      kind: 'exact',
      items: ['train/cat/10.png', 'test/cat/same.tiff'],
      distances: Float32Array.of(0, 0),
      leaks: true,
      disagree: false,
    },
    {
      kind: 'exact',
      items: ['train/cat/same.png', 'train/dog/11.png'],
      distances: Float32Array.of(0, 0),
      leaks: false,
      disagree: true,
    },
  ]);
});

test('a scan is kept until the files change, and made anew when what is kept is damaged', async () => {
  const root = join(folder, 'odd');
  const first = await calls.scan({ location: root, task: 4 });
  const scans = join(folder, 'cache', 'scans');
  const before = await readdir(scans);
  const again = startDatasetInspector({ script: join(dist, 'dataset-inspector.js'), events: {} });
  try {
    expect(await again.calls.scan({ location: root, task: 1 })).toEqual(first);
    await picture(60, 30, 30).png().toFile(join(root, 'train/dog/new.png'));
    const { items } = await again.calls.open(root);
    const second = await again.calls.scan({ location: root, task: 2 });
    expect(second.widths[items.keys.indexOf('train/dog/new.png')]).toBe(30);
    const after = await readdir(scans);
    expect(after).toHaveLength(before.length);
    expect(after).not.toEqual(before);
    for (const name of after) await writeFile(join(scans, name), 'nonsense');
    const third = startDatasetInspector({ script: join(dist, 'dataset-inspector.js'), events: {} });
    expect(await third.calls.scan({ location: root, task: 3 })).toEqual(second);
    await third.dispose();
  } finally {
    await again.dispose();
  }
});

test('a scan that is cancelled rejects, and leaves nothing behind', async () => {
  const root = join(folder, 'cancelled');
  await cp(shapes, root, { recursive: true });
  await calls.open(root);
  const before = await readdir(join(folder, 'cache', 'scans'));
  const scan = calls.scan({ location: root, task: 9 });
  await calls.cancel(9);
  await expect(scan).rejects.toThrow('Cancelled.');
  expect(await readdir(join(folder, 'cache', 'scans'))).toEqual(before);
});
