import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { datasetSuite, type OpenDatasetPanel } from './dataset-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';

describe.skipIf(noBrowser)(`the dataset panel${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = datasetSuite('dataset');
  let folder: string;
  let shapes: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cnn-lab dataset-'));
    shapes = path.join(folder, 'shapes');
    await cp(path.resolve(__dirname, '../../samples/data/shapes'), shapes, { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function opened(location: string): Promise<OpenDatasetPanel> {
    const panel = await suite.open({ location });
    await panel.page.getByRole('tab', { name: /Images/ }).click();
    await panel.page.getByRole('listbox', { name: 'Images' }).waitFor();
    await panel.settled();
    return panel;
  }

  test('look', async () => {
    const panel = await opened(shapes);
    await new Promise((r) => setTimeout(r, 1500));
    await panel.page.screenshot({ path: `${pictures}/dataset-images-dark.png` });
    await panel.page.getByRole('tab', { name: /Overview/ }).click();
    await panel.page.screenshot({ path: `${pictures}/dataset-overview-dark.png` });
  });
});
