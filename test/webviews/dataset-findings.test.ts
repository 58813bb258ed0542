import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Mislabels } from '../../src/protocol/dataset-panel';
import { datasetSuite, type OpenDatasetOptions, type OpenDatasetPanel } from './dataset-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';

/* What the panel shows of what a scan has found, in a small data set with faults that were planted. */

describe.skipIf(noBrowser)(`the dataset panel's findings${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = datasetSuite('dataset');
  let folder: string;
  let planted: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cnn-lab findings-'));
    planted = path.join(folder, 'planted');
    const sample = path.resolve(__dirname, '../../samples/data/shapes');
    for (const [split, count] of [
      ['train', 12],
      ['test', 3],
    ] as const) {
      for (const name of await readdir(path.join(sample, split))) {
        const images = (await readdir(path.join(sample, split, name))).sort().slice(0, count);
        await mkdir(path.join(planted, split, name), { recursive: true });
        for (const image of images) {
          await copyFile(path.join(sample, split, name, image), path.join(planted, split, name, image));
        }
      }
    }
    const [train, held] = [path.join(planted, 'train'), path.join(planted, 'test')];
    const original = (shape: string, number: string) => path.join(train, shape, `${shape}-${number}.png`);
    // The same image with two labels; one that is also tested; a mirrored one; two odd ones.
    await copyFile(original('circle', '000'), path.join(train, 'star', 'copied.png'));
    await copyFile(original('moon', '001'), path.join(held, 'moon', 'leaked.png'));
    await sharp(original('heart', '002'))
      .flop()
      .toFile(path.join(train, 'heart', 'mirrored.png'));
    const black = { width: 32, height: 32, channels: 3, background: { r: 0, g: 0, b: 0 } } as const;
    await sharp({ create: black })
      .png()
      .toFile(path.join(train, 'ring', 'black.png'));
    await writeFile(path.join(train, 'ring', 'torn.png'), (await readFile(original('ring', '000'))).subarray(0, 200));
  });
  const decisionsFile = () => path.join(planted, 'cnn-lab-decisions.tsv');
  afterEach(() => rm(decisionsFile(), { force: true }));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const decisions = async () => readFile(decisionsFile(), 'utf8').catch(() => '');

  /** The tab of that name, with the gallery of that name in it. */
  async function opened(tab: RegExp, options?: OpenDatasetOptions): Promise<OpenDatasetPanel> {
    const panel = await suite.open({ location: planted }, options);
    await panel.page.getByRole('tab', { name: tab }).click();
    return panel;
  }

  test('shows classes, sizes and pixels, and the line that normalises them', async () => {
    const panel = await opened(/Overview/);
    const { page, host } = panel;
    await page.getByRole('heading', { name: 'Image sizes' }).waitFor();
    await page.getByText('All images are 32 × 32.').waitFor();
    await page.getByText(/^Balanced: each class has 15 to 17 images\.$/).waitFor();
    await page.screenshot({ path: `${pictures}/dataset-overview-dark.png` });
    await panel.setTheme('light');
    await page.screenshot({ path: `${pictures}/dataset-overview-light.png` });
    await page.getByRole('button', { name: 'Copy' }).click();
    await expect.poll(() => host.copied.at(-1)).toBe(await expectedNormalize());
    await page.getByRole('button', { name: 'heart' }).click();
    await expect.poll(() => page.locator('.query-count').textContent()).toMatch(/^16 of 12\d images$/);
  });

  /** Reckoned from the files by itself: mean and deviation over all pixels of the training images. */
  async function expectedNormalize(): Promise<string> {
    const [sums, squares] = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    let pixels = 0;
    const train = path.join(planted, 'train');
    for (const name of await readdir(train)) {
      for (const file of await readdir(path.join(train, name))) {
        if (file === 'torn.png') continue;
        const data = await sharp(path.join(train, name, file))
          .removeAlpha()
          .raw()
          .toBuffer();
        pixels += data.length / 3;
        data.forEach((byte, at) => {
          sums[at % 3] = (sums[at % 3] ?? 0) + byte / 255;
          squares[at % 3] = (squares[at % 3] ?? 0) + (byte / 255) ** 2;
        });
      }
    }
    const means = sums.map((sum) => sum / pixels);
    const deviations = squares.map((sum, channel) => Math.sqrt(sum / pixels - (means[channel] ?? 0) ** 2));
    const list = (values: readonly number[]) => `[${values.map((value) => value.toFixed(4)).join(', ')}]`;
    return `transforms.Normalize(mean=${list(means)}, std=${list(deviations)})`;
  }

  test('shows duplicates, the worst first, and keeps the first of each', async () => {
    const panel = await opened(/Duplicates/);
    const { page } = panel;
    const gallery = page.getByRole('listbox', { name: 'Duplicates' });
    await gallery.getByRole('option').waitFor({ state: 'attached' });
    await page.getByText(/^3 groups of 6 images/).waitFor();
    await page.getByText(/Group 1 of 3: 2 exact duplicates · ⚠ in Training and Test/).waitFor();
    await page.screenshot({ path: `${pictures}/dataset-duplicates-dark.png` });
    await gallery.press('ArrowRight');
    await expect
      .poll(() => gallery.getByRole('option').textContent())
      .toMatch(/leaked\.png: moon, Test.*the same as the first/);
    await gallery.press('k');
    await page.getByText('1 duplicate excluded.').waitFor();
    expect(await decisions()).toMatch(/test\/moon\/leaked\.png\tduplicate of train\/moon\/moon-001\.png/);
    await page.getByRole('button', { name: 'Keep First of All Groups' }).click();
    await page.getByText('2 duplicates excluded.').waitFor();
    await page.getByLabel('Undecided only').first().check();
    await page.getByText(/^0 groups/).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/^2 groups of 4 images/).waitFor();
  });

  test('shows what leaks from training into the test, and takes it out of training', async () => {
    const panel = await opened(/Leakage/);
    const { page } = panel;
    await page.getByText('1 group of 2 images: 1 validation or test image can be known from training.').waitFor();
    await page.getByRole('listbox', { name: 'Images in several splits' }).press('t');
    await page.getByText('1 training image excluded.').waitFor();
    expect(await decisions()).toMatch(/train\/moon\/moon-001\.png\talso in another split/);
  });

  test('shows odd images with their reasons, and excludes them', async () => {
    const panel = await opened(/Odd Files/);
    const { page } = panel;
    const gallery = page.getByRole('listbox', { name: 'Odd images' });
    await expect
      .poll(() => gallery.getByRole('option').textContent())
      .toMatch(/^train\/ring\/torn\.png: ring, Training; /);
    await gallery.press('End');
    await expect
      .poll(() => gallery.getByRole('option').textContent())
      .toMatch(/^train\/ring\/black\.png: ring, Training; /);
    await page.screenshot({ path: `${pictures}/dataset-odd-dark.png` });
    await page.getByRole('button', { name: 'Exclude All' }).click();
    await page.getByText('2 images excluded.').waitFor();
    await page.getByRole('tab', { name: /Images/ }).click();
    await page.getByRole('combobox', { name: 'Odd' }).selectOption('any');
    await expect.poll(() => page.locator('.query-count').textContent()).toMatch(/^2 of 12\d images$/);
  });

  test('goes through suspected mislabels by keyboard', async () => {
    const mislabels: Mislabels = {
      suspects: [
        { key: 'train/star/copied.png', given: 'star', suggested: 'circle', confidence: 0.98 },
        { key: 'train/heart/heart-001.png', given: 'heart', suggested: 'moon', confidence: 0.61 },
        { key: 'train/ring/black.png', given: 'ring', suggested: 'cross', confidence: 0.4 },
      ],
      how: '5 folds of 10 epochs',
    };
    const runs = [{ runFolder: '/runs/1', name: 'LeNet', status: 'completed', epochsDone: 3, data: planted } as const];
    let searches = 0;
    const answers = {
      keptMislabels: () => Promise.resolve(null),
      findMislabels: () => {
        searches++;
        return Promise.resolve(mislabels);
      },
    };
    const panel = await opened(/Mislabels/, { runs, answers });
    const { page } = panel;
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    const gallery = page.getByRole('listbox', { name: 'Suspected mislabels' });
    const option = () => gallery.getByRole('option').textContent();
    await expect.poll(option).toMatch(/copied\.png.*labelled star, looks like circle with 98\.0 %/);
    await page.getByText('3 suspects · 5 folds of 10 epochs').waitFor();
    await gallery.press('Enter');
    await page.getByText('1 image relabelled as suggested.').waitFor();
    // On to the next.
    await expect.poll(option).toMatch(/heart-001\.png/);
    await page.screenshot({ path: `${pictures}/dataset-mislabels-dark.png` });
    await gallery.press('i');
    await expect.poll(option).toMatch(/black\.png/);
    await gallery.press('Delete');
    await page.getByText('1 image excluded.').waitFor();
    expect(await decisions()).toMatch(/relabel\ttrain\/star\/copied\.png\tcircle/);
    await page.getByRole('checkbox', { name: 'Undecided only' }).check();
    await page.getByText('3 suspects, 3 hidden').waitFor();
    expect(searches).toBe(1);
  });
});
