import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ThumbnailsRequest } from '../../src/protocol/dataset-inspection';
import { datasetSuite, type OpenDatasetOptions, type OpenDatasetPanel } from './dataset-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';
import { canvasColors } from './picture-pixels';

const manyCount = 100_000;
const side = 8;

describe.skipIf(noBrowser)(`the dataset panel${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = datasetSuite('dataset');
  let folder: string;
  /** 2,000 images of 8 classes; decisions about them are forgotten after each test. */
  let shapes: string;
  /** 100,000 images of 10 classes, each filled with 25 × class. */
  let many: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cnn-lab dataset-'));
    [shapes, many] = [path.join(folder, 'shapes'), path.join(folder, 'many')];
    await cp(path.resolve(__dirname, '../../samples/data/shapes'), shapes, { recursive: true });
    await mkdir(many);
    const images = Buffer.alloc(16 + manyCount * side * side);
    const labels = Buffer.alloc(8 + manyCount);
    [0x803, manyCount, side, side].forEach((value, at) => images.writeUInt32BE(value, 4 * at));
    [0x801, manyCount].forEach((value, at) => labels.writeUInt32BE(value, 4 * at));
    for (let item = 0; item < manyCount; item++) {
      images.fill(25 * (item % 10), 16 + item * side * side, 16 + (item + 1) * side * side);
      labels[8 + item] = item % 10;
    }
    await writeFile(path.join(many, 'train-images-idx3-ubyte'), images);
    await writeFile(path.join(many, 'train-labels-idx1-ubyte'), labels);
  });
  const decisionsFile = () => path.join(shapes, 'cnn-lab-decisions.tsv');
  afterEach(() => rm(decisionsFile(), { force: true }));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function opened(location: string, options?: OpenDatasetOptions): Promise<OpenDatasetPanel> {
    const panel = await suite.open({ location }, options);
    await panel.page.getByRole('tab', { name: /Images/ }).click();
    await option(panel).waitFor({ state: 'attached' });
    return panel;
  }

  const gallery = ({ page }: OpenDatasetPanel) => page.getByRole('listbox', { name: 'Images', exact: true });
  const option = (panel: OpenDatasetPanel) => gallery(panel).getByRole('option');
  const optionText = async (panel: OpenDatasetPanel) => (await option(panel).textContent()) ?? '';
  const countText = ({ page }: OpenDatasetPanel) => page.locator('.query-count').textContent();
  const decisions = async () => readFile(decisionsFile(), 'utf8').catch(() => '');

  /** Which images thumbnails were asked for. */
  function askedFor({ host }: OpenDatasetPanel): readonly number[] {
    return host.asked.flatMap(({ name, request }) =>
      name === 'thumbnails' ? [...(request as ThumbnailsRequest).indices] : [],
    );
  }

  /** Waits until the tile of the first column and row that is seen is of that grey. */
  async function firstTileIs(panel: OpenDatasetPanel, grey: number): Promise<void> {
    await expect
      .poll(() => canvasColors(panel.page, '.gallery-grid .tile-canvas', [[56, 56]]))
      .toEqual([[grey, grey, grey, 255]]);
  }

  test('tells what there is to assistive technology, and looks as it should', async () => {
    const panel = await opened(shapes);
    const { page } = panel;
    expect(await page.locator('body').ariaSnapshot()).toMatch(
      /combobox "Data set"[\s\S]*tablist "Views of the data set"[\s\S]*tab "Images 2,000" \[selected\][\s\S]*listbox "Images"[\s\S]*complementary "Image"[\s\S]*button "Exclude"/,
    );
    expect(await optionText(panel)).toBe('train/circle/circle-000.png: circle, Training');
    await expect
      .poll(async () => (await canvasColors(page, '.gallery-grid .tile-canvas', [[56, 56]]))[0]?.[3])
      .toBe(255);
    await page.screenshot({ path: `${pictures}/dataset-images-dark.png` });
    await panel.setTheme('light');
    await panel.settled();
    await page.screenshot({ path: `${pictures}/dataset-images-light.png` });
  });

  test('draws and asks for what is seen of 100,000 images alone', async () => {
    const panel = await opened(many);
    await firstTileIs(panel, 0);
    expect(Math.max(...askedFor(panel))).toBeLessThan(200);
    await gallery(panel).focus();
    await panel.page.keyboard.press('End');
    await expect.poll(() => optionText(panel)).toMatch(/^train-images-idx3-ubyte#99999: 9, Training/);
    await expect.poll(() => Math.max(...askedFor(panel))).toBe(manyCount - 1);
    expect(new Set(askedFor(panel)).size).toBeLessThan(400);
    expect(await option(panel).getAttribute('aria-setsize')).toBe(String(manyCount));
    await panel.page.keyboard.press('Home');
    await firstTileIs(panel, 0);
    // Higher than an element can be: the scroll bar stands for the whole in proportion.
    await panel.page.getByRole('slider', { name: 'Size' }).fill('320');
    await gallery(panel).press('End');
    const lastRow = (await gallery(panel).evaluate((element) => element.clientHeight)) - 200;
    await expect
      .poll(() => canvasColors(panel.page, '.gallery-grid .tile-canvas', [[160, lastRow]]))
      .toEqual([[8 * 25, 8 * 25, 8 * 25, 255]]);
    await gallery(panel).hover();
    await panel.page.mouse.wheel(0, -2 * 345);
    await expect
      .poll(() => canvasColors(panel.page, '.gallery-grid .tile-canvas', [[160, lastRow]]))
      .toEqual([[4 * 25, 4 * 25, 4 * 25, 255]]);
  });

  test('filters by class and text, and says what is no regular expression', async () => {
    const panel = await opened(many);
    const { page } = panel;
    await page.getByRole('combobox', { name: 'Class', exact: true }).selectOption('7');
    await expect.poll(() => countText(panel)).toBe('10,000 of 100,000 images');
    await firstTileIs(panel, 7 * 25);
    await page.getByRole('searchbox', { name: 'Search in names' }).fill('/#\\d{1,3}$/');
    await expect.poll(() => countText(panel)).toBe('100 of 100,000 images');
    await page.getByRole('searchbox', { name: 'Search in names' }).fill('/(/');
    await page.getByText('This is no regular expression').waitFor();
    await page.getByRole('searchbox', { name: 'Search in names' }).fill('UBYTE#99997');
    await expect.poll(() => countText(panel)).toBe('1 of 100,000 images');
    await page.getByRole('button', { name: 'All Images' }).click();
    await expect.poll(() => countText(panel)).toBe('100,000 images');
  });

  test('sorts by name and class, either way', async () => {
    const panel = await opened(shapes);
    const { page } = panel;
    await page.getByRole('combobox', { name: 'Order' }).selectOption('label');
    await page.getByRole('button', { name: 'Ascending' }).click();
    await gallery(panel).press('Home');
    await expect.poll(() => optionText(panel)).toContain('triangle');
    await page.getByRole('combobox', { name: 'Order' }).selectOption('name');
    await gallery(panel).press('Home');
    await expect.poll(() => optionText(panel)).toMatch(/^train\/triangle\/triangle-199\.png/);
  });

  test('selects as a list of files does, by keyboard and pointer', async () => {
    const panel = await opened(shapes);
    const { page } = panel;
    const selected = page.locator('#panel-images .decide h2');
    await gallery(panel).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    await expect.poll(() => selected.textContent()).toMatch(/^1\d selected images$/);
    await gallery(panel).click({ position: { x: 56, y: 56 } });
    await expect.poll(() => selected.textContent()).toBe('This image');
    await gallery(panel).click({ position: { x: 170, y: 56 }, modifiers: ['ControlOrMeta'] });
    await expect.poll(() => selected.textContent()).toBe('2 selected images');
    expect(await option(panel).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ControlOrMeta+a');
    await expect.poll(() => selected.textContent()).toBe('2,000 selected images');
    await page.keyboard.press('Escape');
    await expect.poll(() => selected.textContent()).toBe('This image');
  });

  test('excludes images in the file beside the data set, and takes it back', async () => {
    const panel = await opened(shapes);
    const { page } = panel;
    await gallery(panel).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Delete');
    await page.getByText('2 images excluded.').waitFor();
    await expect.poll(() => optionText(panel)).toMatch(/; excluded \(excluded by hand\)$/);
    expect(await decisions()).toContain('train/circle/circle-001.png');
    expect(await page.locator('.header').innerText()).toContain('2 excluded');
    await page.getByRole('combobox', { name: 'Decided' }).selectOption('excluded');
    await expect.poll(() => countText(panel)).toBe('2 of 2,000 images');
    await page.screenshot({ path: `${pictures}/dataset-excluded-dark.png` });
    await gallery(panel).press('ControlOrMeta+z');
    await page.getByText('The last decision was taken back.').waitFor();
    expect(await decisions()).not.toContain('circle-001.png');
    expect(await page.getByRole('button', { name: 'Undo' }).isDisabled()).toBe(true);
  });

  test('relabels, and shows it again after a reload', async () => {
    const panel = await opened(shapes);
    const { page } = panel;
    await gallery(panel).press('ArrowRight');
    await page.getByRole('combobox', { name: 'New class' }).selectOption('moon');
    await page.getByRole('button', { name: 'Relabel' }).click();
    const told = /^train\/circle\/circle-001\.png: moon, relabelled from circle/;
    await expect.poll(() => optionText(panel)).toMatch(told);
    await page.reload();
    await option(panel).waitFor({ state: 'attached' });
    // The tab and the image are those of before.
    await expect.poll(() => optionText(panel)).toMatch(told);
    await gallery(panel).press('r');
    await expect.poll(() => optionText(panel)).toMatch(/^train\/circle\/circle-001\.png: circle, Training$/);
  });

  test('follows decisions that are made elsewhere', async () => {
    const panel = await opened(shapes);
    const key = 'train/circle/circle-000.png';
    await suite.calls.decide({ location: shapes, decisions: [{ kind: 'exclude', key, reason: 'blurred' }] });
    panel.events.decisionsChanged({ location: shapes });
    await expect.poll(() => optionText(panel)).toMatch(/excluded \(blurred\)$/);
    await panel.page.getByRole('button', { name: 'Decisions' }).click();
    await expect.poll(() => panel.host.files).toEqual([decisionsFile()]);
  });

  test('opens an image, goes on to the next, and hands it to VS Code', async () => {
    const panel = await opened(shapes);
    const { page } = panel;
    await gallery(panel).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Image' });
    await dialog.getByRole('heading', { name: 'train/circle/circle-000.png' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await dialog.getByRole('heading', { name: 'train/circle/circle-001.png' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Open File' }).click();
    await expect.poll(() => panel.host.files).toEqual([path.join(shapes, 'train', 'circle', 'circle-001.png')]);
    await page.getByRole('button', { name: 'Augment…' }).click();
    await expect
      .poll(() => panel.host.panels)
      .toEqual([{ kind: 'augmentation', focus: { location: shapes, image: 1 } }]);
    await page.getByRole('button', { name: 'Train Model' }).click();
    await expect.poll(() => panel.host.trained).toEqual([shapes]);
  });
});
