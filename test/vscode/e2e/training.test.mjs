import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { temporaryFolder } from '../harness/workspaces.mjs';
import { startSession } from './session.mjs';

/* From the command palette to a curve on the screen, on the shapes that ship with the extension. */

describe('training from the palette', () => {
  const folder = temporaryFolder('training');
  const runsFolder = join(folder.path, '.cnn-lab', 'runs');
  let session;
  /** @type {import('../harness/workbench.mjs').Workbench} */
  let window;

  before(async function () {
    this.timeout(120_000);
    mkdirSync(folder.path, { recursive: true });
    session = await startSession();
    window = await session.open({ folder: folder.path });
    await window.openContainer('CNN Lab');
  });
  afterEach(async function () {
    await session.pictureFailure(this.currentTest);
  });
  after(async () => {
    await session?.close();
    folder.remove();
  });

  const statusBarText = (text) => window.statusBar.getByText(text);
  const newestRun = () => JSON.parse(readFileSync(join(runsFolder, newestRunId(), 'run.json'), 'utf8'));
  const newestRunId = () => readdirSync(runsFolder).sort().at(-1);

  async function setField(label, value) {
    await window.quickInput.locator('.quick-input-title', { hasText: 'Train Model: Settings' }).waitFor();
    // Only the rows that are to be seen are there: it is looked for.
    await window.quickInput.locator('input.input').fill(label);
    await window.quickRows.filter({ hasText: label }).first().click();
    await window.quickInput.locator('.quick-input-title', { hasText: `Train Model: ${label}` }).waitFor();
    await window.quickInput.locator('input.input').fill(value);
    await window.page.keyboard.press('Enter');
  }

  it('offers a start where there are no experiments, and shows the samples', async () => {
    await window.treeRow(/^digits 10 classes/).waitFor();
    await window.treeRow(/^shapes/).click();
    await window.treeRow(/^Training 1,\d+ images/).click();
    await window.treeRow(/^Class circle, \d+ images/).waitFor();
    await window.page.getByRole('button', { name: 'Train Model' }).first().waitFor();
    await window.screenshot('vscode-views');
  });

  it('asks for model, data and settings, then trains until it is done', async function () {
    this.timeout(120_000);
    await window.runCommand('CNN Lab: Train Model');
    await window.quickRows.filter({ hasText: 'three_block.py' }).first().waitFor();
    await window.screenshot('vscode-train-model');
    await window.pick('Train Model: Model', 'three_block.py');
    await window.pick('Train Model: Data Set', 'shapes');
    await setField('Epochs', '3');
    await window.quickRows.filter({ hasText: 'Start Training' }).first().waitFor();
    await window.quickRows.filter({ hasText: 'Device' }).filter({ hasText: 'automatic' }).waitFor();
    await window.screenshot('vscode-train-settings');
    await window.pick('Train Model: Settings', 'Start Training');
    // Side by side: it takes seconds, and is over where one is waited for after the other.
    await Promise.all([
      window.toast('Training ').waitFor(),
      statusBarText(/epoch \d\/3 · loss/).waitFor({ timeout: 60_000 }),
      window.statusBar.locator('.codicon-chip').waitFor({ timeout: 60_000 }),
      window.treeRow(/, running, .*epoch/).waitFor({ timeout: 60_000 }),
    ]);
    await window.screenshot('vscode-training');
    await window.toast('training completed after 3 epochs, test accuracy').waitFor({ timeout: 90_000 });
    await window.treeRow(/, completed, \d+\.\d % · epoch 3\/3/).waitFor();
    assert.equal(newestRun().status, 'completed');
    assert.ok(newestRun().test.accuracy > 0.4, `accuracy ${newestRun().test.accuracy}`);
  });

  it('draws the curves while it trains, and keeps them as a table', async () => {
    const panel = window.webview();
    await assertCurvesAreDrawn(panel);
    await clearToasts();
    await window.screenshot('vscode-curves-dark');
    await panel.getByText('Table', { exact: true }).click();
    await panel.locator('table tbody tr:has(td)').first().waitFor();
    assert.equal(await panel.locator('table tbody tr:has(td)').count(), 3);
    await window.screenshot('vscode-curves-table');
    await panel.getByText('Charts', { exact: true }).click();
  });

  it('saves the curves as a file', async () => {
    const panel = window.webview();
    await panel.getByRole('button', { name: 'CSV' }).click();
    await window.quickInput.locator('.quick-input-title', { hasText: 'Save Training Curves' }).waitFor();
    // The folder of the suggestion is listed: the dialog is complete.
    await window.quickInput.getByRole('option', { name: '.cnn-lab', exact: true }).waitFor();
    await window.quickInput.getByRole('button', { name: 'OK' }).click();
    const message = await panel.getByText(/^Saved \//).textContent();
    const file = message.slice('Saved '.length);
    assert.equal(dirname(file), folder.path);
    assert.match(readFileSync(file, 'utf8').split('\n')[0], /epoch/);
  });

  it('shows the configuration and the metrics of a run', async () => {
    await window.treeRow(/, completed/).click();
    await window.treeRow(/^Test accuracy: \d/).waitFor();
    // Closed, as a tree has only the rows that are to be seen.
    await window.treeRow(/^Metrics/).click();
    await window.treeRow(/^Configuration/).click();
    await window.treeRow(/^Epochs: 3/).waitFor();
  });

  it('brings the curves back after the window is reloaded', async () => {
    await window.reload();
    await assertCurvesAreDrawn(window.webview());
  });

  it('follows the theme of the window', async () => {
    const settings = join(folder.path, '.vscode', 'settings.json');
    mkdirSync(dirname(settings), { recursive: true });
    for (const [theme, className, name] of [
      ['Light Modern', 'vscode-light', 'light'],
      ['Default High Contrast', 'vscode-high-contrast', 'high-contrast'],
      ['Dark Modern', 'vscode-dark', 'dark'],
    ]) {
      writeFileSync(settings, JSON.stringify({ 'workbench.colorTheme': theme }));
      await window.webview().locator(`body.${className}`).waitFor();
      await assertCurvesAreDrawn(window.webview());
      if (name !== 'dark') await window.screenshot(`vscode-curves-${name}`);
    }
  });

  it('evaluates a run, and shows which classes are taken for which', async () => {
    await chooseFromMenu(window.treeRow(/, completed/), 'Evaluate');
    const toast = window.toast('test images correct');
    await toast.waitFor();
    await toast.getByRole('button', { name: 'Show Details' }).click();
    const report = window.page
      .frameLocator('iframe.webview.ready[src*="markdown"]')
      .frameLocator('iframe#active-frame');
    await report.getByText('Confusion matrix').waitFor();
    await window.screenshot('vscode-evaluation');
    await window.runCommand('View: Close Editor');
  });

  it('stops when the notification is cancelled, and keeps what it has', async function () {
    this.timeout(90_000);
    await clearToasts();
    await window.runCommand('CNN Lab: Train Model');
    await window.pick('Train Model: Model', 'three_block.py');
    await window.pick('Train Model: Data Set', 'shapes');
    await setField('Epochs', '500');
    await window.pick('Train Model: Settings', 'Start Training');
    await statusBarText(/epoch \d+\/500 · loss/).waitFor({ timeout: 60_000 });
    const toast = window.toast('Training ');
    await toast.hover();
    await toast.getByRole('button', { name: 'Cancel' }).click();
    await window.toast('training stopped after').waitFor();
    await window.treeRow(/, stopped, /).waitFor();
    assert.equal(newestRun().status, 'stopped');
    assert.ok(existsSync(join(runsFolder, newestRunId(), 'checkpoints', 'last.safetensors')));
  });

  it('offers to go on with a training that a reload interrupted', async function () {
    this.timeout(90_000);
    await clearToasts();
    await chooseFromMenu(window.treeRow(/, stopped, /), 'Resume Training');
    await statusBarText(/epoch \d+\/500 · loss/).waitFor({ timeout: 60_000 });
    await window.reload();
    const toast = window.toast('was interrupted when the window closed');
    await toast.waitFor({ timeout: 60_000 });
    await window.treeRow(/, stopped, /).waitFor();
    await toast.getByRole('button', { name: 'Resume Training' }).click();
    await statusBarText(/epoch \d+\/500 · loss/).waitFor({ timeout: 60_000 });
    await window.runCommand('CNN Lab: Stop Training');
    await window.toast('training stopped after').waitFor();
  });

  it('deletes a run after it was asked, and only then', async () => {
    await clearToasts();
    const id = newestRunId();
    const row = window.treeRow(/, stopped, /);
    const askToDelete = async () => {
      await chooseFromMenu(row, 'Delete Run');
      await window.dialog.getByText('Its folder goes to the trash').waitFor();
    };
    await askToDelete();
    await window.screenshot('vscode-delete');
    await window.dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.ok(existsSync(join(runsFolder, id)));
    await askToDelete();
    await window.dialog.getByRole('button', { name: 'Move to Trash' }).click();
    // This file system has no trash: it is asked once more.
    await window.dialog.getByText("can't be moved to the trash").waitFor();
    await window.dialog.getByRole('button', { name: 'Delete Permanently' }).click();
    await row.waitFor({ state: 'detached' });
    assert.ok(!existsSync(join(runsFolder, id)));
    assert.equal(readdirSync(runsFolder).length, 1);
    assert.deepEqual(window.problems, []);
  });

  it('trains all folds under one notification, and tells their mean', async function () {
    this.timeout(120_000);
    await clearToasts();
    await chooseFolds({ Epochs: '1', Folds: '2' });
    await Promise.all([
      window.toast(/Training .*, 2 folds/).waitFor(),
      window.toast(/fold 2 of 2/).waitFor({ timeout: 60_000 }),
    ]);
    await window.toast(/2 folds, validation accuracy \d.* ± .*, test accuracy/).waitFor({ timeout: 60_000 });
    await window.treeRow(/, folds, \d+\.\d % ± .* · 2 folds/).waitFor();
    await window.screenshot('vscode-folds');
  });

  it('stops all folds when their notification is cancelled', async function () {
    this.timeout(90_000);
    await clearToasts();
    const before = readdirSync(runsFolder).length;
    await chooseFolds({ Epochs: '500', Folds: '3' });
    await statusBarText(/epoch \d+\/500 · loss/).waitFor({ timeout: 60_000 });
    const toast = window.toast(/fold 1 of 3/);
    await toast.hover();
    await toast.getByRole('button', { name: 'Cancel' }).click();
    await window.toast('training stopped in fold 1 of 3; 0 folds completed').waitFor();
    await window.treeRow(/fold 1\/3, stopped, /).waitFor();
    assert.equal(readdirSync(runsFolder).length, before + 1);
    assert.deepEqual(window.problems, []);
  });

  async function chooseFolds(fields) {
    await window.runCommandAndPick('CNN Lab: Train Model', 'Train Model: Model', 'three_block.py');
    await window.pick('Train Model: Data Set', 'shapes');
    for (const [label, value] of Object.entries(fields)) await setField(label, value);
    await window.pick('Train Model: Settings', 'Start Training');
  }

  /**
   * From the context menu of a row. A tree that is just being refreshed opens none, and a menu takes no click in its
   * first moments, so that the click that opened it does not choose: both are tried until they work.
   */
  async function chooseFromMenu(row, name) {
    const menu = window.page.locator('.monaco-menu').first();
    const item = menu.locator('.action-item', { hasText: name }).first();
    const soon = { timeout: 1000 };
    for (let attempt = 0; attempt < 10 && !(await item.isVisible()); attempt++) {
      await row.click({ button: 'right', ...soon }).catch(() => undefined);
      await item.waitFor(soon).catch(() => undefined);
    }
    while ((await menu.count()) > 0) {
      await item.click(soon).catch(() => undefined);
      await menu.waitFor({ state: 'detached', ...soon }).catch(() => undefined);
    }
  }

  async function clearToasts() {
    await window.runCommand('Notifications: Clear All Notifications');
    await window.toasts.first().waitFor({ state: 'detached' });
  }

  /** Both charts show more than a ground and a grid: pixels of a colour, as curves have. */
  async function assertCurvesAreDrawn(panel) {
    const canvas = panel.locator('canvas').first();
    await canvas.waitFor();
    const coloured = () =>
      panel.locator('canvas').evaluateAll((all) =>
        all.map((each) => {
          const { data } = each.getContext('2d').getImageData(0, 0, each.width, each.height);
          let count = 0;
          for (let at = 0; at < data.length; at += 4) {
            const [red, green, blue, alpha] = data.subarray(at, at + 4);
            if (alpha > 100 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count++;
          }
          return count;
        }),
      );
    let counts = [];
    for (let attempt = 0; attempt < 50; attempt++) {
      counts = await coloured();
      if (counts.length >= 2 && counts.every((count) => count > 200)) return;
      // Painted on the next frames.
      await window.page.evaluate(
        () => new Promise((resolve) => globalThis.requestAnimationFrame(() => setTimeout(resolve, 50))),
      );
    }
    assert.fail(`coloured pixels in the charts: ${counts.join(', ')}`);
  }
});
