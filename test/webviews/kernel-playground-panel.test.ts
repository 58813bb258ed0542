import path from 'node:path';
import sharp from 'sharp';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { filterImage } from '../../src/core/inspect/filter-image';
import type { FilterSettings } from '../../src/core/inspect/filter-sizes';
import { kernelPresets } from '../../src/core/inspect/kernel-presets';
import { imagePlanes, paintPlanes, type PlaneView } from '../../src/webviews/kernel-playground/paint-planes';
import type { Pixels } from '../../src/webviews/shared/pixel-canvas';
import { sampleImage, type SampleName } from '../../src/webviews/kernel-playground/sample-images';
import { inspectionSuite } from './inspection-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';
import { leastTextContrast } from './text-contrast';
import { seenPicture, withoutAlpha } from './zoom-image-pixels';

const plain = { stride: 1, dilation: 1, edge: 'zero', activation: 'none', pool: null } as const;
const outputCanvas = '[aria-label="Output"] .zoom-canvas';

function presetKernel(name: string): FilterSettings['kernel'] {
  const found = kernelPresets.find((preset) => preset.name === name);
  if (!found) throw new Error(`No preset ${name}`);
  return found.kernel;
}

function expectedOutput(sample: SampleName, channels: 1 | 3, view: PlaneView, settings: FilterSettings) {
  const { output } = filterImage(imagePlanes(sampleImage(sample), channels), settings);
  return { output, pixels: paintPlanes(output, view).pixels };
}

/** Colours but for those on and beside the element in the middle, which is outlined while no other one is pointed at. */
function besideTheMiddle(colors: readonly number[], { width, height }: Pixels): readonly number[] {
  const isNear = (at: number, middle: number) => Math.abs(at - middle) < 2;
  return colors.filter((_, index) => {
    const pixel = Math.floor(index / 3);
    return !isNear(pixel % width, width >> 1) || !isNear(Math.floor(pixel / width), height >> 1);
  });
}

/** `beyond`: the padding around the input, where the output is as large as it. */
async function expectSeen(page: Page, pixels: Pixels, beyond = 0): Promise<void> {
  const { colors } = await seenPicture(page, outputCanvas, { ...pixels, beyond });
  expect(besideTheMiddle(colors, pixels)).toEqual(besideTheMiddle(withoutAlpha(pixels.pixels), pixels));
}

const tableCells = (page: Page, caption: string) =>
  page.getByRole('table', { name: caption }).getByRole('cell').allInnerTexts();

describe.skipIf(noBrowser)(`the kernel playground${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = inspectionSuite('kernel-playground');

  test('draws what the kernel makes of the image, pixel by pixel, and saves it', async () => {
    const { page, settled, host } = await suite.open();
    await page.getByRole('combobox', { name: 'Image' }).selectOption('Letters');
    await settled();
    const sobel = expectedOutput('letters', 1, 'signed', { ...plain, kernel: presetKernel('Sobel x') });
    await expectSeen(page, sobel.pixels, 1);

    await page.getByRole('combobox', { name: 'Preset' }).selectOption('Sharpen');
    await page.getByRole('radio', { name: 'RGB' }).press('Space');
    await page.getByRole('combobox', { name: 'Edges' }).selectOption('Reflect');
    await page.getByRole('combobox', { name: 'Pooling' }).selectOption('Max');
    await settled();
    const settings = { ...plain, kernel: presetKernel('Sharpen'), edge: 'reflect' } as const;
    const pooled = expectedOutput('letters', 3, 'image', { ...settings, pool: { kind: 'max', size: 2, stride: 2 } });
    await expectSeen(page, pooled.pixels);

    await page.getByRole('button', { name: 'Save PNG…' }).click();
    await page.getByText('Saved filtered.png').waitFor();
    const saved = await sharp(host.saved[0]?.bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([saved.info.width, saved.info.height]).toEqual([64, 64]);
    expect([...saved.data]).toEqual(withoutAlpha(pooled.pixels.pixels));
  });

  test('a weight that is typed acts at once; the sum of an element is told in tables', async () => {
    const { page, settled } = await suite.open();
    await page.getByRole('combobox', { name: 'Image' }).selectOption('A single point');
    await page.getByRole('combobox', { name: 'Preset' }).selectOption('Identity');
    await page.getByRole('spinbutton', { name: 'Row 1, column 3' }).fill('-0.5');
    await page.getByRole('spinbutton', { name: 'Bias' }).fill('10');
    await page.getByRole('combobox', { name: 'Activation' }).selectOption('ReLU');
    await settled();
    const preset = page.getByRole('combobox', { name: 'Preset' });
    expect(await preset.locator('option:checked').innerText()).toBe('Your own');
    const kernel = { height: 3, width: 3, weights: [0, 0, -0.5, 0, 1, 0, 0, 0, 0], factor: 1, bias: 10 };
    const { output, pixels } = expectedOutput('point', 1, 'image', { ...plain, kernel, activation: 'relu' });
    await expectSeen(page, pixels, 1);
    // The point is at (7, 7): one row below and one column to the left of it the kernel's corner lies on it.
    expect(output.values[8 * 15 + 6]).toBe(0);

    await page.locator(outputCanvas).focus();
    for (const key of ['ArrowDown', 'ArrowLeft']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'Element of row 8, column 6' }).waitFor();
    expect(await tableCells(page, 'Image')).toEqual(['0', '0', '255', '0', '0', '0', '0', '0', '0']);
    expect(await tableCells(page, 'Products')).toEqual(['0', '0', '−127.5', '0', '0', '0', '0', '0', '0']);
    const told = await page.getByRole('region', { name: 'Arithmetic of one element' }).innerText();
    for (const step of ['Σ = −127.5', '−127.5 + 10 = −117.5', 'max(0, −117.5) = 0']) expect(told).toContain(step);
  });

  test('the size of the output is told with its numbers, and the layer in PyTorch', async () => {
    const { page, host } = await suite.open();
    await page.getByRole('combobox', { name: 'Preset' }).selectOption('Gaussian 5×5');
    await page.getByRole('spinbutton', { name: 'Stride' }).fill('3');
    await page.getByRole('spinbutton', { name: 'Dilation' }).fill('2');
    await page.getByRole('combobox', { name: 'Edges' }).selectOption('Circular');
    await page.getByRole('combobox', { name: 'Pooling' }).selectOption('Average');
    const sizes = page.getByRole('region', { name: 'Output size' });
    await sizes.getByText('⌊(128 + 2·4 − 2·(5 − 1) − 1) / 3⌋ + 1 = 43').first().waitFor();
    await sizes.getByText('⌊(43 − 2) / 2⌋ + 1 = 21 high').waitFor();
    await sizes.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied.').waitFor();
    expect(host.copied).toEqual([
      "nn.Sequential(nn.Conv2d(1, 1, 5, stride=3, padding=4, dilation=2, padding_mode='circular'), nn.AvgPool2d(2, stride=2))",
    ]);
  });

  test('what the image is too small for is said, until it fits again', async () => {
    const { page } = await suite.open();
    await page.getByRole('combobox', { name: 'Image' }).selectOption('A single point');
    await page.getByRole('spinbutton', { name: 'Dilation' }).fill('8');
    await page.getByRole('combobox', { name: 'Edges' }).selectOption('None (valid)');
    await page
      .getByRole('alert')
      .getByText(/The kernel reaches over 17 pixels, but the image's height is 15/)
      .waitFor();
    await page.getByRole('spinbutton', { name: 'Dilation' }).fill('7');
    await page.getByRole('alert').waitFor({ state: 'hidden' });
  });

  test('a file is decoded by the inspection process; what is no image is said', async () => {
    const file = path.resolve('samples/data/shapes/test/star/star-000.png');
    const { page, events } = await suite.open({ image: { kind: 'file', path: file } });
    await page.getByRole('region', { name: 'Input' }).getByText('star-000.png').waitFor();
    const { width, height } = await sharp(file).metadata();
    await page.getByRole('region', { name: 'Input' }).getByText(`${height} × ${width} · star-000.png`).waitFor();
    await page.reload();
    await page.getByRole('region', { name: 'Input' }).getByText('star-000.png').waitFor();
    events.focus({ image: { kind: 'file', path: path.resolve('package.json') } });
    await page
      .getByRole('alert')
      .getByText(/The image package\.json can't be read/)
      .waitFor();
  });

  test('an image that is dropped or pasted is taken', async () => {
    const { page } = await suite.open();
    const bytes = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#4080c0' } })
      .png()
      .toBuffer();
    for (const kind of ['drop', 'paste'] as const) {
      await page.evaluate(
        ({ kind, base64 }) => {
          const data = new DataTransfer();
          const content = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
          data.items.add(new File([content], `${kind}.png`, { type: 'image/png' }));
          const event =
            kind === 'drop'
              ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
              : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
          document.querySelector('main')?.dispatchEvent(event);
        },
        { kind, base64: bytes.toString('base64') },
      );
      await page.getByRole('region', { name: 'Input' }).getByText(`20 × 30 · ${kind}.png`).waitFor();
    }
  });

  test('pictures keep their places when the pointer comes and goes', async () => {
    const { page, settled } = await suite.open();
    const output = page.locator(outputCanvas);
    await page.getByRole('combobox', { name: 'Preset' }).selectOption('Gaussian 7×7');
    await page.getByRole('combobox', { name: 'Pooling' }).selectOption('Max');
    await settled();
    const before = await output.boundingBox();
    await output.hover();
    await page.getByRole('heading', { name: /^Element of row/ }).waitFor();
    expect(await output.boundingBox()).toEqual(before);
    await page.mouse.move(5, 5);
    await settled();
    expect(await output.boundingBox()).toEqual(before);
  });

  test('all that was chosen is there again after a reload', async () => {
    const { page, settled } = await suite.open();
    await page.getByRole('combobox', { name: 'Image' }).selectOption('Letters');
    await page.getByRole('combobox', { name: 'Preset' }).selectOption('Laplacian');
    await page.getByRole('spinbutton', { name: 'Stride' }).fill('2');
    await page.locator(outputCanvas).click();
    await page.mouse.move(5, 5);
    await settled();
    const tree = await page.locator('#root').ariaSnapshot();
    const before = await page.locator('#root').innerText();
    await page.reload();
    await settled();
    expect(await page.locator('#root').ariaSnapshot()).toBe(tree);
    expect(await page.locator('#root').innerText()).toBe(before);
  });

  test('is legible in every theme', async () => {
    const { page, settled, setTheme } = await suite.open();
    const look = async (name: string) => {
      for (const theme of ['dark', 'light', 'high-contrast-dark', 'high-contrast-light'] as const) {
        await setTheme(theme);
        await settled();
        await page.screenshot({ path: `${pictures}/kernel-playground-${name}-${theme}.png` });
        expect([name, theme, (await leastTextContrast(page)).ratio >= 4.5]).toEqual([name, theme, true]);
      }
    };
    await look('edges');
    await page.getByRole('combobox', { name: 'Preset' }).selectOption('Gaussian 7×7');
    await page.getByRole('radio', { name: 'RGB' }).press('Space');
    await page.getByRole('combobox', { name: 'Pooling' }).selectOption('max');
    await page.getByRole('spinbutton', { name: 'Stride' }).fill('2');
    await page.locator(outputCanvas).click({ position: { x: 200, y: 60 } });
    await look('pooled');
  });
});
