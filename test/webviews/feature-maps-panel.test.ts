import { describe, expect, test } from 'vitest';
import { colorMapTable, colorIndex, paintValues, valueRange } from '../../src/core/inspect/color-map';
import type { Subject } from '../../src/protocol/inspection';
import { inspectionSuite, type OpenInspection } from './inspection-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';
import { canvasColors } from './picture-pixels';

const image = { kind: 'data', split: 'test', index: 0 } as const;

describe.skipIf(noBrowser)(`the feature-maps panel${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = inspectionSuite('feature-maps');
  const best = (): Subject => ({ kind: 'run', runFolder: suite.runFolder, checkpoint: 'best' });

  async function opened(): Promise<OpenInspection> {
    const panel = await suite.open();
    await panel.page.getByRole('treeitem', { name: /Conv2d/, selected: true }).waitFor();
    // The maps come after the layers.
    const maps = panel.page.getByRole('listbox', { name: 'Feature maps' });
    await maps.getByRole('option', { name: /^map 0: mean/ }).waitFor({ state: 'attached' });
    await panel.settled();
    return panel;
  }

  async function mapsOf(
    title: string,
    index = 0,
  ): Promise<{ readonly shape: readonly number[]; readonly values: Float32Array }> {
    const { layers } = await suite.calls.describe(best());
    const layer = layers.find((each) => each.title === title)?.id ?? -1;
    const [maps] = await suite.calls.featureMaps({ subject: best(), image: { ...image, index }, layers: [layer] });
    if (!maps) throw new Error(`No maps of ${title}`);
    return maps;
  }

  /** The middle of each pixel of a map's tile: maps of 12×12 are drawn 6 a pixel, in columns of 80. */
  function tilePlaces(map: number, side: number, scale: number): [number, number][] {
    return Array.from({ length: side * side }, (_, at) => [
      8 + map * (side * scale + 8) + (at % side) * scale + scale / 2,
      8 + Math.floor(at / side) * scale + scale / 2,
    ]);
  }

  test('draws every map of the layer with its own values', async () => {
    const panel = await opened();
    const { values } = await mapsOf('Conv2d');
    for (const map of [0, 5]) {
      const own = values.subarray(map * 144, (map + 1) * 144);
      const colors = paintValues(own, valueRange(own, 'symmetric'), 'diverging');
      const wanted = Array.from(own, (_, at) => [...colors.subarray(4 * at, 4 * at + 4)]);
      expect(await canvasColors(panel.page, '.tile-canvas', tilePlaces(map, 12, 6))).toEqual(wanted);
    }
  });

  test('tells the value under the pointer, and draws what it sees on the image', async () => {
    const panel = await opened();
    const { page } = panel;
    const { values } = await mapsOf('Conv2d');
    await page.locator('.tile-grid').hover({ position: { x: 8 + 80 + 7 * 6 + 3, y: 8 + 4 * 6 + 3 } });
    const value = values[144 + 4 * 12 + 7] ?? NaN;
    const told = Number(value.toPrecision(3)).toString().replace('-', '−');
    await page.getByText(`map 1, row 4, column 7: ${told}`).waitFor();
    await page.getByRole('img', { name: /sees rows 3 to 5 and columns 6 to 8/ }).waitFor();
  });

  test('explains an element by the numbers that it is made of', async () => {
    const panel = await opened();
    const { page } = panel;
    await page.locator('.tile-grid').click({ position: { x: 8 + 80 + 5 * 6 + 3, y: 8 + 5 * 6 + 3 } });
    await page.getByRole('heading', { name: 'features.0 · map 1' }).waitFor();
    const sum = await page.locator('.unit-sum').innerText();
    const { values } = await mapsOf('Conv2d');
    const told = Number((values[144 + 5 * 12 + 5] ?? NaN).toPrecision(3));
    expect(Number(sum.split('=').at(-1)?.replace('−', '-'))).toBe(told);
    const cells = async (at: number) =>
      (await page.locator('.numbers').nth(at).locator('td').allInnerTexts()).map((text) =>
        Number(text.replace('−', '-')),
      );
    const [patch, kernel] = [await cells(0), await cells(1)];
    const product = patch.reduce((total, each, at) => total + each * (kernel[at] ?? 0), 0);
    const [, firstNumber = ''] = /bias: (\S+)/.exec(sum) ?? [];
    // Each number that is shown has three digits.
    expect(Math.abs(product - Number(firstNumber.replace('−', '-')))).toBeLessThan(0.02 * patch.length);
    await page.screenshot({ path: `${pictures}/feature-maps-dark.png` });
    await page.getByRole('treeitem', { name: /MaxPool2d/ }).click();
    await page.locator('.tile-grid').click({ position: { x: 14, y: 14 } });
    await page.getByText(/The largest of 4 values of features\.2 is/).waitFor();
    expect(await page.locator('.numbers .marked').count()).toBe(1);
  });

  test('colours what is never negative from zero up, numbers behind the classifier on one scale', async () => {
    const panel = await opened();
    const { page } = panel;
    await page
      .getByRole('treeitem', { name: /classifier|4 Linear/ })
      .last()
      .click();
    const { values } = await lastScores();
    const range = valueRange(values, 'symmetric');
    const table = colorMapTable('diverging');
    const wanted = Array.from(values, (value) => [
      ...table.subarray(4 * colorIndex(value, range), 4 * colorIndex(value, range) + 4),
    ]);
    const places = Array.from(values, (_, at): [number, number] => [8 + 80 * at + 36, 8 + 36]);
    await expect.poll(() => canvasColors(page, '.tile-canvas', places)).toEqual(wanted);
  });

  async function lastScores(): Promise<{ readonly values: Float32Array }> {
    const { layers } = await suite.calls.describe(best());
    const [maps] = await suite.calls.featureMaps({ subject: best(), image, layers: [layers.at(-1)?.id ?? -1] });
    return maps ?? { values: new Float32Array() };
  }

  test('goes to the next image, and shows the maps of two images side by side', async () => {
    const panel = await opened();
    const { page } = panel;
    await page.getByLabel('Beside this image').check();
    await page.getByRole('button', { name: '›' }).click();
    await expect.poll(() => page.getByRole('spinbutton', { name: 'Image' }).inputValue()).toBe('1');
    const [now, kept] = [await mapsOf('Conv2d', 1), await mapsOf('Conv2d', 0)];
    const [own, beside] = [now.values.subarray(0, 144), kept.values.subarray(0, 144)];
    // 25 pixels across: two maps and the gap between them; 72 / 25 is 2 for each.
    const colors = (values: Float32Array) => paintValues(values, valueRange(values, 'symmetric'), 'diverging');
    const at = (column: number): [number, number][] => [[8 + 2 * column + 1, 8 + 2 * 6 + 1]];
    const color = (values: Float32Array, place: number) => [[...colors(values).subarray(4 * place, 4 * place + 4)]];
    await expect.poll(() => canvasColors(page, '.tile-canvas', at(4))).toEqual(color(own, 6 * 12 + 4));
    expect(await canvasColors(page, '.tile-canvas', at(13 + 4))).toEqual(color(beside, 6 * 12 + 4));
  });

  test('shows the strongest maps of every layer, and goes to the one that is chosen', async () => {
    const panel = await opened();
    const { page } = panel;
    await page.getByText('Network', { exact: true }).last().click();
    await page
      .getByRole('img', { name: /^Maps / })
      .first()
      .waitFor();
    expect(await page.getByRole('listitem').count()).toBe(10);
    await page.getByRole('button', { name: /features\.3/ }).click();
    await page.getByRole('treeitem', { name: /MaxPool2d/, selected: true }).waitFor();
  });

  test('saves the values for NumPy', async () => {
    const panel = await opened();
    await panel.page.getByRole('button', { name: 'Save .npy…' }).click();
    await expect.poll(() => panel.host.saved.length).toBe(1);
    const { name, bytes } = panel.host.saved[0] ?? { name: '', bytes: new Uint8Array() };
    expect(name).toBe('maps-features.0.npy');
    const header = new TextDecoder('latin1').decode(bytes.subarray(0, 128));
    expect(header).toContain(`'shape': (8, 12, 12)`);
    const { values } = await mapsOf('Conv2d');
    const start = bytes.length - 4 * values.length;
    expect(new Float32Array(bytes.slice(start).buffer)).toEqual(values);
  });

  test('takes an image that is dropped', async () => {
    const { page } = await opened();
    const data = await page.evaluateHandle(async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 12, height: 12 });
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
      const transfer = new DataTransfer();
      transfer.items.add(new File([blob ?? ''], 'dropped.png', { type: 'image/png' }));
      return transfer;
    });
    await page.dispatchEvent('.body', 'drop', { dataTransfer: data });
    await page.getByText('dropped.png').first().waitFor();
  });

  test('an image that is none is said to be none', async () => {
    const { page } = await opened();
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['no image'], 'broken.png', { type: 'image/png' }));
      return transfer;
    });
    await page.dispatchEvent('.body', 'drop', { dataTransfer: data });
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toContain('broken.png');
  });
});
