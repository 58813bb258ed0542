import { rm, cp } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { paintValues, valueRange } from '../../src/core/inspect/color-map';
import type { Subject } from '../../src/protocol/inspection';
import { inspectionSuite, type OpenInspection } from './inspection-suite';
import { noBrowser } from './open-panel';
import { pictures } from './panel-suite';
import { canvasColors } from './picture-pixels';

describe.skipIf(noBrowser)(`the filters panel${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = inspectionSuite('filters');
  const best = (): Subject => ({ kind: 'run', runFolder: suite.runFolder, checkpoint: 'best' });

  async function opened(): Promise<OpenInspection> {
    const panel = await suite.open();
    // The filters come after the layers.
    const filters = panel.page.getByRole('listbox', { name: 'Filters' });
    await filters.getByRole('option', { name: /^filter 0: mean/ }).waitFor({ state: 'attached' });
    await panel.settled();
    return panel;
  }

  async function weightsOf(subject: Subject): Promise<Float32Array> {
    const { layers } = await suite.calls.describe(subject);
    const layer = layers.find(({ title }) => title === 'Conv2d')?.id ?? -1;
    return (await suite.calls.filters({ subject, layer })).weights;
  }

  /** What stands in the middle of each weight's square: tiles of 72, 24 a weight, with gaps of 8. */
  async function shownColors({ page }: OpenInspection): Promise<readonly (readonly number[])[]> {
    const places = Array.from({ length: 72 }, (_, at): [number, number] => {
      const [filter, row, column] = [Math.floor(at / 9), Math.floor((at % 9) / 3), at % 3];
      return [8 + filter * 80 + column * 24 + 12, 8 + row * 24 + 12];
    });
    return canvasColors(page, '.tile-canvas', places);
  }

  function colorsOf(weights: Float32Array): readonly (readonly number[])[] {
    const colors = paintValues(weights, valueRange(weights, 'symmetric'), 'diverging');
    return Array.from(weights, (_, at) => [...colors.subarray(4 * at, 4 * at + 4)]);
  }

  test('draws the weights of the checkpoint, each as a square of its colour', async () => {
    const panel = await opened();
    expect(await shownColors(panel)).toEqual(colorsOf(await weightsOf(best())));
    await panel.page.screenshot({ path: `${pictures}/filters-dark.png` });
    await panel.setTheme('light');
    await panel.page.screenshot({ path: `${pictures}/filters-light.png` });
    const bar = panel.page.locator('.scale-bar');
    const most = Math.max(...(await weightsOf(best())).map(Math.abs));
    expect(await bar.getAttribute('aria-label')).toContain(`to ${Number(most.toPrecision(3))}`);
  });

  test('goes through the epochs that are kept', async () => {
    const panel = await opened();
    const slider = panel.page.getByRole('slider', { name: 'Network: epoch' });
    await slider.focus();
    await panel.page.keyboard.press('Home');
    await panel.page.getByText('epoch 0 of 3').waitFor();
    const before = colorsOf(await weightsOf({ kind: 'run', runFolder: suite.runFolder, checkpoint: 0 }));
    await expect.poll(() => shownColors(panel)).toEqual(before);
    expect(before).not.toEqual(colorsOf(await weightsOf(best())));
  });

  test('shows the difference to other weights', async () => {
    const panel = await opened();
    const { page } = panel;
    const minus = page.getByRole('group', { name: 'Minus' });
    await minus.getByRole('combobox', { name: 'Minus' }).selectOption({ label: 'small-run' });
    await minus.getByRole('combobox', { name: 'Weights' }).selectOption('0');
    const [now, before] = [await weightsOf(best()), await weightsOf({ ...best(), checkpoint: 0 } as Subject)];
    await expect.poll(() => shownColors(panel)).toEqual(colorsOf(now.map((weight, at) => weight - (before[at] ?? 0))));
  });

  test('is walked by keyboard, and tells each filter to assistive technology', async () => {
    const panel = await opened();
    const { page } = panel;
    const list = page.getByRole('listbox', { name: 'Filters' });
    await list.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const option = page.getByRole('listbox', { name: 'Filters' }).getByRole('option');
    await expect
      .poll(() => option.textContent())
      .toMatch(/^filter 2: mean −?[\d.]+, standard deviation [\d.]+, L2 norm [\d.]+$/);
    expect(await option.getAttribute('aria-posinset')).toBe('3');
    expect(await option.getAttribute('aria-setsize')).toBe('8');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'features.0 · filter 2' }).waitFor();
    await page.getByRole('button', { name: 'Feature Map' }).click();
    await expect.poll(() => panel.host.opened).toMatchObject([{ kind: 'feature-maps', focus: { channel: 2 } }]);
  });

  test('sorts by norm, and measures dead outputs', async () => {
    const panel = await opened();
    const { page } = panel;
    await page.getByLabel('Order').selectOption('norm');
    await page.getByRole('listbox', { name: 'Filters' }).press('Home');
    const { layers } = await suite.calls.describe(best());
    const layer = layers.find(({ title }) => title === 'Conv2d')?.id ?? -1;
    const { l2 } = await suite.calls.filters({ subject: best(), layer });
    const largest = l2.indexOf(Math.max(...l2));
    await expect
      .poll(() => page.getByRole('listbox', { name: 'Filters' }).getByRole('option').textContent())
      .toContain(`filter ${largest}:`);
    await page.getByRole('listbox', { name: 'Filters' }).press('Enter');
    await page.getByRole('button', { name: 'Measure Dead Outputs' }).click();
    await page.getByText('images, after ReLU').waitFor();
    const split = { split: 'val', images: 512 } as const;
    const { positiveShare } = await suite.calls.filterActivity({ subject: best(), layer, ...split, task: 5 });
    const dead = `${(100 * (1 - (positiveShare[largest] ?? 0))).toFixed(1)} %`;
    expect(await page.locator('.facts').innerText()).toContain(dead);
  });

  test('is as it was after a reload', async () => {
    const { page } = await opened();
    await page.getByRole('treeitem', { name: /1 Linear/ }).click();
    await page.getByLabel('Shared scale').uncheck();
    await page.reload();
    await page.getByRole('treeitem', { name: /1 Linear/, selected: true }).waitFor();
    expect(await page.getByLabel('Shared scale').isChecked()).toBe(false);
  });

  test('says in a sentence that a run was deleted, and shows it again when it is back', async () => {
    const runFolder = `${suite.runFolder}-copy`;
    await cp(suite.runFolder, runFolder, { recursive: true });
    const runs = [{ runFolder, name: 'copy', status: 'completed', epochsDone: 3 } as const];
    const panel = await suite.open({}, { runs });
    const { page } = panel;
    await page.getByRole('treeitem', { name: /Conv2d/ }).waitFor();
    await rm(runFolder, { recursive: true });
    panel.events.runChanged({ runFolder });
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(new RegExp(`${path.basename(runFolder)}.*\\.`));
    await cp(suite.runFolder, runFolder, { recursive: true });
    await page.getByRole('button', { name: 'Try Again' }).click();
    await alert.waitFor({ state: 'hidden' });
    await rm(runFolder, { recursive: true });
  });

  test('follows a run that goes on: new weights are drawn', async () => {
    const runFolder = `${suite.runFolder}-running`;
    await cp(suite.runFolder, runFolder, { recursive: true });
    const runs = [{ runFolder, name: 'running', status: 'running', epochsDone: 3 } as const];
    const subject = { kind: 'run', runFolder, checkpoint: 'last' } as const;
    const panel = await suite.open({ subject }, { runs });
    await panel.page.getByRole('treeitem', { name: /Conv2d/ }).waitFor();
    const first = path.join(runFolder, 'checkpoints', 'epoch-0000.safetensors');
    await cp(first, path.join(runFolder, 'checkpoints', 'last.safetensors'));
    panel.events.runChanged({ runFolder });
    const before = colorsOf(await weightsOf({ ...subject, runFolder: suite.runFolder, checkpoint: 0 }));
    await expect.poll(() => shownColors(panel)).toEqual(before);
    await rm(runFolder, { recursive: true });
  });
});
