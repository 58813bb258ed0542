import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { slotColour } from '../../src/webviews/curves/palette';
import type { ThemeKind } from '../../src/webviews/shared/theme';
import { countPixels, total } from './canvas-pixels';
import { makeRun, upToStep } from './made-runs';
import { noBrowser } from './open-panel';
import { panelSuite, pictures } from './panel-suite';
import { leastTextContrast } from './text-contrast';

const runs = [
  makeRun({ id: 'a', name: 'lenet · Adam 1e-3', epochs: 12, stepsPerEpoch: 140, logEvery: 5, startedAt: '2025-01-03' }),
  upToStep(
    makeRun({
      id: 'b',
      name: 'resnet20 · SGD 0.1',
      epochs: 12,
      stepsPerEpoch: 140,
      logEvery: 5,
      speed: 0.6,
      startedAt: '2025-01-04',
      with: ['valTop5'],
    }),
    1200,
  ),
  makeRun({
    id: 'c',
    name: 'vgg11 · AdamW',
    epochs: 12,
    stepsPerEpoch: 140,
    logEvery: 5,
    speed: 0.4,
    startedAt: '2025-01-02',
    status: 'failed',
  }),
];
const snapshot = { type: 'snapshot', runs, shown: ['a', 'b'] } as const;
const themes: readonly ThemeKind[] = ['dark', 'light', 'high-contrast-dark', 'high-contrast-light'];

describe.skipIf(noBrowser)(`the look of the training curves${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = panelSuite('curves', 'Training curves');

  test.each(themes)('is legible in the %s theme', async (theme) => {
    const panel = await suite.open({ theme });
    const { page } = panel;
    await panel.send(snapshot);
    await panel.settled();
    const plot = await page.locator('.u-over').first().boundingBox();
    if (!plot) throw new Error('The chart has no plotting area.');
    await page.mouse.move(plot.x + plot.width * 0.4, plot.y + plot.height * 0.3);
    await panel.settled();
    await page.screenshot({ path: path.join(pictures, `curves-${theme}.png`) });
    expect(await leastTextContrast(page)).toMatchObject({ ratio: expect.any(Number) as number });
    expect((await leastTextContrast(page)).ratio).toBeGreaterThanOrEqual(4.5);
    for (const slot of [0, 1]) {
      expect(total(await countPixels(page, 'loss', slotColour(slot, theme)))).toBeGreaterThan(300);
    }
    await page.getByText('Table', { exact: true }).click();
    await panel.settled();
    await page.screenshot({ path: path.join(pictures, `table-${theme}.png`) });
    expect((await leastTextContrast(page)).ratio).toBeGreaterThanOrEqual(4.5);
  });

  test('follows the theme as it changes', async () => {
    const panel = await suite.open({ theme: 'dark' });
    await panel.send(snapshot);
    await panel.settled();
    await panel.setTheme('light');
    await panel.settled();
    expect(total(await countPixels(panel.page, 'loss', slotColour(0, 'light')))).toBeGreaterThan(300);
    expect(total(await countPixels(panel.page, 'loss', slotColour(0, 'dark')))).toBe(0);
    const swatch = await panel.page.locator('.run-list .run-glyph path').first().getAttribute('stroke');
    expect(swatch).toBe(slotColour(1, 'light'));
  });

  test.each([
    [300, 800],
    [480, 800],
    [720, 600],
    [1000, 760],
    [1400, 700],
    [2000, 1000],
  ])('fits a panel of %i × %i pixels', async (width, height) => {
    const panel = await suite.open({ width, height });
    const { page } = panel;
    await panel.send(snapshot);
    await panel.settled();
    await page.screenshot({ path: path.join(pictures, `width-${width}.png`) });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    for (const canvas of await page.locator('canvas').all()) {
      const box = await canvas.boundingBox();
      expect(box?.height).toBeGreaterThanOrEqual(180);
      expect(box?.width).toBeGreaterThanOrEqual(Math.min(width - 20, 450));
    }
    // Nothing is cut off: neither words of the controls nor the read-out.
    const cut = await page
      .locator('.toolbar *, .line-legend *')
      .evaluateAll(
        (all) =>
          all.filter((each) => each.getClientRects().length > 0 && each.getBoundingClientRect().right > innerWidth)
            .length,
      );
    expect(cut).toBe(0);
    const plot = await page.locator('.u-over').first().boundingBox();
    if (!plot) throw new Error('The chart has no plotting area.');
    for (const share of [0.05, 0.5, 0.95]) {
      await page.mouse.move(plot.x + plot.width * share, plot.y + 50);
      await panel.settled();
      const readout = await page.locator('.readout:visible').first().boundingBox();
      expect(readout?.x).toBeGreaterThanOrEqual(0);
      expect((readout?.x ?? NaN) + (readout?.width ?? NaN)).toBeLessThanOrEqual(width);
    }
  });

  test('follows the panel as it is made narrower and wider', async () => {
    const panel = await suite.open({ width: 1400, height: 800 });
    await panel.send(snapshot);
    await panel.settled();
    const widths: number[] = [];
    for (const width of [1400, 500, 1400]) {
      await panel.page.setViewportSize({ width, height: 800 });
      await panel.settled();
      widths.push((await panel.page.locator('canvas').first().boundingBox())?.width ?? NaN);
    }
    expect(widths[1]).toBeGreaterThan(440);
    expect(widths[0]).toBe(widths[2]);
  });

  test('has names and roles for assistive technology', async () => {
    const panel = await suite.open();
    await panel.send(snapshot);
    await panel.settled();
    expect(await panel.page.locator('body').ariaSnapshot()).toMatchInlineSnapshot(`
      "- group "Settings of the charts":
        - text: Smoothing
        - slider "Smoothing": "0.6"
        - status: "0.60"
        - radiogroup "Horizontal axis":
          - radio "Epochs" [checked]
          - text: Epochs
          - radio "Steps"
          - text: Steps
          - radio "Time"
          - text: Time
        - checkbox "Log loss"
        - text: Log loss
        - radiogroup "View":
          - radio "Charts" [checked]
          - text: Charts
          - radio "Table"
          - text: Table
        - group "Export":
          - text: Export
          - button "PNG"
          - button "SVG"
          - button "CSV"
      - navigation "Runs":
        - heading "Runs" [level=2]
        - list:
          - listitem:
            - checkbox "resnet20 · SGD 0.1" [checked]
            - text: resnet20 · SGD 0.1
            - button "Open run resnet20 · SGD 0.1"
            - paragraph: running · epoch 8/12 best 97.90 % at epoch 7
          - listitem:
            - checkbox "lenet · Adam 1e-3" [checked]
            - text: lenet · Adam 1e-3
            - button "Open run lenet · Adam 1e-3"
            - paragraph: completed · epoch 12/12 best 98.33 % at epoch 7
          - listitem:
            - checkbox "vgg11 · AdamW"
            - text: vgg11 · AdamW
            - button "Open run vgg11 · AdamW"
            - paragraph: failed · epoch 12/12 best 97.07 % at epoch 10
      - region "Charts":
        - group "Lines":
          - checkbox "Validation" [checked]
          - text: Validation
          - checkbox "Top-5" [checked]
          - text: Top-5
          - checkbox "Train" [checked]
          - text: Train
          - checkbox "Train steps" [checked]
          - text: Train steps Best checkpoint
        - paragraph: "Left and right arrow: read the values. Shift and arrow: move along. Plus and minus: zoom. 0 or Escape: everything. The same numbers stand in the table view."
        - heading "Loss" [level=2]
        - text: cross-entropy, nats
        - 'application "Loss by epoch: resnet20 · SGD 0.1, lenet · Adam 1e-3"'
        - heading "Accuracy" [level=2]
        - text: share of images classified right
        - 'application "Accuracy by epoch: resnet20 · SGD 0.1, lenet · Adam 1e-3"'
      - paragraph"
    `);
  });

  test('can be worked by keyboard, in the order of what is seen, with the focus in sight', async () => {
    const panel = await suite.open();
    const { page } = panel;
    await panel.send(snapshot);
    await panel.settled();
    const stops: string[] = [];
    for (let count = 0; count < 20; count++) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(() => {
        const focused = document.activeElement;
        if (!focused || focused === document.body) return null;
        const framed = focused.closest('.segments') ?? focused;
        if (getComputedStyle(framed).outlineStyle === 'none') return 'without an outline';
        const label = focused instanceof HTMLInputElement ? focused.labels?.[0]?.textContent : null;
        return (focused.getAttribute('aria-label') ?? label ?? focused.textContent ?? '').trim();
      });
      if (stop === null) break;
      stops.push(stop);
    }
    expect(stops).toMatchInlineSnapshot(`
      [
        "Smoothing",
        "Epochs",
        "Log loss",
        "Charts",
        "PNG",
        "SVG",
        "CSV",
        "resnet20 · SGD 0.1",
        "Open run resnet20 · SGD 0.1",
        "lenet · Adam 1e-3",
        "Open run lenet · Adam 1e-3",
        "vgg11 · AdamW",
        "Open run vgg11 · AdamW",
        "Validation",
        "Top-5",
        "Train",
        "Train steps",
        "Loss by epoch: resnet20 · SGD 0.1, lenet · Adam 1e-3",
        "Accuracy by epoch: resnet20 · SGD 0.1, lenet · Adam 1e-3",
      ]
    `);
    await page.getByRole('radio', { name: 'Epochs' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('radio', { name: 'Steps' }).isChecked()).toBe(true);
  });

  test('lets in no script but its own', async () => {
    const panel = await suite.open();
    const ran = await panel.page.evaluate(async () => {
      const refused = new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
          once: true,
        });
      });
      const script = document.createElement('script');
      script.textContent = 'window.ranInline = true';
      document.body.append(script);
      return { directive: await refused, inline: 'ranInline' in window };
    });
    expect(ran).toEqual({ directive: 'script-src-elem', inline: false });
    expect(panel.complaints.splice(0)).toHaveLength(1); // The browser says so on its console.
  });

  test('updates ten runs of 5,000 steps for much less than it takes to draw them first', async () => {
    const many = Array.from({ length: 10 }, (_, index) =>
      makeRun({ id: `run-${index}`, epochs: 20, stepsPerEpoch: 250, speed: 0.3 + 0.1 * index }),
    );
    const panel = await suite.open({ width: 1600, height: 900 });
    const { page } = panel;
    await panel.send({ type: 'snapshot', runs: many, shown: many.map(({ id }) => id) });
    await panel.settled();
    const draws = await page.evaluate(async () => {
      const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
      for (let index = 1; index <= 40; index++) {
        const step = { kind: 'step', step: 5000 + index, epoch: 20 + index / 250, trainLoss: 0.1, learningRate: 0.1 };
        const run = { id: 'run-0', status: 'running', bestEpoch: 3, epochs: [], steps: [step] };
        const data = { type: 'increment', runs: [run] };
        window.dispatchEvent(new MessageEvent('message', { data }));
        await frame();
        await frame();
      }
      return performance.getEntriesByName('curves-draw').map(({ duration }) => duration);
    });
    await page.screenshot({ path: path.join(pictures, 'ten-runs.png') });
    const first = Math.max(...draws.slice(0, -40));
    const updates = draws.slice(-40).sort((a, b) => a - b);
    console.log(
      `Ten runs of 5,000 steps: first drawn in ${first.toFixed(1)} ms, updated in ${updates[20]?.toFixed(1)} ms`,
    );
    // An update redraws lines that are ready; it does not begin anew.
    expect(updates[20]).toBeLessThan(0.6 * first);
  });
});
