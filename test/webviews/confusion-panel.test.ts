import { rename } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { colorIndex, colorMapTable } from '../../src/core/inspect/color-map';
import { PhiloxStream } from '../../src/core/rng/philox';
import type { SplitScores, Subject } from '../../src/protocol/inspection';
import type { InspectionPanelCalls } from '../../src/protocol/inspection-panel';
import { formatNumber, formatShare } from '../../src/webviews/shared/scale-bar';
import { imagesByLoss, splitResults } from '../../src/webviews/confusion/split-results';
import { inspectionSuite } from './inspection-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';
import { canvasColors } from './picture-pixels';
import { leastTextContrast } from './text-contrast';

const themes = ['dark', 'light', 'high-contrast-dark', 'high-contrast-light'] as const;
const grid = (page: Page) => page.getByRole('grid');
const cell = (page: Page) => page.getByRole('gridcell');
const sentence = (page: Page) => page.locator('.reading');

/** Where a cell is on the canvas: its corner near the top left, where no number stands. */
async function cornerOf(page: Page, count: number, row: number, column: number): Promise<readonly [number, number]> {
  const [width, height] = await page.evaluate(() => {
    const sizer = document.querySelector<HTMLElement>('.confusion-sizer')?.style;
    return [Number.parseFloat(sizer?.width ?? ''), Number.parseFloat(sizer?.height ?? '')];
  });
  const side = Number(await page.getByRole('slider', { name: 'Size of the cells' }).inputValue());
  const [labelWidth, labelHeight] = [(width ?? 0) - count * side - 6, (height ?? 0) - count * side - 6];
  return [labelWidth + column * side + 4, labelHeight + row * side + 4];
}

describe.skipIf(noBrowser)(`the confusion matrix${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = inspectionSuite('confusion');
  const best = (): Subject => ({ kind: 'run', runFolder: suite.runFolder, checkpoint: 'best' });
  const scoresOf = async (split: 'test' | 'train') => {
    const results = splitResults(await suite.calls.scores({ subject: best(), split, task: 1 }));
    results.areas.work(Infinity);
    return results;
  };

  test('draws the counts of the test images in their colours, and tells them to the keyboard', async () => {
    const { page, settled } = await suite.open();
    await cell(page).waitFor();
    await page.getByText(/of 100 images/).waitFor();
    await settled();
    const { confusion, names } = await scoresOf('test');
    const table = colorMapTable('sequential');
    const range = { low: 0, high: Math.max(...confusion) };
    for (const [row, column] of [
      [0, 0],
      [1, 1],
      [2, 3],
      [3, 2],
    ] as const) {
      const count = confusion[4 * row + column] ?? 0;
      const entry = 4 * colorIndex(count, range);
      const place = await cornerOf(page, 4, row, column);
      const wanted = count === 0 ? [0, 0, 0, 0] : [...table.subarray(entry, entry + 4)];
      expect([place, await canvasColors(page, '.confusion-canvas', [place])]).toEqual([place, [wanted]]);
    }
    await grid(page).focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    const count = confusion[4 * 2 + 1] ?? 0;
    const told = new RegExp(`^${names[2]} taken for ${names[1]}: ${count} images?, `);
    await cell(page).getByText(told).waitFor();
    expect(await sentence(page).innerText()).toMatch(told);
    expect(await cell(page).getAttribute('aria-colindex')).toBe('2');
    expect(await page.locator('[role="row"]').first().getAttribute('aria-rowindex')).toBe('3');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `${names[2]} taken for ${names[1]} · ${count} image` }).waitFor();
  });

  test('tells accuracy, averages, and each class with what can be sorted', async () => {
    const { page, host } = await suite.open();
    const results = await scoresOf('test');
    const facts = page.getByRole('region', { name: 'Results' }).locator('.facts');
    await facts.getByText(`${formatShare(results.accuracy)} of 100 images`).waitFor();
    await facts.getByText(formatShare(results.macro.f1), { exact: true }).first().waitFor();
    const rows = page.getByRole('table', { name: 'Metrics of each class' }).locator('tbody tr');
    const texts = async () => (await rows.allInnerTexts()).map((row) => row.split('\t').map((each) => each.trim()));
    expect(await texts()).toEqual(
      results.classes.map(({ index, name, support, precision, recall, f1 }) => [
        name,
        String(support),
        ...[precision, recall, f1].map(formatShare),
        formatNumber(results.areas.values[index] ?? NaN),
      ]),
    );
    const head = page.getByRole('columnheader', { name: 'Recall' });
    await head.getByRole('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    const recalls = (await texts()).map((row) => Number.parseFloat(row[3] ?? ''));
    expect(recalls).toEqual([...recalls].sort((a, b) => b - a));
    await page.getByRole('button', { name: 'Save Classes CSV…' }).click();
    await page.getByText('Saved classes.csv').waitFor();
    const lines = new TextDecoder().decode(host.saved[0]?.bytes).trimEnd().split('\n');
    expect(lines[0]).toBe('class,images,predicted,precision,recall,f1,auc');
    expect(lines).toHaveLength(5);
  });

  test('orders, shares and errors alone; the matrix is saved as it stands', async () => {
    const { page, host } = await suite.open();
    await page.getByText(/of 100 images/).waitFor();
    await page.getByRole('combobox', { name: 'Order' }).selectOption('Errors');
    await page.getByRole('radio', { name: '% of true' }).press('Space');
    await page.getByRole('checkbox', { name: 'Errors only' }).check();
    await page.getByRole('img', { name: /^Share of the true class: from 0 to 0?\.?\d+/ }).waitFor();
    const { confusion, classes } = await scoresOf('test');
    const errors = (own: number) => (classes[own]?.support ?? 0) - (confusion[5 * own] ?? 0);
    const order = [0, 1, 2, 3].sort((a, b) => errors(b) - errors(a));
    await page.getByRole('button', { name: 'Save CSV…' }).click();
    await page.getByText('Saved confusion.csv').waitFor();
    const name = (own: number) => classes[own]?.name;
    expect(new TextDecoder().decode(host.saved[0]?.bytes)).toBe(
      [
        ['true \\ predicted', ...order.map(name)].join(','),
        ...order.map((row) => [name(row), ...order.map((column) => confusion[4 * row + column])].join(',')),
        '',
      ].join('\n'),
    );
  });

  test('shows the images of a cell as the network sees them, and opens them in other panels', async () => {
    const { page, host, settled } = await suite.open();
    await page.getByRole('radio', { name: 'Images' }).press('Space');
    await page.getByRole('heading', { name: 'Largest losses · 100 images' }).waitFor();
    const results = await scoresOf('test');
    const order = imagesByLoss(results, null);
    const [worst = -1] = order;
    const gallery = page.getByRole('listbox', { name: 'Images' });
    await gallery.getByText(new RegExp(`^Image ${worst}: `)).waitFor({ state: 'attached' });
    const wanted = await suite.calls.image({ subject: best(), image: { kind: 'data', split: 'test', index: worst } });
    // Tiles are 64 pixels at most: five for each of the image's twelve; the first begins 8 pixels from the corner.
    const places = Array.from({ length: 144 }, (_, at) => [10 + 5 * (at % 12), 10 + 5 * Math.floor(at / 12)] as const);
    const seen = async () => (await canvasColors(page, '.gallery .tile-canvas', places)).map(([red]) => red);
    await expect.poll(seen).toEqual([...wanted.pixels]);
    await gallery.focus();
    await page.keyboard.press('Enter');
    await settled();
    await page.getByRole('button', { name: 'Prediction' }).click();
    await expect.poll(() => host.opened.length).toBe(1);
    const [opened] = host.opened;
    expect(opened?.kind).toBe('prediction');
    expect(opened?.focus.image).toEqual({ kind: 'data', split: 'test', index: worst });
    expect(opened?.focus.images).toHaveLength(100);
    await page.getByRole('button', { name: 'Feature Maps' }).click();
    await expect.poll(() => host.opened.at(-1)?.kind).toBe('feature-maps');
  });

  test('draws a curve for each class; the chosen one stands out with its area', async () => {
    const { page } = await suite.open();
    const results = await scoresOf('test');
    const [first] = results.classes;
    await page
      .getByRole('table', { name: 'Metrics of each class' })
      .getByRole('button', { name: first?.name ?? '', exact: true })
      .click();
    await page.getByRole('radio', { name: 'ROC' }).press('Space');
    await page
      .getByText(`area under the curve ${formatNumber(results.areas.values[0] ?? NaN)}`)
      .first()
      .waitFor();
    expect(await page.locator('.curve').count()).toBe(4);
    const d = (await page.locator('.curve.chosen').getAttribute('d')) ?? '';
    const points = d.match(/[\d.]+ [\d.]+/g)?.map((point) => point.split(' ').map(Number)) ?? [];
    // From the corner (0, 0) to (1, 1), never back; the area below is the AUC but for points that were left out.
    expect([points[0], points.at(-1)]).toEqual([
      [44, 330],
      [364, 10],
    ]);
    let area = 0;
    for (let at = 1; at < points.length; at++) {
      const [[x0 = 0, y0 = 0] = [], [x1 = 0, y1 = 0] = []] = [points[at - 1], points[at]];
      expect(x1).toBeGreaterThanOrEqual(x0);
      area += ((x1 - x0) / 320) * ((330 - (y0 + y1) / 2) / 320);
    }
    expect(area).toBeCloseTo(results.areas.values[0] ?? NaN, 2);
  });

  test('what was chosen is there again after a reload', async () => {
    const { page, settled } = await suite.open();
    await page.getByText(/of 100 images/).waitFor();
    await page.getByRole('combobox', { name: 'Images' }).selectOption({ index: 0 });
    await page.getByText(/of 405 images/).waitFor();
    await page.getByRole('combobox', { name: 'Order' }).selectOption('Confused together');
    await page.getByRole('radio', { name: 'ROC' }).press('Space');
    await settled();
    const tree = await page.locator('#root').ariaSnapshot();
    await page.reload();
    await page.getByText(/of 405 images/).waitFor();
    await settled();
    expect(await page.locator('#root').ariaSnapshot()).toBe(tree);
  });

  test('a run that is deleted, a process that is killed and a model without data are told in words', async () => {
    const { page, events } = await suite.open();
    await page.getByText(/of 100 images/).waitFor();
    await suite.killProcess();
    await page.getByRole('combobox', { name: 'Images' }).selectOption({ index: 0 });
    await page.getByText(/of 405 images/).waitFor();
    await rename(suite.runFolder, `${suite.runFolder} gone`);
    events.runChanged({ runFolder: suite.runFolder });
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/run|folder/i);
    await rename(`${suite.runFolder} gone`, suite.runFolder);
    await alert.getByRole('button', { name: 'Try Again' }).click();
    await alert.waitFor({ state: 'hidden' });
    const file = `${suite.runFolder}/../small_net.py`;
    events.focus({ subject: { kind: 'model', file, target: 'SmallNet', inputShape: null, classCount: null, seed: 0 } });
    await alert.getByText('has no images with known classes').waitFor();
  });

  test('is legible in every theme', async () => {
    const { page, settled, setTheme } = await suite.open();
    await page.getByText(/of 100 images/).waitFor();
    for (const tab of ['Classes', 'ROC', 'Images']) {
      await page.getByRole('radio', { name: tab }).press('Space');
      for (const theme of themes) {
        await setTheme(theme);
        await settled();
        await page.screenshot({ path: `${pictures}/confusion-${tab.toLowerCase()}-${theme}.png` });
        expect([tab, theme, (await leastTextContrast(page)).ratio >= 4.5]).toEqual([tab, theme, true]);
      }
    }
  });

  test('a hundred and fifty classes fit, are zoomed into, and scrolled through', async () => {
    const answers = await manyClasses(suite.calls, best(), 150);
    const { page, settled } = await suite.open({}, { answers });
    await page.getByText(/of 1,500 images/).waitFor();
    await settled();
    await page.screenshot({ path: `${pictures}/confusion-many.png` });
    await grid(page).focus();
    await page.keyboard.press('Control+End');
    await cell(page)
      .getByText(/^kind 149 recognised: /)
      .waitFor();
    await page.getByRole('slider', { name: 'Size of the cells' }).fill('30');
    await settled();
    await page.keyboard.press('Tab');
    await grid(page).focus();
    await page.keyboard.press('ArrowLeft');
    await settled();
    await page.screenshot({ path: `${pictures}/confusion-many-zoomed.png` });
    const scrolled = await grid(page).evaluate((element) => [element.scrollLeft, element.scrollTop]);
    expect(Math.min(...scrolled)).toBeGreaterThan(2_000);
    await page.getByRole('button', { name: 'Fit' }).click();
    await settled();
    await page.getByRole('radio', { name: 'ROC' }).press('Space');
    await settled();
    await page.screenshot({ path: `${pictures}/confusion-many-roc.png` });
  });
});

/** Scores as a network with so many classes could have: mostly right, neighbours confused. */
async function manyClasses(
  calls: Pick<InspectionPanelCalls, 'describe'>,
  subject: Subject,
  count: number,
): Promise<Partial<InspectionPanelCalls>> {
  const description = await calls.describe(subject);
  const classes = Array.from({ length: count }, (_, index) => `kind ${index}`);
  const random = new PhiloxStream(5, 1);
  const labels = Int32Array.from({ length: 10 * count }, (_, row) => row % count);
  const probabilities = new Float32Array(labels.length * count);
  const losses = new Float32Array(labels.length);
  labels.forEach((label, row) => {
    const own = probabilities.subarray(row * count, (row + 1) * count);
    for (let other = 0; other < count; other++) own[other] = random.nextBelow(1000) / 1e6;
    own[label] = random.nextBelow(1000) / 1000;
    own[(label + 1) % count] = random.nextBelow(600) / 1000;
    const sum = own.reduce((total, each) => total + each, 0);
    own.forEach((each, other) => (own[other] = each / sum));
    losses[row] = -Math.log(Math.max(1e-6, own[label] ?? 0));
  });
  const scores: SplitScores = { split: 'test', classes, labels, probabilities, losses };
  return {
    describe: () => Promise.resolve({ ...description, classes }),
    scores: () => Promise.resolve(scores),
  };
}
