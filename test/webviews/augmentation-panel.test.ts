import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePipeline } from '../../src/core/data/augment/parse-pipeline';
import { augmentImage } from '../../src/core/data/augment/run-pipeline';
import type { Image } from '../../src/core/data/image';
import { datasetSuite, type OpenDatasetPanel } from './dataset-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';
import { canvasColors } from './picture-pixels';

describe.skipIf(noBrowser)(`the augmentation panel${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = datasetSuite('augmentation');
  const shapes = path.resolve(__dirname, '../../samples/data/shapes');
  /** Of the data set, and of the training split: it is the first. */
  const number = 500;

  const text = ({ page }: OpenDatasetPanel) => page.getByRole('textbox', { name: 'Pipeline as torchvision code' });
  const grid = ({ page }: OpenDatasetPanel) => page.getByRole('listbox', { name: 'Draws' });
  const reading = (panel: OpenDatasetPanel) => panel.page.locator('.reading').textContent();

  async function opened(pipeline?: string): Promise<OpenDatasetPanel> {
    const panel = await suite.open({ location: shapes, image: number });
    if (pipeline !== undefined) await text(panel).fill(pipeline);
    await panel.page.waitForFunction(
      (wanted) =>
        performance.getEntriesByName('draws').some((entry) => (entry as PerformanceMeasure).detail === wanted),
      pipeline ?? (await text(panel).inputValue()),
    );
    await panel.settled();
    return panel;
  }

  /** 32×32 */
  async function imageOf(): Promise<Image> {
    const { width, height, pixels } = await suite.calls.image({ location: shapes, index: number, mostSide: 64 });
    const colors = Uint8Array.from(
      { length: 3 * width * height },
      (_, at) => pixels[4 * Math.floor(at / 3) + (at % 3)] ?? 0,
    );
    return { width, height, channels: 3, pixels: colors };
  }

  test('shows what training makes of the image: the same seed, the same draws', async () => {
    const pipeline = 'RandomCrop(None, padding=4), RandomHorizontalFlip(), RandomErasing(0.5)';
    const panel = await opened(pipeline);
    // Tiles of 96, 3 a pixel, with gaps of 8; the original is the first.
    const places = [
      [2, 3],
      [16, 16],
      [30, 9],
    ] as const;
    const image = await imageOf();
    for (const draw of [1, 2, 5]) {
      const place = { seed: 0, epoch: draw - 1, image: number };
      const { pixels } = augmentImage(image, parsePipeline(pipeline), place);
      const expected = places.map(([x, y]) => [...pixels.subarray(3 * (32 * y + x), 3 * (32 * y + x) + 3), 255]);
      const shown = places.map(([x, y]): [number, number] => [8 + 104 * draw + 3 * x + 1, 8 + 3 * y + 1]);
      await expect.poll(() => canvasColors(panel.page, '.tile-canvas', shown)).toEqual(expected);
    }
    await panel.page.screenshot({ path: `${pictures}/augmentation-dark.png` });
  });

  test('tells its parts to assistive technology, and what each draw has drawn', async () => {
    const panel = await opened('RandomHorizontalFlip(1), RandomRotation(20)');
    const { page } = panel;
    expect(await page.locator('body').ariaSnapshot()).toMatch(
      /group "Image"[\s\S]*region "Pipeline"[\s\S]*list "Transforms"[\s\S]*listitem "RandomHorizontalFlip"[\s\S]*slider "RandomHorizontalFlip p"[\s\S]*listbox "Draws"[\s\S]*list "Steps of the draw"/,
    );
    await grid(panel).press('End');
    await grid(panel).press('Enter');
    await expect.poll(() => reading(panel)).toMatch(/^Draw 23: RandomHorizontalFlip: applied; RandomRotation: .*\d/);
    expect(await page.locator('.filmstrip').innerText()).toMatch(/Original\s+32 × 32\s+RandomHorizontalFlip\s+applied/);
  });

  test('keeps list and text alike, whichever is changed', async () => {
    const panel = await opened('RandomCrop(32, padding=4), RandomHorizontalFlip()');
    const { page } = panel;
    await page.getByRole('spinbutton', { name: 'RandomHorizontalFlip p, exactly' }).fill('0.25');
    await expect.poll(() => text(panel).inputValue()).toBe('RandomCrop(32, padding=4), RandomHorizontalFlip(p=0.25)');
    await page.getByRole('listitem', { name: 'RandomHorizontalFlip' }).press('Alt+ArrowUp');
    await expect.poll(() => text(panel).inputValue()).toBe('RandomHorizontalFlip(p=0.25), RandomCrop(32, padding=4)');
    await page.getByRole('combobox', { name: 'RandomCrop padding_mode' }).selectOption('reflect');
    await page.getByRole('combobox', { name: 'Transform to add' }).selectOption('RandomRotation');
    await page.getByRole('button', { name: 'Add' }).click();
    await expect
      .poll(() => text(panel).inputValue())
      .toBe("RandomHorizontalFlip(p=0.25), RandomCrop(32, padding=4, padding_mode='reflect'), RandomRotation(15)");
    await page.getByRole('combobox', { name: 'RandomRotation degrees: how many values' }).selectOption('from, to');
    await expect.poll(() => text(panel).inputValue()).toMatch(/RandomRotation\(\(-15, 15\)\)$/);
    await page.getByRole('listitem', { name: 'RandomCrop' }).press('Delete');
    await expect.poll(() => text(panel).inputValue()).not.toContain('RandomCrop');
    await text(panel).fill('T.Compose([T.RandomVerticalFlip(p=0.75)])');
    await expect
      .poll(() => page.getByRole('spinbutton', { name: 'RandomVerticalFlip p, exactly' }).inputValue())
      .toBe('0.75');
  });

  test('says in place what is wrong with the text, and with the image', async () => {
    const panel = await opened('RandomHorizontalFlip()');
    const { page } = panel;
    await text(panel).fill('RandomHorizontalFlop()');
    const problem = page.locator('#pipeline-problem');
    await expect.poll(() => problem.textContent()).toContain('There is no transform RandomHorizontalFlop.');
    expect(await page.getByRole('button', { name: 'Use in Training' }).isDisabled()).toBe(true);
    await text(panel).fill('RandomCrop(64)');
    await expect.poll(() => problem.textContent()).toContain('the images are (32, 32)');
    await text(panel).fill('RandomCrop(24)');
    await expect.poll(() => problem.textContent()).toBe('');
  });

  test('copies the pipeline as code, and hands it to training', async () => {
    const panel = await opened("RandomCrop(32, padding=4, padding_mode='edge')");
    const { page, host } = panel;
    await page.getByRole('button', { name: 'Copy Code' }).click();
    await expect
      .poll(() => host.copied.at(-1))
      .toContain("    transforms.RandomCrop(32, padding=4, padding_mode='edge'),");
    await page.getByRole('button', { name: 'Copy Command' }).click();
    await expect.poll(() => host.copied.at(-1)).toContain(`--augment "RandomCrop(32, padding=4, padding_mode='edge')"`);
    await page.getByRole('button', { name: 'Use in Training' }).click();
    await expect.poll(() => host.used).toEqual(["RandomCrop(32, padding=4, padding_mode='edge')"]);
  });

  test('takes an image from a file, and is as it was after a reload', async () => {
    const panel = await opened();
    const { page, host } = panel;
    host.picked.image = { kind: 'file', path: path.join(shapes, 'test', 'star', 'star-000.png') };
    await page.getByRole('button', { name: 'File…' }).click();
    await page.locator('.image-name').getByText('star-000.png').waitFor();
    await page.getByRole('combobox', { name: 'Preset' }).selectOption({ label: 'RandAugment' });
    await page.getByRole('spinbutton', { name: 'Seed' }).fill('7');
    const before = await text(panel).inputValue();
    expect(before).toContain('RandAugment');
    await page.reload();
    await expect.poll(() => text(panel).inputValue()).toBe(before);
    expect(await page.getByRole('spinbutton', { name: 'Seed' }).inputValue()).toBe('7');
    await page.getByRole('listitem', { name: 'RandAugment' }).waitFor();
    await page.locator('.image-name').getByText('star-000.png').waitFor();
    await grid(panel)
      .getByRole('option', { name: /^Original: 32 × 32|^Draw/ })
      .waitFor({ state: 'attached' });
    expect(await page.locator('.problem').isHidden()).toBe(true);
  });
});
