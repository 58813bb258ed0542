import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import sharp from 'sharp';
import { repositoryFolder } from '../runtime-paths.mjs';
import { until } from '../harness/until.mjs';
import { temporaryFolder, writeTinyWorkspace } from '../harness/workspaces.mjs';
import { startSession } from './session.mjs';

/* The panels that look at data sets, on images that lie in the folder that is open. */

describe('looking at a data set', () => {
  const folder = temporaryFolder('data-panels');
  const shapes = join(folder.path, 'shapes');
  const blobs = join(folder.path, 'blobs');
  const circle = join(shapes, 'train', 'circle');
  let planted;
  let session;
  /** @type {import('../harness/workbench.mjs').Workbench} */
  let window;

  before(async function () {
    this.timeout(120_000);
    cpSync(join(repositoryFolder, 'samples/data/shapes'), shapes, { recursive: true });
    const [first, second] = readdirSync(circle).sort();
    // A test image that is a training image too, and a training image that was compressed anew.
    copyFileSync(join(circle, first), join(shapes, 'test', 'circle', 'leak.png'));
    await sharp(join(circle, second)).jpeg({ quality: 80 }).toFile(join(circle, 'again.jpg'));
    // Before the window opens: it may miss what another program makes in folders that are new.
    planted = await plantWrongLabels();
    session = await startSession();
    window = await session.open({ folder: folder.path });
    await window.openContainer('CNN Lab');
    await window.treeRow(/^shapes.*2,002 images/).waitFor();
  });
  afterEach(async function () {
    await session.pictureFailure(this.currentTest);
  });
  after(async () => {
    await session?.close();
    folder.remove();
  });

  const tab = (title) => window.page.getByRole('tab', { name: title });
  const images = (panel) => panel.getByRole('listbox', { name: 'Images' });

  /** Those beside a data set. */
  const decisions = (dataset = shapes) => {
    const decisionsFile = join(dataset, 'cnn-lab-decisions.tsv');
    return existsSync(decisionsFile)
      ? readFileSync(decisionsFile, 'utf8')
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#'))
          .map((line) => line.split('\t').slice(2))
      : [];
  };

  it('shows its images, from the tree', async () => {
    const row = window.treeRow(/^shapes.*2,002 images/);
    await row.hover();
    await row.getByRole('button', { name: 'Open Data Set' }).click();
    await tab('Data Set').waitFor();
    const panel = window.webview();
    await panel.getByRole('tab', { name: /^Images/ }).click();
    await images(panel).waitFor();
    await until(() => hasColors(panel.locator('.gallery-grid canvas')), 'thumbnails are drawn');
    await window.screenshot('vscode-dataset-images-dark');
  });

  it('keeps what is decided in a file beside the data, and takes it back', async () => {
    const panel = window.webview();
    await images(panel).focus();
    await window.page.keyboard.press('Home');
    await window.page.keyboard.press('Delete');
    await until(() => decisions().length === 1, 'a decision is on the disk');
    const [first] = readdirSync(circle).sort();
    assert.deepEqual(decisions()[0].slice(0, 2), ['exclude', `train/circle/${first}`]);
    await images(panel)
      .getByRole('option', { name: /excluded/i })
      .first()
      .waitFor({ state: 'attached' });
    assert.ok(existsSync(join(circle, first)), 'the image stays where it is');
    await window.page.keyboard.press('Control+z');
    await until(() => decisions().length === 0, 'the decision is taken back');
  });

  it('finds copies, and those that leak from one split into another', async () => {
    const panel = window.webview();
    await panel.getByRole('tab', { name: /^Leakage/ }).click();
    await panel.getByRole('listbox', { name: 'Images in several splits' }).waitFor();
    await panel
      .getByRole('option', { name: /leak\.png|circle-/ })
      .first()
      .waitFor({ state: 'attached' });
    await window.screenshot('vscode-dataset-leakage-dark');
    await panel.getByRole('tab', { name: /^Duplicates/ }).click();
    await panel.getByRole('listbox', { name: 'Duplicates' }).waitFor();
    await panel.getByRole('button', { name: 'Keep First of All Groups' }).click();
    await until(() => decisions().length >= 2, 'the copies are left out');
    const left = decisions().map(([kind, key]) => `${kind} ${key}`);
    assert.ok(left.includes('exclude test/circle/leak.png'), left.join());
    await window.screenshot('vscode-dataset-duplicates-dark');
  });

  it('tells sizes and pixels once every image was looked at', async () => {
    const panel = window.webview();
    await panel.getByRole('tab', { name: 'Overview' }).click();
    await panel.getByRole('table', { name: 'Channels' }).waitFor();
    await panel.getByRole('table', { name: 'Images of each class' }).waitFor();
    await window.screenshot('vscode-dataset-overview-dark');
  });

  it('shows what an augmentation makes of an image, and keeps it for the next training', async () => {
    await window.runCommand('CNN Lab: Open Augmentation Preview');
    await tab('Augmentation Preview').waitFor();
    const panel = window.webview();
    await until(() => hasColors(panel.getByRole('listbox', { name: 'Draws' }).locator('canvas')), 'draws are drawn');
    await panel
      .getByRole('textbox', { name: 'Pipeline as torchvision code' })
      .fill('RandomRotation(30), ColorJitter(hue=0.5)');
    await panel
      .getByText(/RandomRotation: /)
      .first()
      .waitFor();
    await window.screenshot('vscode-augmentation-dark');
    await panel.getByRole('button', { name: 'Use in Training' }).click();
    await window.runCommandAndPick('CNN Lab: Train Model', 'Train Model: Model', 'three_block.py');
    await window.pick('Train Model: Data Set', 'shapes');
    await window.quickRows.filter({ hasText: 'RandomRotation' }).first().waitFor();
    await window.page.keyboard.press('Escape');
  });

  it('comes back after the window was reloaded, and follows a light theme', async () => {
    const settings = join(folder.path, '.vscode', 'settings.json');
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, JSON.stringify({ 'workbench.colorTheme': 'Light Modern' }));
    await tab('Data Set').click();
    await window.webview().locator('body.vscode-light').waitFor();
    await window.reload();
    const panel = window.webview();
    await panel.getByRole('tab', { name: 'Overview', selected: true }).waitFor();
    await panel.getByRole('tab', { name: /^Images/ }).click();
    await until(() => hasColors(panel.locator('.gallery-grid canvas')), 'thumbnails are drawn');
    await window.screenshot('vscode-dataset-images-light');
  });

  it('searches for wrong labels from the panel, relabels one, and takes it back', async function () {
    this.timeout(120_000);
    await window.runCommandAndPick('CNN Lab: Open Data Set', 'Open Data Set', 'blobs');
    const panel = window.webview();
    await panel.getByText('2 classes · 48 images').waitFor();
    await panel.getByRole('tab', { name: /^Mislabels/ }).click();
    await panel.getByText('The model of Tiny · blobs is trained anew').waitFor();
    await panel.getByRole('button', { name: 'Search', exact: true }).click();
    await panel.getByText('3 suspects · 5 trainings of 6 epochs').waitFor({ timeout: 60_000 });
    const suspects = panel.getByRole('listbox', { name: 'Suspected mislabels' });
    // The one that the keyboard is at is told.
    const told = () => suspects.getByRole('option').textContent();
    await suspects.focus();
    await window.page.keyboard.press('Home');
    const order = [];
    for (let count = 1; count <= planted.length; count++) {
      const next = (text) => planted.find((each) => !order.includes(each) && says(each, text));
      await until(async () => next(await told()) !== undefined, 'another suspect');
      order.push(next(await told()));
      await window.page.keyboard.press('ArrowRight');
    }
    await window.screenshot('vscode-dataset-mislabels');

    await window.page.keyboard.press('Home');
    await until(async () => says(order[0], await told()), 'the first suspect again');
    await window.page.keyboard.press('Enter');
    await until(() => decisions(blobs).length === 1, 'a suspect is relabelled on the disk');
    const [kind, key, label] = decisions(blobs)[0];
    const [{ given, looksLike, name }] = order;
    assert.deepEqual([kind, key, label], ['relabel', `train/${given}/${name}`, looksLike]);
    assert.ok(existsSync(join(blobs, key)), 'the image stays where it is');
    await panel.getByText('1 relabelled').waitFor();
    await window.page.keyboard.press('Control+z');
    await until(() => decisions(blobs).length === 0, 'the decision is taken back');
    assert.deepEqual(window.problems, []);
  });

  const says = ({ name, given, looksLike }, text) =>
    text.includes(`train/${given}/${name}`) && text.includes(`labelled ${given}, looks like ${looksLike} with`);

  /** Two easy classes in the folder that is open, three images in the wrong one, and a run that was trained on them. */
  async function plantWrongLabels() {
    const elsewhere = temporaryFolder('tiny');
    try {
      await writeTinyWorkspace(elsewhere.path);
      cpSync(join(elsewhere.path, 'blobs'), blobs, { recursive: true });
      const wrong = [
        { from: 'dark/3.png', name: 'planted-1.png', given: 'light', looksLike: 'dark' },
        { from: 'light/5.png', name: 'planted-2.png', given: 'dark', looksLike: 'light' },
        { from: 'light/9.png', name: 'planted-3.png', given: 'dark', looksLike: 'light' },
      ];
      for (const { from, name, given } of wrong) {
        renameSync(join(blobs, 'train', from), join(blobs, 'train', given, name));
      }
      const options = ['--epochs', '10', '--batch-size', '8', '--lr', '0.01', '--seed', '1', '--device', 'cpu'];
      const what = ['train', join(elsewhere.path, 'tiny.py'), '--data', 'blobs', '--name', 'Tiny · blobs'];
      execFileSync(process.execPath, [join(repositoryFolder, 'dist', 'cli.js'), ...what, ...options], {
        cwd: folder.path,
        env: { ...process.env, CNN_LAB_CACHE: join(elsewhere.path, 'cache') },
      });
      return wrong;
    } finally {
      elsewhere.remove();
    }
  }
});

/** Whether a canvas shows more than a background. */
async function hasColors(canvas) {
  return canvas.first().evaluate((element) => {
    if (element.width === 0 || element.height === 0) return false;
    const copy = element.ownerDocument.createElement('canvas');
    [copy.width, copy.height] = [element.width, element.height];
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(element, 0, 0);
    const colors = new Set(new Uint32Array(context.getImageData(0, 0, copy.width, copy.height).data.buffer));
    return colors.size > 64;
  });
}
