import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import sharp from 'sharp';
import { temporaryFolder } from '../harness/workspaces.mjs';
import { startSession } from './session.mjs';

/* Data sets from the palette: described step by step, and downloaded through the proxy that VS Code's settings name. */

describe('data sets from the palette', () => {
  const folder = temporaryFolder('datasets');
  const pets = join(folder.path, 'pets');
  const asked = [];
  // It notes what it is asked for, and refuses.
  const proxy = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      asked.push(String(bytes).split('\r\n')[0]);
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    });
  });
  let session;
  /** @type {import('../harness/workbench.mjs').Workbench} */
  let window;

  before(async function () {
    this.timeout(120_000);
    mkdirSync(pets, { recursive: true });
    for (const [name, level] of [
      ['Abyssinian', 60],
      ['beagle', 200],
    ]) {
      for (let index = 1; index <= 6; index++) {
        const image = sharp({
          create: { width: 16, height: 16, channels: 3, background: { r: level, g: 90, b: index } },
        });
        await image.png().toFile(join(pets, `${name}_${index}.png`));
      }
    }
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    session = await startSession({ settings: { 'http.proxy': `http://127.0.0.1:${proxy.address().port}` } });
    window = await session.open({ folder: folder.path });
    await window.openContainer('CNN Lab');
    await window.treeRow(/^digits/).waitFor();
  });
  afterEach(async function () {
    await session.pictureFailure(this.currentTest);
  });
  after(async () => {
    await session?.close();
    proxy.close();
    folder.remove();
  });

  const option = (name) => window.quickInput.getByRole('option', { name });
  const titled = (title) => window.quickInput.locator('.quick-input-title', { hasText: title }).waitFor();

  it('describes a folder of images step by step, with a way back, and shows it in the tree', async () => {
    await window.runCommand('CNN Lab: Add Dataset…');
    await window.pick('Add Dataset', 'In a Folder');
    // The open folder is listed: the dialog is complete.
    await window.quickInput.getByRole('option', { name: 'pets', exact: true }).click();
    await window.page.waitForFunction(
      (path) => globalThis.document.querySelector('.quick-input-widget input.input')?.value === path,
      `${pets}/`,
    );
    await window.gesture(async (timeout) => {
      // The dialog leaves a click aside while it is still looking at what was typed.
      const add = window.quickInput.getByRole('button', { name: 'Add Folder' });
      if (await add.isVisible()) await add.click({ timeout });
      await window.pick('Add Dataset: pets', 'A part of its file name', timeout);
    });
    await titled('Class by File Name');
    // The pattern is guessed, and each answer that it gives is shown with a file.
    await option(/^check +Use .*2 classes in 12 files: Abyssinian 6, beagle 6/).waitFor();
    await option(/^tag +beagle, beagle_1\.png/).waitFor();
    await window.screenshot('vscode-add-dataset');
    await window.quickInput.getByRole('button', { name: 'Back' }).click();

    await window.pick('Add Dataset: pets', 'Whether its file name begins with a capital');
    await titled('Class by Case');
    await option(/^check +Use cat, .*cat 6/).waitFor();
    await window.page.keyboard.press('Enter');
    await option(/^check +Use dog, 2 classes in 12 files: (cat|dog) 6, (cat|dog) 6/).waitFor();
    await window.page.keyboard.press('Enter');
    await window.pick('Splits', 'All for training');
    await window.pick('Groups', 'No');
    await window.pick('Input Size', '32 × 32');
    await window.pick('Normalization', 'Those of the training images');

    await window.page.getByRole('tab', { name: 'dataset.json' }).waitFor();
    assert.deepEqual(JSON.parse(readFileSync(join(pets, 'dataset.json'), 'utf8')), {
      kind: 'images',
      name: 'pets',
      inputSize: { height: 32, width: 32 },
      labels: { from: 'first-letter-case', upper: 'cat', lower: 'dog' },
    });
    await window.treeRow(/^pets 2 classes · 12 images/).waitFor();
  });

  it('asks the proxy of the settings for a download, and says where nothing was to be had', async () => {
    await window.runCommand('CNN Lab: Download Data Set…');
    await titled('Download Data Set');
    await option(/^CIFAR-100, 169 MB/).waitFor();
    await window.screenshot('vscode-download-dataset');
    await window.pick('Download Data Set', 'handwritten digits');
    await window.pick('Download MNIST (12 MB', join(folder.path, 'data'));
    await window.toast('could not be downloaded').waitFor();
    assert.deepEqual(asked, [
      'CONNECT storage.googleapis.com:443 HTTP/1.1',
      'CONNECT ossci-datasets.s3.amazonaws.com:443 HTTP/1.1',
    ]);
    assert.deepEqual(existsSync(join(folder.path, 'data')) ? readdirSync(join(folder.path, 'data')) : [], []);
  });
});
