import path from 'node:path';
import { describe, test } from 'vitest';
import { datasetSuite } from './dataset-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';

describe.skipIf(noBrowser)(`the augmentation panel${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = datasetSuite('augmentation');
  const shapes = path.resolve(__dirname, '../../samples/data/shapes');

  test('look', async () => {
    const panel = await suite.open({ location: shapes, image: 500 });
    await panel.page.getByRole('listbox', { name: 'Draws' }).waitFor();
    await new Promise((r) => setTimeout(r, 1500));
    await panel.page.screenshot({ path: `${pictures}/augmentation-dark.png` });
    await panel.page.getByLabel('Preset').selectOption({ label: 'Resized crops (ImageNet)' });
    await panel.setTheme('light');
    await new Promise((r) => setTimeout(r, 1500));
    await panel.page.screenshot({ path: `${pictures}/augmentation-light.png` });
  });
});
