import { describe, expect, test } from 'vitest';
import type { Subject } from '../../src/protocol/inspection';
import { pictureOfImage } from '../../src/core/inspect/picture';
import { inspectionSuite, type OpenInspection } from './inspection-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';
import { canvasColors } from './picture-pixels';

describe.skipIf(noBrowser)(`the class view${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = inspectionSuite('class-view');
  const best = (): Subject => ({ kind: 'run', runFolder: suite.runFolder, checkpoint: 'best' });

  async function opened(): Promise<OpenInspection> {
    const panel = await suite.open();
    await panel.page.getByRole('treeitem', { name: /4 Linear/, selected: true }).waitFor();
    return panel;
  }

  async function convolution(): Promise<number> {
    const { layers } = await suite.calls.describe(best());
    return layers.find(({ title }) => title === 'Conv2d')?.id ?? -1;
  }

  test('begins with the classes; makes an image that raises the score of one', async () => {
    const { page } = await opened();
    await page.getByRole('combobox', { name: 'Class' }).selectOption('2');
    await page.getByRole('spinbutton', { name: 'Steps' }).fill('40');
    await page.getByRole('spinbutton', { name: 'Steps' }).press('Enter');
    await page.getByRole('button', { name: 'Maximize' }).click();
    const gain = page.getByText(/^Activation .* in 40 steps/);
    await gain.waitFor();
    const { layers } = await suite.calls.describe(best());
    const { activations } = await suite.calls.maximize({
      ...{ subject: best(), layer: layers.at(-1)?.id ?? -1, channel: 2, steps: 40, learningRate: 0.05 },
      ...{ l2: 0.01, totalVariation: 0.01, jitter: 2, seed: 0, task: 9 },
    });
    const [first = 0, last = 0] = [activations[0], activations.at(-1)];
    expect(last).toBeGreaterThan(first);
    const told = (value: number) => String(Number(value.toPrecision(3))).replace('-', '−');
    expect(await gain.innerText()).toBe(`Activation ${told(first)} → ${told(last)} in 40 steps.`);
  });

  test('finds the images that excite a filter most, and crops them to what it sees', async () => {
    const panel = await opened();
    const { page } = panel;
    await page.getByRole('treeitem', { name: /Conv2d/ }).click();
    await page.getByRole('spinbutton', { name: 'Channel' }).fill('5');
    await page.getByRole('spinbutton', { name: 'Channel' }).press('Enter');
    await page.getByRole('button', { name: 'Find Images' }).click();
    await page.getByText(/^The 48 images that excite it most/).waitFor();
    const layer = await convolution();
    const request = { subject: best(), layer, channel: 5, split: 'test', count: 48, among: 10_000, task: 9 } as const;
    const [top] = await suite.calls.topImages(request);
    if (!top?.field) throw new Error('A filter sees a part of the image');
    // The middle of the field, a 3×3 crop: tiles of 96, 32 a pixel.
    const whole = pictureOfImage(top.image.pixels, top.image.shape);
    const at = 4 * ((top.field.top + 1) * whole.width + top.field.left + 1);
    const wanted = [[...whole.pixels.subarray(at, at + 4)]];
    await expect.poll(() => canvasColors(page, '.tile-canvas', [[8 + 48, 8 + 48]])).toEqual(wanted);
    await page.screenshot({ path: `${pictures}/class-view-dark.png` });
    await page.locator('.tile-grid').click({ position: { x: 50, y: 50 } });
    const focus = { layer, channel: 5, image: { kind: 'data', split: 'test', index: top.index } };
    await expect.poll(() => panel.host.opened).toMatchObject([{ kind: 'feature-maps', focus }]);
  });

  test('a long climb can be cancelled', async () => {
    const { page } = await opened();
    await page.getByRole('spinbutton', { name: 'Steps' }).fill('10000');
    await page.getByRole('spinbutton', { name: 'Steps' }).press('Enter');
    await page.getByRole('button', { name: 'Maximize' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('status').getByText('Cancelled.').waitFor();
  });
});
