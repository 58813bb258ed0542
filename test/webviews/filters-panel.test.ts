import { describe, expect, test } from 'vitest';
import { filterBank, filterPixels, filterScale } from '../../src/webviews/filters/filter-tiles';
import { inspectionSuite } from './inspection-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';

describe.skipIf(noBrowser)(`the filters panel${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = inspectionSuite('filters');

  test('draws the weights of the checkpoint, tile by tile', async () => {
    const { page, settled } = await suite.open();
    await page.getByRole('listbox', { name: 'Filters' }).waitFor();
    await page.getByRole('treeitem', { name: /Conv2d/ }).waitFor();
    await settled();
    await page.screenshot({ path: `${pictures}/filters.png` });
    expect(await page.getByRole('treeitem').allInnerTexts()).toHaveLength(3);
  });
});
