import { describe, expect, test } from 'vitest';
import type { CurvesRun } from '../../src/protocol/curves-panel';
import { slotColour } from '../../src/webviews/curves/palette';
import type { PanelState } from '../../src/webviews/curves/panel-state';
import { countPixels, total } from './canvas-pixels';
import { makeRun, upToStep } from './made-runs';
import { noBrowser } from './open-panel';
import type { OpenPanel } from './open-panel';
import { panelSuite } from './panel-suite';

const lenet = makeRun({ id: '/my runs/lenet', name: 'lenet, Adam', epochs: 8, stepsPerEpoch: 140, logEvery: 5 });
const vgg = makeRun({ id: '/my runs/vgg', name: 'vgg11', epochs: 8, stepsPerEpoch: 140, logEvery: 5, speed: 0.4 });
const [blue, orange] = [slotColour(0, 'dark'), slotColour(1, 'dark')];

/** Lines that came after a step. */
function since(run: CurvesRun, step: number): Pick<CurvesRun, 'id' | 'status' | 'bestEpoch' | 'steps' | 'epochs'> {
  const { id, status, bestEpoch } = run;
  const later = (line: { readonly step: number }): boolean => line.step > step;
  return { id, status, bestEpoch, steps: run.steps.filter(later), epochs: run.epochs.filter(later) };
}

/** What the read-out of the loss chart says at the last point in view. */
async function readLast({ page }: OpenPanel): Promise<string> {
  await page.locator('.chart[data-metric="loss"] .plot').press('End');
  return page.locator('[aria-live]').innerText();
}

describe.skipIf(noBrowser)(`the training-curves panel${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = panelSuite('curves', 'Training curves');

  test('says that it is ready, and draws the curves of the shown runs only', async () => {
    const panel = await suite.open();
    expect(await panel.sent()).toEqual([{ type: 'ready' }]);
    await panel.send({ type: 'snapshot', runs: [lenet, vgg], shown: [lenet.id] });
    await panel.settled();
    for (const metric of ['loss', 'accuracy'] as const) {
      expect(total(await countPixels(panel.page, metric, blue))).toBeGreaterThan(400);
      expect(total(await countPixels(panel.page, metric, orange))).toBe(0);
    }
    expect(await panel.sent()).toEqual([{ type: 'ready' }]);
  });

  test('overlays a run that is ticked, and tells the host to follow it', async () => {
    const panel = await suite.open();
    await panel.send({ type: 'snapshot', runs: [lenet, vgg], shown: [lenet.id] });
    const show = panel.next('show');
    await panel.page.getByRole('checkbox', { name: 'vgg11' }).check();
    expect((await show).runs).toEqual([lenet.id, vgg.id]);
    await panel.settled();
    for (const metric of ['loss', 'accuracy'] as const) {
      expect(total(await countPixels(panel.page, metric, orange))).toBeGreaterThan(400);
    }
    await panel.page.getByRole('checkbox', { name: 'lenet, Adam' }).uncheck();
    await panel.settled();
    expect(total(await countPixels(panel.page, 'loss', blue))).toBe(0);
    expect(total(await countPixels(panel.page, 'loss', orange))).toBeGreaterThan(400); // Its colour stays its own.
  });

  test('keeps the keyboard where it is when a run comes along', async () => {
    const panel = await suite.open();
    const { page } = panel;
    await panel.send({ type: 'snapshot', runs: [lenet], shown: [lenet.id] });
    await page.getByRole('checkbox', { name: 'lenet, Adam' }).focus();
    await panel.send({ type: 'snapshot', runs: [lenet, vgg], shown: [lenet.id, vgg.id] });
    await page.getByRole('checkbox', { name: 'vgg11' }).waitFor();
    await page.keyboard.press('Space');
    expect(await page.getByRole('checkbox', { name: 'lenet, Adam' }).isChecked()).toBe(false);
  });

  test('asks the host to open a run', async () => {
    const panel = await suite.open();
    await panel.send({ type: 'snapshot', runs: [lenet], shown: [lenet.id] });
    const opened = panel.next('openRun');
    await panel.page.getByRole('button', { name: 'Open run lenet, Adam' }).click();
    expect((await opened).run).toBe(lenet.id);
  });

  test('extends a curve as lines come, on the same charts', async () => {
    const panel = await suite.open();
    const { page } = panel;
    await panel.send({ type: 'snapshot', runs: [upToStep(lenet, 300)], shown: [lenet.id] });
    await panel.settled();
    expect(await readLast(panel)).toContain('Epoch 2;');
    await page.evaluate(() => {
      for (const canvas of document.querySelectorAll('canvas')) canvas.dataset.first = 'yes';
    });
    for (let step = 300; step < 1120; step += 70) {
      const upTo = upToStep(lenet, step + 70);
      await panel.send({ type: 'increment', runs: [since(upTo, step)] });
    }
    await panel.settled();
    expect(await readLast(panel)).toContain('Epoch 8;');
    expect(await page.locator('canvas').evaluateAll((all) => all.map((canvas) => canvas.dataset.first))).toEqual([
      'yes',
      'yes',
    ]);
    const { columns } = await countPixels(page, 'accuracy', blue);
    expect(Math.max(...columns.slice(-6))).toBeGreaterThan(0);
  });

  test('draws once for all that comes within a frame', async () => {
    const panel = await suite.open();
    await panel.send({ type: 'snapshot', runs: [upToStep(lenet, 300)], shown: [lenet.id] });
    await panel.settled();
    const messages = lenet.steps
      .filter(({ step }) => step > 300)
      .map((step) => ({ type: 'increment', runs: [{ ...since(lenet, 2000), steps: [step] }] }));
    const draws = await panel.page.evaluate(async (sent) => {
      performance.clearMeasures();
      for (const message of sent) window.dispatchEvent(new MessageEvent('message', { data: message }));
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return performance.getEntriesByName('curves-draw').length;
    }, messages);
    expect(messages.length).toBeGreaterThan(100);
    expect(draws).toBe(1);
  });

  test('marks the best checkpoint with a star', async () => {
    const panel = await suite.open();
    await panel.send({ type: 'snapshot', runs: [lenet], shown: [lenet.id] });
    await panel.settled();
    const { bestEpoch } = lenet;
    if (bestEpoch === null || bestEpoch < 2 || bestEpoch === 8)
      throw new Error('The made run has its best in between.');
    await panel.page.getByRole('checkbox', { name: 'Train', exact: true }).uncheck();
    await panel.page.getByRole('checkbox', { name: 'Train steps' }).uncheck();
    await panel.settled();
    for (const metric of ['loss', 'accuracy'] as const) {
      const { columns, width } = await countPixels(panel.page, metric, blue);
      const height = (epoch: number): number => {
        const centre = Math.round((epoch / 8) * width);
        return Math.max(...columns.slice(centre - 1, centre + 2));
      };
      expect(height(bestEpoch)).toBeGreaterThanOrEqual(10);
      for (const other of [bestEpoch - 1, bestEpoch + 1]) expect(height(other)).toBeLessThanOrEqual(8);
    }
  });

  test('smooths as the slider says', async () => {
    const panel = await suite.open();
    const { page } = panel;
    await panel.send({ type: 'snapshot', runs: [lenet], shown: [lenet.id] });
    await page.getByRole('checkbox', { name: 'Validation' }).uncheck();
    await page.getByRole('checkbox', { name: 'Train', exact: true }).uncheck();
    for (const weight of [0, 0.5, 0.95]) {
      await page.getByRole('slider', { name: 'Smoothing' }).fill(String(weight));
      await panel.settled();
      let [sum, weights] = [0, 0];
      lenet.steps.forEach(({ trainLoss }, index) => {
        const share = weight ** (lenet.steps.length - 1 - index);
        sum += share * trainLoss;
        weights += share;
      });
      expect(await readLast(panel)).toBe(`Epoch 8; lenet, Adam: steps ${(sum / weights).toPrecision(4)}`);
    }
  });

  test('reads the values with the keyboard, epoch by epoch', async () => {
    const panel = await suite.open();
    const { page } = panel;
    await panel.send({ type: 'snapshot', runs: [lenet], shown: [lenet.id] });
    await panel.settled();
    const plot = page.getByRole('application', { name: /^Accuracy/ });
    await plot.focus();
    const said: string[] = [];
    for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'End', 'ArrowRight']) {
      await page.keyboard.press(key);
      said.push(await page.locator('[aria-live]').innerText());
    }
    const at = (epoch: number): string => {
      const { trainAccuracy = NaN, valAccuracy = NaN } = lenet.epochs[epoch - 1] ?? {};
      const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;
      return `Epoch ${epoch}; lenet, Adam: train ${percent(trainAccuracy)}, validation ${percent(valAccuracy)}`;
    };
    expect(said).toEqual([at(1), at(2), at(3), at(2), at(8), at(8)]);
    // The cursor stands on both charts.
    await expect.poll(() => page.locator('.readout:visible').count()).toBe(2);
    await page.keyboard.press('Tab');
    expect(await page.locator('.readout:visible').count()).toBe(0);
  });

  test('zooms by keyboard and mouse, both charts alike, and back', async () => {
    const panel = await suite.open();
    const { page } = panel;
    await panel.send({ type: 'snapshot', runs: [lenet], shown: [lenet.id] });
    await panel.settled();
    const zoom = async (): Promise<PanelState['zoom']> => {
      await panel.settled();
      const kept = await page.evaluate(() => sessionStorage.getItem('state') ?? '{}');
      return (JSON.parse(kept) as PanelState).zoom;
    };
    const loss = page.getByRole('application', { name: /^Loss/ });
    const full = await page.locator('.u-over').first().boundingBox();
    if (!full) throw new Error('The chart has no plotting area.');
    const wholeAccuracy = await countPixels(page, 'accuracy', blue);

    await page.mouse.move(full.x + full.width / 4, full.y + 40);
    await page.mouse.down();
    await page.mouse.move(full.x + full.width / 2, full.y + 60, { steps: 4 });
    await page.mouse.up();
    const dragged = await zoom();
    expect(dragged?.min).toBeCloseTo(2, 1);
    expect(dragged?.max).toBeCloseTo(4, 1);
    expect(await countPixels(page, 'accuracy', blue)).not.toEqual(wholeAccuracy);
    await loss.focus();
    await page.keyboard.press('End');
    expect(await page.locator('[aria-live]').innerText()).toMatch(/^Epoch [34]\b/);

    await page.mouse.dblclick(full.x + full.width / 2, full.y + 40);
    expect(await zoom()).toBeNull();

    await page.mouse.move(5, 5);
    await loss.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('+');
    const closer = await zoom();
    expect((closer?.max ?? 8) - (closer?.min ?? 0)).toBeCloseTo(8 / 1.5, 5);
    await page.keyboard.press('Shift+ArrowRight');
    const moved = await zoom();
    expect(moved?.min).toBeGreaterThan(closer?.min ?? Infinity);
    await page.getByRole('button', { name: 'Reset zoom' }).click();
    expect(await zoom()).toBeNull();
    await loss.press('+');
    await loss.press('Escape');
    expect(await zoom()).toBeNull();
    expect(await countPixels(page, 'accuracy', blue)).toEqual(wholeAccuracy);
  });

  test('shows the same numbers as a table', async () => {
    const panel = await suite.open();
    const { page } = panel;
    await panel.send({ type: 'snapshot', runs: [upToStep(lenet, 300), vgg], shown: [lenet.id] });
    await page.getByText('Table', { exact: true }).click();
    const table = page.getByRole('table', { name: 'Metrics of the shown runs' });
    await table.waitFor();
    const rows = (): Promise<string[][]> =>
      table
        .locator('tr')
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
    const [head, group, ...body] = await rows();
    expect(head).toEqual([
      'Epoch',
      'Train loss',
      'Validation loss',
      'Train accuracy',
      'Validation accuracy',
      'Learning rate',
      'Images/s',
      'Time',
    ]);
    expect(group?.[0]).toContain('lenet, Adam');
    const [first] = lenet.epochs;
    expect(body[0]).toEqual([
      '1',
      first?.trainLoss.toPrecision(4),
      first?.valLoss.toPrecision(4),
      `${((first?.trainAccuracy ?? NaN) * 100).toFixed(2)} %`,
      `${((first?.valAccuracy ?? NaN) * 100).toFixed(2)} %`,
      '0.001',
      '4200',
      '0:13',
    ]);
    expect(body[1]?.[0]).toBe('2 ★');
    expect(body[2]?.slice(0, 2)).toEqual(['2.14', lenet.steps[59]?.trainLoss.toPrecision(4)]); // Of the epoch that runs.
    expect(body).toHaveLength(3);
    await panel.send({ type: 'increment', runs: [since(lenet, 300)] });
    await panel.settled();
    expect((await rows()).slice(2).map(([epoch]) => epoch)).toEqual(
      lenet.epochs.map(({ epoch }) => (epoch === lenet.bestEpoch ? `${epoch} ★` : String(epoch))),
    );
  });

  test('shows top-5 accuracy and F1 of the runs that measured them, and only of those', async () => {
    const panel = await suite.open();
    const { page } = panel;
    const many = makeRun({ id: 'many', epochs: 8, stepsPerEpoch: 140, logEvery: 5, with: ['valTop5'] });
    const several = makeRun({ id: 'several', epochs: 8, stepsPerEpoch: 140, logEvery: 5, with: ['valF1'] });
    await panel.send({ type: 'snapshot', runs: [many, several, lenet], shown: [lenet.id] });
    await panel.settled();
    const topFive = page.getByRole('checkbox', { name: 'Top-5' });
    expect(await topFive.isVisible()).toBe(false);
    await page.getByRole('checkbox', { name: 'lenet, Adam' }).uncheck();
    await page.getByRole('checkbox', { name: 'many' }).check();
    await topFive.waitFor();
    await page.getByRole('application', { name: /^Accuracy/ }).press('End');
    const percent = (value = NaN): string => `${(value * 100).toFixed(2)} %`;
    const { trainAccuracy, valAccuracy, valTop5 } = many.epochs[7] ?? {};
    const plain = `Epoch 8; many: train ${percent(trainAccuracy)}, validation ${percent(valAccuracy)}`;
    const said = page.locator('[aria-live]');
    expect(await said.innerText()).toBe(`${plain}, validation top-5 ${percent(valTop5)}`);
    const colour = slotColour(0, 'dark');
    const before = total(await countPixels(page, 'accuracy', colour));
    await topFive.uncheck();
    await panel.settled();
    expect(total(await countPixels(page, 'accuracy', colour))).not.toBe(before);
    await page.getByRole('application', { name: /^Accuracy/ }).press('End');
    expect(await said.innerText()).toBe(plain);

    await page.getByText('Table', { exact: true }).click();
    const table = page.getByRole('table', { name: 'Metrics of the shown runs' });
    const column = async (title: string): Promise<string[] | undefined> => {
      const head = await table.locator('thead th').allInnerTexts();
      const index = head.indexOf(title);
      if (index < 0) return undefined;
      const rows = await table.locator('tbody tr:not(.group)').all();
      return Promise.all(rows.map((row) => row.locator('> *').nth(index).innerText()));
    };
    expect(await column('Validation top-5')).toEqual(many.epochs.map((epoch) => percent(epoch.valTop5)));
    expect(await column('Validation F1')).toBeUndefined();
    await page.getByRole('checkbox', { name: 'several' }).check();
    await panel.settled();
    expect(await column('Validation F1')).toEqual([
      ...many.epochs.map(() => ''),
      ...several.epochs.map(({ valF1 }) => valF1?.toPrecision(4)),
    ]);
  });

  test('says what there is to do while there is nothing to draw', async () => {
    const panel = await suite.open();
    const { page } = panel;
    await panel.send({ type: 'snapshot', runs: [], shown: [] });
    await page.getByRole('heading', { name: 'No training runs yet' }).waitFor();
    await panel.send({ type: 'snapshot', runs: [upToStep(lenet, 4)], shown: [lenet.id] });
    await page.getByText('No epochs yet: accuracy is measured after each epoch.').waitFor();
    await panel.send({ type: 'increment', runs: [since(upToStep(lenet, 140), 4)] });
    await panel.settled();
    expect(await page.locator('.chart-empty:visible').count()).toBe(0);
    await page.getByRole('checkbox', { name: 'lenet, Adam' }).uncheck();
    await page.getByText('Tick a run to see its curves.').first().waitFor();
  });

  test('draws on around a loss that diverged', async () => {
    const panel = await suite.open();
    const { page } = panel;
    // JSON has no NaN: what the trainer wrote as such arrives as null.
    const steps = lenet.steps.map((step, index) =>
      index > 100 ? { ...step, trainLoss: null as unknown as number } : step,
    );
    const epochs = lenet.epochs.map((epoch) => (epoch.epoch > 4 ? { ...epoch, valLoss: NaN } : epoch));
    await panel.send({ type: 'snapshot', runs: [{ ...lenet, steps, epochs }], shown: [lenet.id] });
    await panel.settled();
    expect(total(await countPixels(page, 'loss', blue))).toBeGreaterThan(200);
    await page.getByText('Table', { exact: true }).click();
    await expect.poll(() => page.getByRole('cell', { name: 'NaN' }).count()).toBe(4);
  });

  test('says what became of an export', async () => {
    const panel = await suite.open();
    await panel.send({ type: 'snapshot', runs: [lenet], shown: [lenet.id] });
    await panel.send({ type: 'saved', file: '/home/me/lenet.svg' });
    await expect.poll(() => panel.page.locator('.notice').innerText()).toBe('Saved /home/me/lenet.svg');
    await panel.send({ type: 'failed', message: 'The disk is full.' });
    await expect.poll(() => panel.page.locator('.notice').innerText()).toBe('The disk is full.');
  });

  test('reads out an epoch that ends', async () => {
    const panel = await suite.open();
    await panel.send({ type: 'snapshot', runs: [upToStep(lenet, 300)], shown: [lenet.id] });
    await panel.send({ type: 'increment', runs: [since(upToStep(lenet, 420), 300)] });
    await expect
      .poll(() => panel.page.locator('[aria-live]').innerText())
      .toMatch(/^lenet, Adam: epoch 3 of 8, validation loss 0\.\d+, accuracy \d+\.\d+ %$/);
  });

  test('is as it was after a reload', async () => {
    const panel = await suite.open();
    const { page } = panel;
    await panel.send({ type: 'snapshot', runs: [lenet, vgg], shown: [lenet.id] });
    await page.getByRole('checkbox', { name: 'vgg11' }).check();
    await page.getByRole('slider', { name: 'Smoothing' }).fill('0.83');
    await page.getByText('Steps', { exact: true }).click();
    await page.getByRole('checkbox', { name: 'Log loss' }).check();
    await page.getByRole('checkbox', { name: 'Train', exact: true }).uncheck();
    await page.getByRole('application', { name: /^Loss/ }).press('+');
    await panel.settled();
    const before = await countPixels(page, 'loss', blue);

    const ready = panel.next('ready');
    await page.reload();
    await ready;
    const show = panel.next('show');
    await panel.send({ type: 'snapshot', runs: [lenet, vgg], shown: [lenet.id] });
    expect((await show).runs).toEqual([lenet.id, vgg.id]); // The host did not remember: it is told.
    await panel.settled();
    expect(await page.getByRole('checkbox', { name: 'vgg11' }).isChecked()).toBe(true);
    expect(await page.getByRole('slider', { name: 'Smoothing' }).inputValue()).toBe('0.83');
    expect(await page.getByRole('radio', { name: 'Steps' }).isChecked()).toBe(true);
    expect(await page.getByRole('checkbox', { name: 'Log loss' }).isChecked()).toBe(true);
    expect(await page.getByRole('checkbox', { name: 'Train', exact: true }).isChecked()).toBe(false);
    expect(await page.getByRole('button', { name: 'Reset zoom' }).isVisible()).toBe(true);
    expect(await countPixels(page, 'loss', blue)).toEqual(before);
  });

  test('opens with a state that it can not read', async () => {
    const panel = await suite.open();
    await panel.page.evaluate(() =>
      sessionStorage.setItem('state', '{"smoothing":"much","zoom":[1],"shown":7,"slots":null}'),
    );
    const ready = panel.next('ready');
    await panel.page.reload();
    await ready;
    await panel.send({ type: 'snapshot', runs: [lenet], shown: [lenet.id] });
    await panel.settled();
    expect(await panel.page.getByRole('slider', { name: 'Smoothing' }).inputValue()).toBe('0.6');
  });
});
