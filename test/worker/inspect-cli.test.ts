import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSafetensors, toFloat32 } from '../../src/core/formats/safetensors';
import { colorIndex, colorMapTable, valueRange } from '../../src/core/inspect/color-map';
import { checkpointPath, readRunRecord } from '../../src/node/run-store';
import { jsonLines, runCli, type CliEnd } from '../support/run-cli';

/** LeNet on the digits that ship with the project, as a user trains it. */
let folder: string;
let image: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab inspect-'));
  process.env['CNN_LAB_CACHE'] = join(folder, 'cache');
  const trained = await cli('train', 'lenet', '--data', 'digits', '--epochs', '2', '--threads', '1', '--out', 'run');
  expect(trained.exitCode).toBe(0);
  image = join(folder, 'a line.png');
  const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 > 11 && i % 28 < 16 ? 200 : 3 * (i % 7)));
  await sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } })
    .png()
    .toFile(image);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = (...args: string[]): Promise<CliEnd> => runCli(args, folder);

/** The JSON lines of `inspect run …`, which must succeed. */
async function inspect(...args: string[]): Promise<Record<string, unknown>[]> {
  const { exitCode, stdout, stderr } = await cli('inspect', 'run', ...args, '--json');
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  return jsonLines(stdout);
}

async function stateOf(checkpoint: 'best' | 'last') {
  const { tensors } = parseSafetensors(await readFile(checkpointPath(join(folder, 'run'), checkpoint)), checkpoint);
  return (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`No ${name}`);
    return toFloat32(tensor);
  };
}

async function readPng(name: string) {
  const { data, info } = await sharp(join(folder, name)).raw().toBuffer({ resolveWithObject: true });
  const pixel = (x: number, y: number) => [...data.subarray(4 * (y * info.width + x), 4 * (y * info.width + x) + 4)];
  return { width: info.width, height: info.height, pixel };
}

describe('cnn-lab inspect', () => {
  test('without options lists the layers by the names that they are asked for by, and the epochs that are there', async () => {
    const [listed] = await inspect();
    const layers = (listed?.['layers'] as { name: string; shape: number[] }[]).map(
      ({ name, shape }) => `${name} ${shape.join('×')}`,
    );
    expect(layers.slice(0, 6)).toEqual([
      'conv1 6×28×28',
      'relu 6×28×28',
      'pool 6×14×14',
      'conv2 16×10×10',
      'relu#2 16×10×10',
      'pool#2 16×5×5',
    ]);
    expect((listed?.['checkpoints'] as { epoch: number }[]).map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
  });

  test('draws filters in the colours of their weights, and says what they are like', async () => {
    const [shown] = await inspect(
      '--filters',
      'conv1',
      '--out',
      'filters.png',
      '--checkpoint',
      'last',
      '--sort',
      'norm',
    );
    const weights = (await stateOf('last'))('conv1.weight');
    const filters = shown?.['filters'] as { filter: number; mean: number; l2: number; bias: number }[];
    const norms = filters.map(({ l2 }) => l2);
    expect(norms).toEqual([...norms].sort((a, b) => b - a));
    for (const { filter, mean, l2 } of filters) {
      const own = weights.subarray(25 * filter, 25 * filter + 25);
      expect(mean).toBeCloseTo(own.reduce((sum, value) => sum + value, 0) / 25, 6);
      expect(l2).toBeCloseTo(Math.hypot(...own), 5);
    }
    // Tiles of 5 × 5 weights, each a square of 7 pixels, with 2 between tiles; one scale for all.
    const picture = await readPng('filters.png');
    const range = valueRange(weights, 'symmetric');
    for (const [place, row, column] of [
      [0, 0, 0],
      [2, 4, 1],
      [5, 2, 4],
    ] as const) {
      const value = weights[25 * (filters[place]?.filter ?? NaN) + 5 * row + column] ?? NaN;
      const entry = 4 * colorIndex(value, range);
      const expected = [...colorMapTable('diverging').subarray(entry, entry + 4)];
      expect(picture.pixel(37 * place + 7 * column + 3, 7 * row + 3)).toEqual(expected);
    }
  });

  test('counts how often filters are active on images of the data', async () => {
    const [shown] = await inspect('--filters', 'conv1', '--split', 'test', '--images', '1');
    const shares = (shown?.['filters'] as { positiveShare: number }[]).map(({ positiveShare }) => positiveShare);
    expect(shown).toMatchObject({ images: 1, activation: 'ReLU' });
    // The rest of the values behind the ReLU is zero.
    const [maps] = await inspect('--feature-maps', 'relu', '--image', 'test:0');
    const zero = (maps?.['maps'] as { zeroShare: number }[]).map(({ zeroShare }) => zeroShare);
    shares.forEach((share, filter) => expect(share).toBeCloseTo(1 - (zero[filter] ?? NaN), 6));
  });

  test('writes feature maps as the numbers that they are, and as a picture of one layer or all', async () => {
    const [shown] = await inspect('--feature-maps', 'conv1', '--image', image, '--out', 'maps.npy');
    expect(shown).toMatchObject({ layer: 'conv1', shape: [6, 28, 28] });
    const bytes = await readFile(join(folder, 'maps.npy'));
    const values = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + bytes.length - 4 * 4704, bytes.byteOffset + bytes.length),
    );
    const state = await stateOf('best');
    const { mean, std } = (await readRunRecord(join(folder, 'run'))).data;
    const pixels = await sharp(image).toColourspace('b-w').raw().toBuffer();
    const [channel, y, x] = [4, 9, 13];
    let expected = state('conv1.bias')[channel] ?? NaN;
    for (let tap = 0; tap < 25; tap++) {
      const pixel = pixels[(y + Math.floor(tap / 5) - 2) * 28 + x + (tap % 5) - 2] ?? NaN;
      expected +=
        ((pixel / 255 - (mean[0] ?? NaN)) / (std[0] ?? NaN)) * (state('conv1.weight')[25 * channel + tap] ?? NaN);
    }
    expect(values[(channel * 28 + y) * 28 + x]).toBeCloseTo(expected, 4);

    const all = await inspect('--feature-maps', '--image', image, '--out', 'all.png');
    expect(all.map(({ layer }) => layer)).toContain('fc3');
    expect((await readPng('all.png')).width).toBeGreaterThan(300);
  });

  test('tells how far layers see, in theory and by gradients', async () => {
    const rows = await inspect('--receptive-field', 'pool#2');
    expect(rows.map(({ layer, size, jump, start }) => [layer, size, jump, start])).toEqual([
      ['conv1', [5, 5], [1, 1], [-2, -2]],
      ['relu', [5, 5], [1, 1], [-2, -2]],
      ['pool', [6, 6], [2, 2], [-2, -2]],
      ['conv2', [14, 14], [2, 2], [-2, -2]],
      ['relu#2', [14, 14], [2, 2], [-2, -2]],
      ['pool#2', [16, 16], [4, 4], [-2, -2]],
    ]);
    const [field] = await inspect('--receptive-field', 'conv2', '--effective', '--images', '8', '--out', 'field.png');
    expect(field).toMatchObject({ images: 8, input: [28, 28], withinTheoretical: expect.closeTo(1, 5) as number });
    const sigma = field?.['sigma'] as number[];
    // Flat over 14 pixels it would be 4.03; it falls off towards the edges.
    for (const each of sigma) expect(each).toBeLessThan(4.04);
    expect(await readPng('field.png')).toMatchObject({ width: 392 });
  });

  test('shows where an image speaks for a class', async () => {
    const [cam] = await inspect('--grad-cam', '--image', 'test:3', '--out', 'cam.png', '--class', '3');
    expect(cam).toMatchObject({ layer: 'conv2', class: 3, label: '3', shape: [10, 10] });
    const [predicted] = await inspect(
      '--occlusion',
      '--image',
      'test:3',
      '--size',
      '7',
      '--stride',
      '7',
      '--out',
      'occlusion.png',
    );
    expect(predicted).toMatchObject({ size: 7, stride: 7, shape: [4, 4] });
    for (const name of ['cam.png', 'occlusion.png']) expect(await readPng(name)).toMatchObject({ width: 568 });
  });

  test('finds and makes images that excite a unit', async () => {
    const [top] = await inspect('--top-images', 'fc3:7', '--split', 'test', '--count', '5', '--out', 'top.png');
    const images = top?.['images'] as { value: number; label: string }[];
    expect(images).toHaveLength(5);
    expect(images.map(({ value }) => value)).toEqual(images.map(({ value }) => value).sort((a, b) => b - a));
    expect(images.filter(({ label }) => label === '7').length).toBeGreaterThanOrEqual(4);
    const [made] = await inspect('--maximize', 'fc3:7', '--steps', '40', '--out', 'made.png');
    expect(made?.['last']).toBeGreaterThan((images[0]?.value ?? NaN) / 2);
    expect(await readPng('made.png')).toMatchObject({ width: 280, height: 280 });
  });

  test('looks into a model that was never trained, by the seed of its weights', async () => {
    const filters = async (...args: string[]) => {
      const { exitCode, stdout } = await cli('inspect', 'lenet', '--filters', 'conv1', '--json', ...args);
      expect(exitCode).toBe(0);
      return jsonLines(stdout)[0]?.['filters'];
    };
    // The weights that training with this seed begins with.
    const [begun] = await inspect('--filters', 'conv1', '--checkpoint', '0');
    expect(await filters('--seed', '1')).toEqual(begun?.['filters']);
    expect(await filters('--seed', '2')).not.toEqual(begun?.['filters']);
  });

  test.each([
    [['run', '--filters', 'conb1'], 2, "There is no layer 'conb1'.", 'Nearest: conv1'],
    [['run', '--filters', 'relu'], 2, 'relu (ReLU) has no filters.', 'conv1, conv2'],
    [['run', '--maximize', 'fc3:77', '--out', 'x.png'], 2, "fc3 has 10 channels; there is no '77'.", '0 to 9'],
    [['run', '--filters', 'conv1', '--checkpoint', '9'], 1, 'The run has no weights of epoch 9.', '0, 1, 2'],
    [['run', '--grad-cam', '--image', 'broken.png'], 1, "The image broken.png can't be read", ''],
    [['run', '--grad-cam', '--image', 'test:99999'], 1, 'The test images are 0 to', ''],
    [['gone', '--filters', 'conv1'], 2, "There is no run or model 'gone'.", '.cnn-lab/runs'],
    [['empty', '--filters', 'conv1'], 1, 'There is no run in', ''],
    [['bad.py', '--filters', 'conv1'], 1, 'bad.py', ''],
  ] as const)('%j ends with %i and a clear sentence', async (args, exitCode, message, remedy) => {
    await writeFile(join(folder, 'broken.png'), 'no image');
    await writeFile(
      join(folder, 'bad.py'),
      'import torch.nn as nn\n# input: (1, 8, 8)\nclass Bad(nn.Module):\n    def forward(self, x):\n        return self.missing(x)\n',
    );
    await mkdir(join(folder, 'empty'), { recursive: true });
    const end = await cli('inspect', ...args);
    expect(end.stderr).toContain(message);
    expect(end.stderr).toContain(remedy);
    expect(end.stderr).not.toContain('mistake in CNN Lab');
    expect(end.exitCode).toBe(exitCode);
  });
});

describe('cnn-lab evaluate --confusion', () => {
  test('gives the matrix, and measures of each class that follow from it and from the scores', async () => {
    const { stdout } = await cli('evaluate', 'run', '--confusion', '--normalize', 'row', '--json', '--threads', '1');
    const [evaluated] = jsonLines(stdout);
    const confusion = evaluated?.['confusion'] as number[][];
    const classes = evaluated?.['classes'] as { precision: number; recall: number; f1: number; rocAuc: number }[];
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const right = confusion.map((row, own) => row[own] ?? NaN);
    expect(sum(right) / (evaluated?.['count'] as number)).toBeCloseTo(evaluated?.['accuracy'] as number, 12);
    classes.forEach(({ precision, recall, f1, rocAuc }, own) => {
      expect(recall).toBeCloseTo((right[own] ?? NaN) / sum(confusion[own] ?? []), 12);
      expect(precision).toBeCloseTo((right[own] ?? NaN) / sum(confusion.map((row) => row[own] ?? NaN)), 12);
      expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
      // Better than chance by far; the curve itself is held to hand-checked cases.
      expect(rocAuc).toBeGreaterThan(0.95);
      expect(rocAuc).toBeLessThanOrEqual(1);
    });
    const normalized = evaluated?.['normalized'] as number[][];
    normalized.forEach((row, own) => expect(row[own]).toBeCloseTo(classes[own]?.recall ?? NaN, 12));
    const macro = evaluated?.['macro'] as { recall: number };
    expect(macro.recall).toBeCloseTo(sum(classes.map(({ recall }) => recall)) / 10, 12);
    const weighted = evaluated?.['weighted'] as { recall: number };
    expect(weighted.recall).toBeCloseTo(evaluated?.['accuracy'] as number, 12);
  });

  test('is a table for people; shares are asked for with it', async () => {
    const { stdout } = await cli('evaluate', 'run', '--confusion', '--threads', '1');
    expect(stdout).toMatch(/Rows: what an image shows\. Columns: what it was taken for\./);
    expect(stdout).toMatch(/^macro average/m);
    const alone = await cli('evaluate', 'run', '--normalize', 'row');
    expect(alone.stderr).toContain('--normalize has no effect without --confusion.');
    expect(alone.exitCode).toBe(2);
  });
});

test('cnn-lab predict writes a table of a folder and of all folders in it', async () => {
  await mkdir(join(folder, 'photos', 'more'), { recursive: true });
  for (const name of ['photos/b.png', 'photos/more/a.png']) await writeFile(join(folder, name), await readFile(image));
  await writeFile(join(folder, 'photos', 'z.png'), 'no image');
  const { stdout, exitCode } = await cli('predict', 'run', 'photos', '--csv', '--top', '2');
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  expect(rows.map(([name]) => name?.replace(`${folder}/photos/`, ''))).toEqual([
    'image',
    'b.png',
    'more/a.png',
    'z.png',
  ]);
  expect(rows[0]).toEqual(['image', 'class', 'probability', 'class2', 'probability2', 'error']);
  expect(rows[1]?.slice(1)).toEqual(rows[2]?.slice(1));
  expect(Number(rows[1]?.[2])).toBeGreaterThan(Number(rows[1]?.[4]));
  expect(stdout).toContain('"it is not PNG, JPEG, WebP, BMP, GIF or TIFF"');
  expect(exitCode).toBe(1);
  const written = await cli('predict', 'run', 'photos/more', '--csv', 'table.csv');
  expect(written.stdout).toContain('(1 images)');
  expect(await readFile(join(folder, 'table.csv'), 'utf8')).toMatch(/^image,class,/);
});
