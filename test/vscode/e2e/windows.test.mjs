import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { temporaryFolder, writeFinishedRun } from '../harness/workspaces.mjs';
import { startSession } from './session.mjs';

describe('windows of every kind', () => {
  const folder = temporaryFolder('windows');
  let session;

  before(async function () {
    this.timeout(120_000);
    session = await startSession();
  });
  afterEach(async function () {
    await session.pictureFailure(this.currentTest);
  });
  after(async () => {
    await session?.close();
    folder.remove();
  });

  it('without a folder, the views and Train Model say what to do', async () => {
    const window = await session.open({});
    await window.openContainer('CNN Lab');
    await window.page.getByText('Open a folder first; an empty one will do.').waitFor();
    await window.treeRow(/^digits/).waitFor();
    await window.runCommand('CNN Lab: Train Model');
    await window.toast('Open a folder first').waitFor();
    assert.deepEqual(window.problems, []);
    await window.close();
  });

  it('with several folders, shows the experiments of all, newest first, and which folder they are in', async () => {
    for (const name of ['first', 'second']) mkdirSync(join(folder.path, name), { recursive: true });
    writeFinishedRun(join(folder.path, 'first', '.cnn-lab', 'runs'), '2026-01-02-1200-older', 'Older');
    const workspace = join(folder.path, 'both.code-workspace');
    writeFileSync(workspace, JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
    const window = await session.open({ workspace });
    // Now and then VS Code for the web reads the workspace's file before it is connected, and finds no folders in it.
    await window.explorerReady({ timeout: 8000 }).catch(() => window.page.reload());
    await window.explorerReady();
    await window.openContainer('CNN Lab');
    await window.treeRow(/^Older/).waitFor();
    // Made by another program, in a folder that had no runs until then.
    // VS Code may only be starting to watch the folders: then it does not tell, and the program writes again later.
    const newer = window.treeRow(/^Newer/);
    for (let attempt = 0; attempt < 4 && (await newer.count()) === 0; attempt++) {
      writeFinishedRun(join(folder.path, 'second', '.cnn-lab', 'runs'), '2026-02-03-1200-newer', 'Newer');
      await newer.waitFor({ timeout: 5000 }).catch(() => undefined);
    }
    const labels = await window.page
      .getByRole('treeitem', { name: /er, completed/ })
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label')));
    assert.equal(labels.length, 2);
    assert.match(labels[0], /^Newer, completed, 91\.0 % · epoch 3\/3 · second/);
    assert.match(labels[1], /^Older, completed, 91\.0 % · epoch 3\/3 · first/);
    await window.close();
  });

  it('in Restricted Mode, shows data sets and experiments all the same', async function () {
    this.timeout(120_000);
    const untrusted = await startSession({ trusted: false });
    try {
      const window = await untrusted.open({ folder: join(folder.path, 'first') });
      await window.statusBar.getByText('Restricted Mode').waitFor();
      await window.openContainer('CNN Lab');
      await window.treeRow(/^digits/).waitFor();
      await window.treeRow(/^Older, completed/).waitFor();
      await window.close();
    } catch (error) {
      await untrusted.pictureFailure({ state: 'failed', fullTitle: () => this.test.fullTitle() });
      throw error;
    } finally {
      await untrusted.close();
    }
  });
});
