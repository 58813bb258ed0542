import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { paintValues, valueRange } from '../../src/core/inspect/color-map';
import { enlargeMap, spreadSquares } from '../../src/core/inspect/heat-overlay';
import type { ImageReference, Subject } from '../../src/protocol/inspection';
import { networkPicture } from '../../src/webviews/shared/network-picture';
import { formatNumber, formatShare } from '../../src/webviews/shared/scale-bar';
import { inspectionSuite } from './inspection-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';
import { leastTextContrast } from './text-contrast';
import { seenPicture, withoutAlpha } from './zoom-image-pixels';

const canvas = '.main .zoom-canvas';
const first: ImageReference = { kind: 'data', split: 'test', index: 0 };
const size = { width: 12, height: 12 };

const scoreRows = (page: Page) => page.getByRole('table', { name: 'Classes by probability' }).locator('tbody tr');
const opacity = (page: Page) => page.getByRole('slider', { name: 'Opacity of the map' });

describe.skipIf(noBrowser)(`the prediction panel${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = inspectionSuite('prediction');
  const best = (): Subject => ({ kind: 'run', runFolder: suite.runFolder, checkpoint: 'best' });

  test('shows the image as the network sees it, its classes as bars, and the true one', async () => {
    const { page, settled } = await suite.open();
    await scoreRows(page).first().waitFor();
    await page.getByRole('radio', { name: 'Image' }).press('Space');
    await settled();
    const { image, top } = await suite.calls.predict({ subject: best(), image: first, topK: 4 });
    const seen = await seenPicture(page, canvas, size);
    expect(seen.colors).toEqual(withoutAlpha(networkPicture(image).pixels));
    const { classes } = await suite.calls.describe(best());
    const rows = await scoreRows(page).allInnerTexts();
    expect(rows.map((row) => row.split(/\s*\t\s*/))).toEqual(
      top.map((score): unknown[] => [
        score.class === image.label ? expect.stringMatching(new RegExp(`^${score.label}\\s*true$`)) : score.label,
        formatShare(score.probability),
        formatNumber(score.logit),
      ]),
    );
    const right = top[0]?.class === image.label ? 'right' : 'wrong';
    await page.getByText(`True class ${classes[image.label ?? -1]}: ${right}`).waitFor();
  });

  test('lays Grad-CAM of a layer and class over the image, with its scale', async () => {
    const { page, settled } = await suite.open();
    await scoreRows(page).first().waitFor();
    const { layers } = await suite.calls.describe(best());
    const pool = layers.find(({ title }) => title === 'MaxPool2d');
    await page.getByRole('combobox', { name: 'Layer' }).selectOption({ label: `${pool?.path} · 8×6×6` });
    await scoreRows(page).nth(1).getByRole('button').click();
    await page.locator('.scores .explained').getByRole('button', { pressed: true }).waitFor();
    const { top } = await suite.calls.predict({ subject: best(), image: first, topK: 4 });
    const wanted = { subject: best(), image: first, layer: pool?.id ?? -1, class: top[1]?.class ?? -1 };
    const { shape, values } = await suite.calls.gradCam(wanted);
    const range = valueRange(values, 'from-zero');
    await page.getByRole('img', { name: `to ${formatNumber(range.high)}`, exact: false }).waitFor();
    await opacity(page).fill('100');
    await settled();
    const painted = paintValues(enlargeMap(values, shape, [12, 12]), range, 'sequential');
    expect((await seenPicture(page, canvas, size)).colors).toEqual(withoutAlpha(painted));
  });

  test('covers the image part by part when asked to, and draws what is lost', async () => {
    const { page, settled } = await suite.open();
    await page.getByRole('radio', { name: 'Occlusion' }).press('Space');
    await page.getByText('Press Compute').waitFor();
    await page.getByRole('spinbutton', { name: 'Square' }).fill('4');
    await page.getByRole('spinbutton', { name: 'Step' }).fill('2');
    await page.getByRole('button', { name: 'Compute' }).click();
    await page.getByRole('img', { name: /^Probability lost where it is covered/ }).waitFor();
    await opacity(page).fill('100');
    await settled();
    const { top } = await suite.calls.predict({ subject: best(), image: first, topK: 1 });
    const square = { size: 4, stride: 2 };
    const request = { subject: best(), image: first, class: top[0]?.class ?? -1, ...square, task: 1 };
    const losses = await suite.calls.occlusion(request);
    const map = spreadSquares(losses.values, losses.shape, square, [12, 12]);
    const painted = paintValues(map, valueRange(map, 'full'), 'sequential');
    expect((await seenPicture(page, canvas, size)).colors).toEqual(withoutAlpha(painted));
    // Another class has another map: this one is not shown for it.
    await page.getByRole('combobox', { name: 'Class that is explained' }).selectOption({ index: 2 });
    await page.getByText('Press Compute').waitFor();
  });

  test('arrow keys read the map pixel by pixel; the slider is the keyboard’s too', async () => {
    const { page } = await suite.open();
    await scoreRows(page).first().waitFor();
    await page.locator(canvas).focus();
    await page.keyboard.press('ArrowRight');
    await page
      .locator('.reading')
      .getByText(/^Row 6, column 7: \d/)
      .waitFor();
    await opacity(page).press('ArrowRight');
    expect(await opacity(page).inputValue()).toBe('56');
  });

  test('classifies the files of a folder into a table that is saved as CSV; a row shows its image', async () => {
    const folder = path.join(path.dirname(suite.runFolder), 'pictures');
    await mkdir(folder);
    for (const [name, grey] of [
      ['dark', 20],
      ['bright, very', 230],
    ] as const) {
      const create = { width: 12, height: 12, channels: 3, background: { r: grey, g: grey, b: grey } } as const;
      await sharp({ create })
        .png()
        .toFile(path.join(folder, `${name}.png`));
    }
    await writeFile(path.join(folder, 'broken.png'), 'no image');
    const { page, host } = await suite.open();
    await scoreRows(page).first().waitFor();
    host.picked.images = [folder];
    await page.getByRole('button', { name: 'Classify Files…' }).click();
    const table = page.getByRole('table', { name: 'Classified files' });
    await table.waitFor();
    const expected = await suite.calls.predictFiles({ subject: best(), paths: [folder], topK: 5, task: 2 });
    const rows = table.locator('tbody tr');
    expect(await rows.locator('th').allInnerTexts()).toEqual(['bright, very.png', 'broken.png', 'dark.png']);
    expect(await rows.nth(2).locator('td').first().innerText()).toBe(expected[2]?.top[0]?.label);
    await table.getByRole('button', { name: 'File' }).click();
    await table.getByRole('button', { name: 'File' }).click();
    expect(await rows.locator('th').allInnerTexts()).toEqual(['dark.png', 'broken.png', 'bright, very.png']);
    await page.getByRole('button', { name: 'Save CSV…' }).click();
    await page.getByText('Saved predictions.csv').waitFor();
    const lines = new TextDecoder().decode(host.saved[0]?.bytes).trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain(`"${path.join(folder, 'bright, very.png')}",${expected[0]?.top[0]?.label},`);
    expect(lines[2]).toContain('broken.png');
    await rows.first().getByRole('button').click();
    await page.getByRole('heading', { name: /^dark\.png · / }).waitFor();
    await page.screenshot({ path: `${pictures}/prediction-files.png` });
  });

  test('goes through the images that another panel sent, and opens others on one of them', async () => {
    const images = [3, 8, 11].map((index) => ({ kind: 'data', split: 'test', index }) as const);
    const { page, host, events } = await suite.open({ images });
    await page.getByRole('heading', { name: /^test 3 · / }).waitFor();
    await page.getByRole('button', { name: '›' }).last().click();
    await page.getByRole('heading', { name: /^test 8 · / }).waitFor();
    await page.getByText('2 of 3').waitFor();
    await page.getByRole('button', { name: 'Feature Maps' }).click();
    await expect
      .poll(() => host.opened)
      .toEqual([{ kind: 'feature-maps', focus: { image: images[1], subject: best() } }]);
    // It is opened again, from elsewhere, on the same network.
    events.focus({ subject: best(), image: images[2] ?? first });
    await page.getByRole('heading', { name: /^test 11 · / }).waitFor();
    await page.getByText('2 of 3').waitFor({ state: 'hidden' });
    await page.reload();
    await page.getByText('1 of 3').waitFor();
  });

  test('what was chosen is there again after a reload', async () => {
    const { page, settled } = await suite.open();
    await scoreRows(page).first().waitFor();
    await page.getByRole('spinbutton', { name: 'Image' }).fill('7');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^test 7 · / }).waitFor();
    await opacity(page).fill('80');
    await page.getByRole('combobox', { name: 'Classes shown' }).selectOption('Top 3');
    await settled();
    const tree = await page.locator('#root').ariaSnapshot();
    await page.reload();
    await page.getByRole('heading', { name: /^test 7 · / }).waitFor();
    await settled();
    expect(await page.locator('#root').ariaSnapshot()).toBe(tree);
  });

  test('a network without images asks for one; one that was killed or deleted is told, and tried again', async () => {
    const file = path.join(path.dirname(suite.runFolder), 'small_net.py');
    const model: Subject = { kind: 'model', file, target: 'SmallNet', inputShape: null, classCount: null, seed: 0 };
    const { page, host } = await suite.open({ subject: model });
    await page.getByText('Choose an image file, paste one, or drop one here.').waitFor();
    host.picked.image = { kind: 'file', path: path.resolve('samples/data/shapes/test/star/star-000.png') };
    await page.getByRole('button', { name: 'File…' }).click();
    await page.getByRole('heading', { name: /^star-000\.png · output \d/ }).waitFor();
    await page.getByText('True class not known').waitFor();

    const other = await suite.open();
    await scoreRows(other.page).first().waitFor();
    await suite.killProcess();
    await rename(suite.runFolder, `${suite.runFolder} gone`);
    other.events.runChanged({ runFolder: suite.runFolder });
    const alert = other.page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/run|folder/i);
    await rename(`${suite.runFolder} gone`, suite.runFolder);
    await alert.getByRole('button', { name: 'Try Again' }).click();
    await alert.waitFor({ state: 'hidden' });
  });

  test('is legible in every theme', async () => {
    const { page, settled, setTheme } = await suite.open();
    await scoreRows(page).first().waitFor();
    const look = async (name: string) => {
      for (const theme of ['dark', 'light', 'high-contrast-dark', 'high-contrast-light'] as const) {
        await setTheme(theme);
        await settled();
        await page.screenshot({ path: `${pictures}/prediction-${name}-${theme}.png` });
        expect([name, theme, (await leastTextContrast(page)).ratio >= 4.5]).toEqual([name, theme, true]);
      }
    };
    await look('grad-cam');
    await page.getByRole('radio', { name: 'Occlusion' }).press('Space');
    await page.getByRole('button', { name: 'Compute' }).click();
    await page.getByRole('img', { name: /^Probability lost/ }).waitFor();
    await look('occlusion');
  });
});
