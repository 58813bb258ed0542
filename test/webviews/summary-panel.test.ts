import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { FromSummaryPanel, ToSummaryPanel } from '../../src/protocol/summary-panel';
import { madeTable, snapshot, zooTable } from './made-tables';
import { noBrowser, type OpenPanel } from './open-panel';
import { panelSuite } from './panel-suite';

const resnet = zooTable('resnet', 'resnet18');
const resnet50 = zooTable('resnet', 'resnet50');
const lenet = zooTable('lenet', 'LeNet');

describe.skipIf(noBrowser)(`the model-summary panel${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = panelSuite<ToSummaryPanel, FromSummaryPanel>('summary', 'Model Summary');

  async function opened(message: ToSummaryPanel, width = 1200): Promise<Panel> {
    const panel = await suite.open({ width });
    await panel.send(message);
    await panel.settled();
    return panel;
  }

  test('shows the tree to a depth of two, with the totals of the model', async () => {
    const { page } = await opened(snapshot([resnet]));
    expect(await names(page)).toEqual([
      'ResNet',
      'conv1',
      'bn1',
      'relu',
      'maxpool',
      ...['layer1', 'layer2', 'layer3', 'layer4'].flatMap((layer) => [layer, '0', '1']),
      'avgpool',
      'fc',
    ]);
    const cells = await rowCells(page, 'conv1');
    expect(cells).toEqual([
      'conv1',
      'Conv2d',
      '(N, 64, 112, 112)',
      '9,408',
      '236 M',
      '3.06 MiB',
      '7×7',
      'resnet.py:67',
    ]);
    const totals = await page.locator('.totals').innerText();
    for (const text of ['(N, 3, 224, 224)', '11,689,512', '44.6 MiB with buffers', '3.64 G', '435 × 435']) {
      expect(totals).toContain(text);
    }
  });

  test('tells levels, open rows and numbers of rows to assistive technology', async () => {
    const { page } = await opened(snapshot([resnet]));
    const grid = page.getByRole('treegrid', { name: 'Modules of the model' });
    expect(await grid.getAttribute('aria-rowcount')).toBe('20');
    const layer = page.getByRole('row', { name: /^layer1 / });
    expect(await layer.getAttribute('aria-level')).toBe('2');
    expect(await layer.getAttribute('aria-expanded')).toBe('true');
    expect(await page.getByRole('row', { name: /^fc / }).getAttribute('aria-expanded')).toBe(null);
    expect(await page.getByRole('row', { name: /^ResNet / }).getAttribute('aria-rowindex')).toBe('2');
  });

  test('opens and closes rows with the mouse; the depth sets all of them', async () => {
    const panel = await opened(snapshot([resnet]));
    const { page } = panel;
    await page.locator('.tree-row', { hasText: 'layer1' }).locator('.twisty').click();
    await panel.settled();
    expect((await names(page)).slice(5, 8)).toEqual(['layer1', 'layer2', '0']);
    await page.getByText('All', { exact: true }).click();
    await panel.settled();
    expect((await names(page)).slice(5, 9)).toEqual(['layer1', '0', 'conv1', 'bn1']);
    await page.locator('.segments').getByText('1', { exact: true }).click();
    await panel.settled();
    expect(await names(page)).toEqual([
      'ResNet',
      ...['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2', 'layer3', 'layer4', 'avgpool', 'fc'],
    ]);
  });

  test('is walked with the keyboard as a tree grid is', async () => {
    const panel = await opened(snapshot([resnet]));
    const { page } = panel;
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
      await panel.settled();
    };
    const active = async () => {
      const id = await page.getByRole('treegrid').getAttribute('aria-activedescendant');
      return page.locator(`#${id}`).locator('.module').innerText();
    };
    await page.getByRole('treegrid').focus();
    await press('ArrowDown');
    expect(await active()).toBe('ResNet');
    await press('End');
    expect(await active()).toBe('fc');
    await press('ArrowLeft');
    expect(await active()).toBe('ResNet');
    await press('ArrowRight');
    expect(await active()).toBe('conv1');
    await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight');
    expect(await names(page)).toContain('conv2');
    await press('ArrowRight');
    expect(await active()).toBe('conv1');
    await press('ArrowLeft', 'ArrowLeft');
    expect(await active()).toBe('0');
    expect(await names(page)).not.toContain('conv2');
    await press('*');
    expect((await names(page)).filter((name) => name === 'conv2')).toHaveLength(2);
    await press('Home', 'ArrowLeft');
    expect(await names(page)).toEqual(['ResNet']);
    const reveal = panel.next('reveal');
    await page.keyboard.press('Enter');
    expect((await reveal).range).toMatchObject({ startLine: resnet.rows[0]?.source?.startLine });
  });

  test('a click shows the place in the code', async () => {
    const panel = await opened(snapshot([resnet]));
    const reveal = panel.next('reveal');
    await panel.page.getByRole('row', { name: /^fc / }).click();
    const fc = resnet.rows.find(({ path }) => path === 'fc');
    expect((await reveal).range).toEqual(fc?.source);
  });

  test('sorts the parts of the model: largest first, then smallest, then the tree again', async () => {
    const panel = await opened(snapshot([resnet]));
    const { page } = panel;
    const header = page.getByRole('columnheader', { name: 'Parameters' });
    await header.getByRole('button').click();
    await panel.settled();
    expect(await header.getAttribute('aria-sort')).toBe('descending');
    const largest = await names(page);
    expect(largest.slice(0, 3)).toEqual(['layer4.0.conv2', 'layer4.1.conv1', 'layer4.1.conv2']);
    expect(largest).not.toContain('layer4');
    await header.getByRole('button').click();
    await panel.settled();
    expect(await header.getAttribute('aria-sort')).toBe('ascending');
    await header.getByRole('button').click();
    await panel.settled();
    expect(await header.getAttribute('aria-sort')).toBe('none');
    expect((await names(page))[0]).toBe('ResNet');
    await page.getByRole('button', { name: 'Type' }).click();
    await panel.settled();
    expect((await rowCells(page, 'avgpool'))[1]).toBe('AdaptiveAvgPool2d');
    expect((await names(page))[0]).toBe('avgpool');
  });

  test('finds rows by path, type and shape, with those around them', async () => {
    const panel = await opened(snapshot([resnet]));
    const { page } = panel;
    const filter = page.getByRole('searchbox');
    await filter.fill('layer1.0 conv2d');
    await panel.settled();
    expect(await names(page)).toEqual(['ResNet', 'layer1', '0', 'conv1', 'conv2']);
    expect(await page.locator('.found').innerText()).toBe('2 rows found');
    await filter.fill('512, 7');
    await panel.settled();
    expect((await names(page)).slice(0, 3)).toEqual(['ResNet', 'layer4', '0']);
    await filter.fill('nothing of this name');
    await panel.settled();
    expect(await names(page)).toEqual([]);
    expect(await page.locator('.found').innerText()).toBe('0 rows found');
  });

  test('shows functions and hides columns', async () => {
    const panel = await opened(snapshot([lenet]));
    const { page } = panel;
    expect(await names(page)).not.toContain('flatten');
    await page.getByRole('checkbox', { name: 'Functions' }).check();
    await panel.settled();
    expect((await names(page)).map((name) => name.toLowerCase())).toContain('flatten');
    await page.getByRole('button', { name: 'Columns' }).click();
    for (const column of ['Type', 'FLOPs', 'Memory']) await page.getByRole('checkbox', { name: column }).uncheck();
    await page.getByRole('checkbox', { name: 'Input' }).check();
    await page.keyboard.press('Escape');
    await panel.settled();
    expect(await page.getByRole('columnheader').allInnerTexts()).toEqual([
      'Module',
      'Input',
      'Output',
      'Parameters',
      'Receptive field',
      'Source',
    ]);
    expect((await rowCells(page, 'conv1')).slice(0, 3)).toEqual(['conv1', '(N, 1, 28, 28)', '(N, 6, 28, 28)']);
    expect(await page.getByRole('group', { name: 'Columns' }).isVisible()).toBe(false);
  });

  test('bars are the shares of the whole', async () => {
    const { page } = await opened(snapshot([lenet]));
    const bar = page.getByRole('row', { name: /^fc1 / }).locator('.parameters .bar');
    const share = await bar.evaluate((element) => Number(getComputedStyle(element).getPropertyValue('--share')));
    expect(share).toBeCloseTo(48_120 / 61_706, 6);
    const cell = page.getByRole('row', { name: /^fc1 / }).locator('.parameters');
    expect(await cell.getAttribute('title')).toBe('78.0 % of the model’s parameters');
    const [wide, all] = await Promise.all([bar.boundingBox(), cell.boundingBox()]);
    expect((wide?.width ?? 0) / ((all?.width ?? 0) - 8)).toBeCloseTo(share, 2);
  });

  test('the memory of the activations is that of a batch', async () => {
    const panel = await opened(snapshot([lenet]));
    const { page } = panel;
    const total = () => page.locator('.total', { hasText: 'Activations' }).locator('.value').innerText();
    const one = Number(lenet.totals.activationBytes);
    expect(await total()).toBe(`${((32 * one) / 2 ** 20).toPrecision(3)} MiB`);
    await page.getByRole('spinbutton', { name: 'Batch size' }).fill('1');
    await panel.settled();
    expect(await total()).toBe(`${(one / 2 ** 10).toPrecision(3)} KiB`);
    await page.getByRole('spinbutton', { name: 'Batch size' }).fill('');
    await panel.settled();
    expect(await total()).toBe(`${(one / 2 ** 10).toPrecision(3)} KiB`);
  });

  test('copies what is shown', async () => {
    const panel = await opened(snapshot([lenet]));
    const { page } = panel;
    const markdown = panel.next('copy');
    await page.getByRole('button', { name: 'Copy as Markdown' }).click();
    const copied = await markdown;
    expect(copied.what).toBe('Markdown');
    expect(copied.text).toContain('| &nbsp;&nbsp;`conv1` | Conv2d | (N, 1, 28, 28) | (N, 6, 28, 28) | 156 |');
    expect(copied.text).toContain('- Parameters: 61,706 (241 KiB with buffers)');
    await page.getByRole('searchbox').fill('fc');
    await panel.settled();
    const csv = panel.next('copy');
    await page.getByRole('button', { name: 'Copy as CSV' }).click();
    const lines = (await csv).text.trim().split('\n');
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['LeNet', 'fc1', 'fc2', 'fc3']);
    await panel.send({ type: 'copied', what: 'CSV' });
    await expect.poll(() => page.locator('.notice').innerText()).toBe('Copied as CSV.');
  });

  test('chooses among the models of the file; asks for one that it does not have', async () => {
    const panel = await opened(snapshot([resnet, resnet50], { targets: ['resnet18', 'resnet50', 'resnet34'] }));
    const { page } = panel;
    const select = page.getByRole('combobox', { name: 'Model' });
    expect(await select.inputValue()).toBe('resnet18');
    await select.selectOption('resnet50');
    await panel.settled();
    expect(await page.locator('.totals').innerText()).toContain('25,557,032');
    const choose = panel.next('choose');
    await select.selectOption('resnet34');
    expect((await choose).target).toBe('resnet34');
    await panel.send(snapshot([resnet, resnet50], { target: 'resnet18' }));
    await panel.settled();
    expect(await page.locator('.totals').innerText()).toContain('11,689,512');
    const input = panel.next('setInput');
    await page.getByRole('button', { name: 'Change…' }).click();
    expect((await input).target).toBe('resnet18');
  });

  test('stays as it is when the file changes: place, open rows, order of columns', async () => {
    const panel = await opened(snapshot([resnet50]));
    const { page } = panel;
    await page.getByText('All', { exact: true }).click();
    await page.locator('.tree-row', { hasText: 'layer1' }).first().locator('.twisty').click();
    await page.getByRole('treegrid').focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('PageDown');
    await panel.settled();
    const before = await look(page);
    const changed = zooTable('resnet', 'resnet50');
    const rows = changed.rows.map((row) => (row.path === 'fc' ? { ...row, name: 'Changed' } : row));
    await panel.send(snapshot([{ ...changed, rows }]));
    await panel.settled();
    expect(await look(page)).toEqual(before);
    expect(before.top).toBeGreaterThan(100);
    await page.keyboard.press('End');
    await panel.settled();
    expect(await page.locator('.tree-row').last().innerText()).toContain('Changed');
  });

  test('is as it was after a reload', async () => {
    const panel = await opened(snapshot([resnet, resnet50]));
    const { page } = panel;
    await page.getByRole('combobox', { name: 'Model' }).selectOption('resnet50');
    await page.getByText('All', { exact: true }).click();
    await page.getByRole('checkbox', { name: 'Functions' }).check();
    await page.getByRole('spinbutton', { name: 'Batch size' }).fill('7');
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('End');
    await panel.settled();
    const before = await look(page);
    const ready = panel.next('ready');
    await page.reload();
    await ready;
    await panel.send(snapshot([resnet, resnet50]));
    await panel.settled();
    await panel.settled();
    expect(await look(page)).toEqual(before);
    expect(await page.getByRole('spinbutton', { name: 'Batch size' }).inputValue()).toBe('7');
    expect(await page.getByRole('checkbox', { name: 'Functions' }).isChecked()).toBe(true);
  });

  test('opens with a state that it can not read', async () => {
    const panel = await suite.open();
    await panel.page.evaluate(() => sessionStorage.setItem('state', '{"depth":"deep","sort":{"column":7},"hidden":3}'));
    const ready = panel.next('ready');
    await panel.page.reload();
    await ready;
    await panel.send(snapshot([lenet]));
    await panel.settled();
    expect(await names(panel.page)).toHaveLength(
      1 + lenet.rows.filter((row) => row.kind === 'module' && row.depth === 1).length,
    );
  });

  test('says why something is refused or not known, with the line', async () => {
    const table = madeTable(
      ['self.a = nn.Conv2d(3, 4, 3)', 'self.b = nn.Conv2d(5, 4, 3)', 'self.c = nn.Linear(3, 2)'],
      ['return self.c(self.b(self.a(x)))'],
    );
    const failure = { target: 'Other', reason: 'it needs an argument', line: 3 };
    const range = { file: '/work/net.py', startLine: 3, startColumn: 0, endLine: 3, endColumn: 0 };
    const panel = await opened(snapshot([table], { failures: [{ ...failure, range }] }));
    const { page } = panel;
    expect((await rowCells(page, 'b'))[2]).toMatch(/refused$/);
    expect(await page.getByRole('row', { name: /^b / }).locator('.output').getAttribute('title')).toMatch(
      /5 input channels/,
    );
    const notes = page.getByRole('region', { name: 'Problems and what is not known' });
    expect(await notes.innerText()).toMatch(/Conv2d expects 5 input channels.*net\.py:11/);
    expect(await notes.innerText()).toContain('Other: it needs an argument net.py:3');
    const reveal = panel.next('reveal');
    await notes.getByRole('button', { name: 'net.py:3' }).click();
    expect((await reveal).range).toEqual(range);
    expect(await page.locator('.total', { hasText: 'FLOPs' }).innerText()).toContain('not known');
  });

  test('says what there is to do while there is nothing to show', async () => {
    const panel = await suite.open();
    const { page } = panel;
    await panel.send({ type: 'reading', file: 'net.py' });
    await page.getByRole('heading', { name: 'Reading net.py …' }).waitFor();
    await panel.send({ type: 'empty', message: 'There is no model in net.py.', remedy: 'Write one.' });
    await page.getByRole('heading', { name: 'There is no model in net.py.' }).waitFor();
    expect(await page.locator('.empty p').innerText()).toBe('Write one.');
    await panel.send(snapshot([lenet]));
    await panel.settled();
    expect(await page.getByRole('heading').isVisible()).toBe(false);
    // A file that is being read anew does not take away what is shown.
    await panel.send({ type: 'reading', file: 'net.py' });
    await panel.settled();
    expect((await names(page))[0]).toBe('LeNet');
  });

  test('draws a thousand rows about as quickly as fifty: only those in sight are there', async () => {
    const layers = (count: number) =>
      madeTable(
        [
          `self.blocks = nn.Sequential(*[nn.Sequential(nn.Conv2d(3, 3, 1), nn.ReLU(), nn.BatchNorm2d(3)) for _ in range(${count})])`,
        ],
        ['return self.blocks(x)'],
      );
    const [small, large] = [layers(12), layers(375)];
    expect(large.rows.length).toBeGreaterThan(1500);
    const panel = await suite.open();
    const { page } = panel;
    const quickest = async () => {
      const times: number[] = [];
      for (let i = 0; i < 7; i++) {
        await page.evaluate(() => performance.clearMeasures());
        await page.getByRole('checkbox', { name: 'Functions' }).click();
        await panel.settled();
        times.push(await page.evaluate(() => performance.getEntriesByName('summary-draw').at(-1)?.duration ?? NaN));
      }
      return Math.min(...times);
    };
    await panel.send(snapshot([small]));
    await panel.settled();
    await page.getByText('All', { exact: true }).click();
    const few = await quickest();
    await panel.send(snapshot([large]));
    await panel.settled();
    const many = await quickest();
    expect(await page.getByRole('treegrid').getAttribute('aria-rowcount')).toBe(String(large.rows.length + 1));
    expect(await page.locator('.tree-row').count()).toBeLessThan(80);
    // 31 times as many rows.
    expect(many / few).toBeLessThan(10);
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('End');
    await panel.settled();
    expect(await page.locator('.tree-row.active .module').innerText()).toBe('2');
  });
});

type Panel = OpenPanel<ToSummaryPanel, FromSummaryPanel>;

/** What stands in the first column, in the order in which it is seen. */
function names(page: Page): Promise<string[]> {
  return page.locator('.tree-row').evaluateAll((rows) =>
    rows
      .map((row) => ({ top: row.getBoundingClientRect().top, name: row.querySelector('.module')?.textContent ?? '' }))
      .sort((a, b) => a.top - b.top)
      .map(({ name }) => name),
  );
}

async function rowCells(page: Page, name: string): Promise<string[]> {
  const row = page.locator('.tree-row', { has: page.locator('.module', { hasText: new RegExp(`^${name}$`) }) });
  return row.first().locator('.tree-cell').allInnerTexts();
}

async function look(
  page: Page,
): Promise<{ readonly top: number; readonly names: string[]; readonly active: string[] }> {
  return {
    top: await page.locator('.tree-scroll').evaluate((element) => element.scrollTop),
    names: await names(page),
    active: await page.locator('.tree-row.active .module').allInnerTexts(),
  };
}
