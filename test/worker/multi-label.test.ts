import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PhiloxStream, streams } from '../../src/core/rng/philox';
import { readRunRecord } from '../../src/node/run-store';
import { jsonLines, runCli } from '../support/run-cli';

/* Images with several classes each, from a table on the disk to what a run says of an image. */

const side = 16;
const images = 400;
const classes = ['red', 'top', 'bright'];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab multi-label-'));
  await mkdir(join(folder, 'photos'));
  const random = new PhiloxStream(1, streams.split);
  const rows = ['file,red,top,bright'];
  for (let index = 0; index < images; index++) {
    const [red, top, bright] = [0, 1, 2].map(() => random.nextBelow(2) === 1) as [boolean, boolean, boolean];
    const pixels = new Uint8Array(3 * side * side);
    pixels.forEach((_, at) => {
      const [channel, column, row] = [at % 3, Math.floor(at / 3) % side, Math.floor(at / 3 / side)];
      const isInside = column > 3 && column < 12 && row < side / 2 === top;
      const tint = isInside && channel === (red ? 0 : 2) ? 100 : 0;
      pixels[at] = (bright ? 120 : 20) + random.nextBelow(30) + tint;
    });
    const raw = { width: side, height: side, channels: 3 } as const;
    await sharp(pixels, { raw })
      .png()
      .toFile(join(folder, 'photos', `${index}.png`));
    rows.push([`${index}.png`, ...[red, top, bright].map(Number)].join(','));
  }
  await writeFile(join(folder, 'labels.csv'), `${rows.join('\n')}\n`);
  const description = {
    kind: 'table',
    table: 'labels.csv',
    images: 'photos',
    columns: { file: 'file', labels: classes },
  };
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(description));
  await writeFile(join(folder, 'net.py'), source);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const source = `import torch.nn as nn
class Net(nn.Module):
    def __init__(self, num_classes=3):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(16 * 64, num_classes))
    def forward(self, x):
        return self.layers(x)
`;

test('a table of images with several classes is trained, mixed, evaluated and predicted', async () => {
  const options = ['--data', '.', '--epochs', '6', '--seed', '1', '--device', 'cpu', '--mixup', '0.2', '--out', 'run'];
  const trained = await runCli(['train', 'net.py:Net', ...options], folder);
  expect([trained.exitCode, trained.stderr]).toEqual([0, '']);
  expect(await readRunRecord(join(folder, 'run'))).toMatchObject({ head: 'multi-label', data: { classes } });

  const [evaluated] = jsonLines((await runCli(['evaluate', 'run', '--json'], folder)).stdout);
  expect(evaluated).toMatchObject({ head: 'multi-label', split: 'val', count: images / 10 });
  // Chance is 0.5; each class shows in a part of the image or in its colour alone.
  expect(evaluated?.['labelAccuracy']).toBeGreaterThan(0.9);
  expect(evaluated?.['averagePrecision']).toBeGreaterThan(0.9);

  const { stdout } = await runCli(['predict', 'run', 'photos/0.png', '--json'], folder);
  const [prediction] = jsonLines(stdout);
  const shown = JSON.stringify(prediction);
  for (const name of classes) expect(shown).toContain(name);
});
