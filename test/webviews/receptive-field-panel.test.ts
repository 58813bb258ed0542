import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectionSuite, type OpenInspection } from './inspection-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';

const repository = path.resolve(__dirname, '../..');

describe.skipIf(noBrowser)(`the receptive-field panel${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = inspectionSuite('receptive-field');

  async function opened(): Promise<OpenInspection> {
    const panel = await suite.open();
    await panel.page.getByRole('row', { name: /MaxPool2d/ }).waitFor();
    return panel;
  }

  test('tells what each layer sees, over the depth of the network', async () => {
    const { page } = await opened();
    const cells = async (name: RegExp) =>
      (await page.getByRole('row', { name }).locator('th, td').allInnerTexts()).map((text) => text.trim());
    expect(await cells(/Conv2d/)).toEqual(['features.0 Conv2d', '12×12', '3×3', '–', '1×1', '−1, −1', '10.8 %']);
    expect(await cells(/MaxPool2d/)).toEqual(['features.3 MaxPool2d', '6×6', '4×4', '–', '2×2', '−1, −1', '16.0 %']);
    expect((await cells(/classifier\.1 /))[2]).toBe('the whole image');
  });

  test('draws what the chosen element sees, and goes from layer to layer by keyboard', async () => {
    const { page } = await opened();
    const sentence = page.getByText('Element (6, 6) of features.0 sees 3 × 3 pixels: rows 5 to 7, columns 5 to 7.');
    await sentence.first().waitFor();
    await page.getByRole('row', { name: /features\.0/ }).focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
    await page
      .getByText('Element (3, 3) of features.3 sees 4 × 4 pixels: rows 5 to 8, columns 5 to 8.')
      .first()
      .waitFor();
    await page.locator('tr', { hasText: 'classifier.1' }).click();
    await page.getByText('Every element of classifier.1 sees the whole image.').first().waitFor();
  });

  test('tells ways through skips apart, and draws the one that is chosen', async () => {
    const file = path.join(repository, 'samples/models/small_resnet.py');
    const model = { kind: 'model', file, target: null, inputShape: null, classCount: null, seed: 1 } as const;
    const { page } = await suite.open({ subject: model });
    await page.locator('tr', { hasText: 'layer1.1.conv2' }).click();
    const ways = page.getByRole('table', { name: 'By ways through skips and branches' });
    await ways.waitFor();
    const cells = await ways.locator('tbody tr').allInnerTexts();
    // After conv1 (3 × 3) and one block or its skip come both convolutions of this block.
    expect(cells.map((text) => text.split(/\s+/))).toEqual([
      ['7×7', '1×1', '−3,', '−3', '1'],
      ['11×11', '1×1', '−5,', '−5', '1'],
    ]);
    expect(await ways.locator('tr[aria-selected=true]').innerText()).toContain('7×7');
    await ways.locator('tr[aria-selected=true]').focus();
    await page.keyboard.press('ArrowDown');
    await ways.locator('tr[aria-selected=true]', { hasText: '11×11' }).waitFor();
    await page.screenshot({ path: `${pictures}/receptive-field-paths.png` });
  });

  test('measures the effective field before and after training, as the inspection process does', async () => {
    const { page, settled } = await opened();
    await page.locator('tr', { hasText: 'features.3' }).click();
    await page.getByRole('button', { name: 'Measure Before and After' }).click();
    await page.getByRole('region', { name: 'Epoch 3' }).waitFor();
    await page.getByRole('region', { name: 'Before training' }).waitFor();
    await settled();
    const subject = { kind: 'run', runFolder: suite.runFolder, checkpoint: 'best' } as const;
    const { layers } = await suite.calls.describe(subject);
    const layer = layers.find(({ path }) => path === 'features.3')?.id ?? -1;
    const field = await suite.calls.effectiveField({ subject, layer, images: { split: 'val', count: 32 }, task: 1 });
    const facts = await page.getByRole('region', { name: 'Epoch 3' }).locator('.facts').innerText();
    expect(facts).toContain(
      `${Number(field.sigma[1].toPrecision(3))}, ${Number(field.sigma[0].toPrecision(3))} pixels`,
    );
    expect(facts).toContain('32 images');
    await page.screenshot({ path: `${pictures}/receptive-field.png` });
  });
});
