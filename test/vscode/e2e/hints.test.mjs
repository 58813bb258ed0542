import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { temporaryFolder } from '../harness/workspaces.mjs';
import { startSession } from './session.mjs';

/* Shapes in the code, as they are seen. */

const model = `import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, channels, out_channels, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(out_channels)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


# input: (3, 224, 224)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3)
        self.layers = nn.Sequential(
            Block(64, 64),
            Block(64, 128, stride=2),
            Block(128, 256, stride=2),
        )
        self.fc = nn.Linear(512, 10)

    def forward(self, x):
        x = F.max_pool2d(self.conv1(x), 2)
        x = self.layers(x)
        x = x.mean((2, 3))
        return self.fc(x)
`;

/** Runs in the page. */
function isOpaque(selector) {
  const { document, getComputedStyle } = globalThis;
  const shown = [...document.querySelectorAll(selector)].filter((element) => element.offsetParent !== null);
  return shown.every((element) => Number(getComputedStyle(element).opacity) > 0.99);
}

describe('shapes in the code', () => {
  const folder = temporaryFolder('hints');
  let session;
  /** @type {import('../harness/workbench.mjs').Workbench} */
  let window;

  before(async function () {
    this.timeout(120_000);
    writeFileSync(join(folder.path, 'net.py'), model);
    session = await startSession();
    window = await openNet(session);
  });
  afterEach(async function () {
    await session.pictureFailure(this.currentTest);
  });
  after(async () => {
    await session?.close();
    folder.remove();
  });

  async function openNet(from) {
    const opened = await from.open({ folder: folder.path });
    await opened.explorerReady();
    await opened.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'net.py' }).dblclick();
    await opened.page.locator('.view-line', { hasText: 'class Net' }).waitFor();
    return opened;
  }

  const line = (text) => window.page.locator('.view-line', { hasText: text });
  /** Without the gaps that VS Code draws as other spaces. */
  const textOf = async (locator) => (await locator.innerText()).replaceAll(/\s/g, ' ');

  /** Moves the mouse onto a word of a line, and gives the text of the hover that says `expected`. */
  async function hover(text, word, expected) {
    const { page } = window;
    const shown = page.locator('.monaco-hover:visible', { hasText: expected });
    // Lenses that come only now move the lines away from under the mouse.
    for (let attempt = 0; attempt < 4 && !(await shown.isVisible()); attempt++) {
      await page.mouse.move(5, 5);
      await page.keyboard.press('Escape');
      await line(text).locator('span', { hasText: word }).last().hover();
      await shown.waitFor({ timeout: 5000 }).catch(() => undefined);
    }
    await shown.waitFor();
    // It fades in.
    await page.waitForFunction(isOpaque, '.monaco-hover');
    return textOf(shown);
  }

  it('stand at the ends of lines and above the class', async () => {
    await line('x = self.layers(x)').filter({ hasText: '→ (N, 256, 14, 14)' }).waitFor();
    assert.match(await textOf(line('Block(64, 128')), /stride=2\), ?→ \(N, 128, 28, 28\)/);
    assert.match(await textOf(line('return F.relu')), /\)\) ?→ \(N, 64, 56, 56\) … \(N, 256, 14, 14\)/);
    const lenses = /▷ Train.*Summary.*parameters.*Receptive field \d+ × \d+.*input \(3, 224, 224\)/s;
    await window.page.locator('.codelens-decoration', { hasText: lenses }).waitFor();
    await window.screenshot('hints-inlay');
  });

  it('are explained by a hover', async () => {
    const text = await hover('self.conv1 = nn.Conv2d', 'conv1', 'Module: conv1');
    assert.match(text, /Conv2d {2}\(N, 3, 224, 224\) → \(N, 64, 112, 112\)/);
    assert.match(text, /H, W: ⌊\(224 \+ 2·3 − 7\)\/2⌋ \+ 1 = 112/);
    assert.match(text, /Parameters: 64·\(3·7² \+ 1\) = 9,472/);
    assert.match(text, /the comment \(line 16\)/);
    await window.screenshot('hints-hover');
  });

  it('are a table where one line makes many layers', async () => {
    const text = await hover('self.conv = nn.Conv2d', 'Conv2d', '×3');
    assert.match(text, /Conv2d {2}×3/);
    assert.match(text, /layers\.2\.conv.*\(N, 128, 28, 28\) → \(N, 256, 14, 14\)/);
    await window.screenshot('hints-hover-table');
  });

  it('are shown for another input, which the lens asks for and writes into the comment', async () => {
    const { page, quickInput } = window;
    await page.locator('.codelens-decoration a', { hasText: 'input (3, 224, 224)' }).click();
    await quickInput.locator('.quick-input-title', { hasText: 'Input Shape of Net' }).waitFor();
    assert.equal(await quickInput.locator('input.input').inputValue(), '3, 224, 224');
    await quickInput.locator('input.input').fill('3, wide');
    await page.keyboard.press('Enter');
    await quickInput.getByText('Whole numbers are needed, such as 3, 224, 224.').waitFor();
    await quickInput.locator('input.input').fill('3, 128, 96');
    await page.keyboard.press('Enter');
    await window.quickRows.filter({ hasText: 'Setting of this workspace' }).waitFor();
    await window.screenshot('hints-input-shape');
    await window.pick('Input Shape of Net', 'Comment above Net');
    await line('# input: (3, 128, 96)').waitFor();
    await line('x = self.layers(x)').filter({ hasText: '→ (N, 256, 8, 6)' }).waitFor();
    await line('# input: (3, 128, 96)').click();
    await page.keyboard.press('Control+z');
    await line('x = self.layers(x)').filter({ hasText: '→ (N, 256, 14, 14)' }).waitFor();
  });

  it('show what does not fit, with its quick fix', async () => {
    await window.page.locator('.squiggly-error').first().waitFor();
    const problem = window.page.locator('.monaco-hover:visible', { hasText: 'CNN Lab' });
    await window.page.mouse.move(5, 5);
    await line('self.fc = nn.Linear').locator('span', { hasText: '512' }).last().hover();
    await problem.waitFor();
    await window.screenshot('hints-problem');
    await problem.getByRole('button', { name: /Quick Fix/ }).click();
    await window.page.getByText('Change in_features to 256').first().click();
    await line('nn.Linear(256, 10)').waitFor();
    await line('return self.fc(x)').filter({ hasText: '→ (N, 10)' }).waitFor();
    assert.equal(await window.page.locator('.squiggly-error').count(), 0);
    assert.deepEqual(window.problems, []);
  });

  it('are told in Restricted Mode too: nothing is run for them', async function () {
    this.timeout(120_000);
    const untrusted = await startSession({ trusted: false });
    try {
      window = await openNet(untrusted);
      await window.statusBar.getByText('Restricted Mode').waitFor();
      await line('x = self.layers(x)').filter({ hasText: '→ (N, 256, 14, 14)' }).waitFor();
      assert.match(await hover('self.conv1 = nn.Conv2d', 'conv1', 'Module: conv1'), /→ \(N, 64, 112, 112\)/);
    } catch (error) {
      await window.screenshot('failed-hints-restricted').catch(() => undefined);
      throw error;
    } finally {
      await untrusted.close();
    }
  });
});
