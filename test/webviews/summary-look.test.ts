import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FromSummaryPanel, ToSummaryPanel } from '../../src/protocol/summary-panel';
import type { ThemeKind } from '../../src/webviews/shared/theme';
import { madeTable, snapshot, zooTable } from './made-tables';
import { noBrowser } from './open-panel';
import { panelSuite, pictures } from './panel-suite';
import { leastTextContrast } from './text-contrast';

const themes: readonly ThemeKind[] = ['dark', 'light', 'high-contrast-dark', 'high-contrast-light'];
const resnet = zooTable('resnet', 'resnet18');
const broken = madeTable(
  ['self.a = nn.Conv2d(3, 4, 3)', 'self.b = nn.Conv2d(5, 4, 3)', 'self.c = nn.Linear(3, 2)'],
  ['return self.c(self.b(self.a(x)))'],
);

describe.skipIf(noBrowser)(`the look of the model summary${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = panelSuite<ToSummaryPanel, FromSummaryPanel>('summary', 'Model Summary');

  test.each(themes)('is legible in the %s theme: tree, list, problems and filter', async (theme) => {
    for (const width of [1200, 620]) {
      const panel = await suite.open({ theme, width });
      const { page } = panel;
      const look = async (name: string) => {
        await panel.settled();
        await page.screenshot({ path: path.join(pictures, `summary-${name}-${theme}-${width}.png`) });
        expect([name, (await leastTextContrast(page)).ratio >= 4.5]).toEqual([name, true]);
      };
      await panel.send(snapshot([resnet]));
      await panel.settled();
      await page.getByRole('treegrid').focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
      await look('tree');
      await page.getByRole('button', { name: 'FLOPs' }).click();
      await page.getByRole('button', { name: 'Columns' }).click();
      await look('list');
      await page.keyboard.press('Escape');
      await page.getByRole('searchbox').fill('layer2 conv');
      await look('filter');
      await page.getByRole('searchbox').fill('');
      await panel.send(snapshot([broken]));
      await look('problems');
    }
  });

  test.each([320, 480, 720, 1000, 1600])('nothing overlaps or is cut off at a width of %i', async (width) => {
    const panel = await suite.open({ width });
    const { page } = panel;
    await panel.send(snapshot([resnet]));
    await panel.settled();
    const found = await page.evaluate(() => {
      const inside = (element: Element) => {
        const box = element.getBoundingClientRect();
        return box.left >= 0 && box.right <= window.innerWidth + 0.5;
      };
      const controls = [...document.querySelectorAll('.toolbar > :not(.spacer), .total')].filter(
        (element) => element.getClientRects().length > 0,
      );
      const boxes = controls.map((element) => element.getBoundingClientRect());
      const overlapping = boxes.filter((a, i) =>
        boxes.some(
          (b, j) =>
            j > i && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1,
        ),
      );
      const texts = [...document.querySelectorAll('.tree-cell .cell-text')];
      return {
        outside: controls.filter((element) => !inside(element)).map((element) => element.className),
        overlapping: overlapping.length,
        cut: texts.filter((text) => text.scrollWidth > text.clientWidth + 1).map((text) => text.textContent),
        scrolls: document.documentElement.scrollWidth > window.innerWidth,
      };
    });
    expect(found).toEqual({ outside: [], overlapping: 0, cut: [], scrolls: false });
  });
});
