import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { after, afterEach, before, describe, it } from 'mocha';
import { repositoryFolder } from '../runtime-paths.mjs';
import { until } from '../harness/until.mjs';
import { temporaryFolder } from '../harness/workspaces.mjs';
import { startSession } from './session.mjs';

/* The panels that look into networks, on a run that was really trained. */

const execute = promisify(execFile);

describe('looking inside a network', () => {
  const folder = temporaryFolder('inspection');
  const runsFolder = join(folder.path, '.cnn-lab', 'runs');
  let session;
  /** @type {import('../harness/workbench.mjs').Workbench} */
  let window;
  let runFolder;

  before(async function () {
    this.timeout(180_000);
    mkdirSync(join(folder.path, 'models'), { recursive: true });
    const model = join(folder.path, 'models', 'lenet.py');
    cpSync(join(repositoryFolder, 'samples/models/lenet.py'), model);
    await execute(
      process.execPath,
      [
        join(repositoryFolder, 'dist/cli.js'),
        ...['train', model, '--data', join(repositoryFolder, 'samples/data/digits')],
        ...['--epochs', '2', '--seed', '1', '--device', 'cpu'],
      ],
      { cwd: folder.path },
    );
    runFolder = join(runsFolder, readdirSync(runsFolder)[0]);
    session = await startSession();
    window = await session.open({ folder: folder.path });
    await window.openContainer('CNN Lab');
    await window.treeRow(/, completed/).waitFor();
  });
  afterEach(async function () {
    await session.pictureFailure(this.currentTest);
  });
  after(async () => {
    await session?.close();
    folder.remove();
  });

  async function openPanel(title) {
    const command = `CNN Lab: Open ${title}`;
    if (title === 'Kernel Playground') await window.runCommand(command);
    else await window.runCommandAndPick(command, 'Look into a Network', 'lenet');
    await tab(title).waitFor();
    return window.webview();
  }

  const tab = (title) => window.page.getByRole('tab', { name: title });

  /** Colours of a canvas in the panel, at places in CSS pixels. */
  const colors = (canvas, places) =>
    canvas.evaluate((element, places) => {
      const copy = element.ownerDocument.createElement('canvas');
      [copy.width, copy.height] = [element.width, element.height];
      const context = copy.getContext('2d', { willReadFrequently: true });
      context.drawImage(element, 0, 0);
      const ratio = element.ownerDocument.defaultView.devicePixelRatio;
      return places.map(([x, y]) => [...context.getImageData(x * ratio, y * ratio, 1, 1).data]);
    }, places);

  /** The middles of the squares of conv1's weights: filters of 5×5, 14 a weight, 8 between tiles. */
  const weightPlaces = Array.from({ length: 150 }, (_, at) => {
    const [filter, row, column] = [Math.floor(at / 25), Math.floor((at % 25) / 5), at % 5];
    return [8 + filter * 78 + column * 14 + 7, 8 + row * 14 + 7];
  });

  async function expectedWeightColors(checkpoint) {
    const { paintValues, valueRange } = await colorMap();
    const weights = readTensor(join(runFolder, 'checkpoints', `${checkpoint}.safetensors`), 'conv1.weight');
    const painted = paintValues(weights, valueRange(weights, 'symmetric'), 'diverging');
    return Array.from(weights, (_, at) => [...painted.subarray(4 * at, 4 * at + 4)]);
  }

  async function showsWeightsOf(panel, checkpoint) {
    const expected = await expectedWeightColors(checkpoint);
    await panel.getByRole('treeitem', { name: /conv1/, selected: true }).waitFor();
    await until(async () => {
      const shown = await colors(panel.locator('.tile-canvas'), weightPlaces);
      return JSON.stringify(shown) === JSON.stringify(expected);
    }, `the weights of ${checkpoint} are drawn`);
  }

  it('draws the filters of the weights that are on the disk', async () => {
    const panel = await openPanel('Filters');
    await showsWeightsOf(panel, 'best');
    assert.match(
      await panel.locator('body').ariaSnapshot(),
      /tree "Layers"[\s\S]*treeitem "conv1 Conv2d 6×28×28"[\s\S]*listbox "Filters"/,
    );
    await window.screenshot('vscode-filters-dark');
  });

  it('shows the same again after it was hidden', async () => {
    const panel = await openPanel('Kernel Playground');
    await panel.locator('canvas').first().waitFor();
    await window.screenshot('vscode-kernel-playground-dark');
    await tab('Filters').click();
    await showsWeightsOf(window.webview(), 'best');
  });

  it('shows the same again after the window was reloaded', async () => {
    await window.reload();
    await showsWeightsOf(window.webview(), 'best');
  });

  it('goes through the epochs', async () => {
    const panel = window.webview();
    await panel.getByRole('slider', { name: 'Network: epoch' }).focus();
    await window.page.keyboard.press('Home');
    await showsWeightsOf(panel, 'epoch-0000');
    await panel.getByRole('combobox', { name: 'Weights' }).selectOption('best');
    await showsWeightsOf(panel, 'best');
  });

  it('goes on after its process was killed', async () => {
    const panel = window.webview();
    for (const id of processIds('inspector.js')) process.kill(id, 'SIGKILL');
    await panel.getByRole('treeitem', { name: /conv2/ }).click();
    await panel.getByRole('treeitem', { name: /conv2/, selected: true }).waitFor();
    // The call that met the end of the process may have failed: then it is said, with a button.
    const again = panel.getByRole('button', { name: 'Try Again' });
    const option = panel.getByRole('option', { name: /^filter 0: mean/ });
    await again.or(option).first().waitFor({ state: 'attached' });
    if (await again.isVisible()) await again.click();
    await panel.getByRole('treeitem', { name: /conv1/ }).click();
    await showsWeightsOf(panel, 'best');
  });

  it('shows feature maps, and the numbers of an element that is clicked', async () => {
    const panel = await openPanel('Feature Maps');
    const maps = panel.getByRole('listbox', { name: 'Feature maps' });
    await maps.getByRole('option', { name: /^map 0: mean/ }).waitFor({ state: 'attached' });
    await maps.click({ position: { x: 40, y: 40 } });
    await panel.getByText(/^Σ patch ⊙ kernel \+ bias/).waitFor();
    await panel.getByRole('img', { name: /sees rows \d+ to \d+ and columns/ }).waitFor();
    await window.screenshot('vscode-feature-maps-dark');
  });

  it('shows receptive fields, theoretical and measured', async () => {
    const panel = await openPanel('Receptive Fields');
    await panel.getByRole('row', { name: /conv2 Conv2d 10×10 14×14/ }).click();
    await panel.getByRole('button', { name: 'Measure Before and After' }).click();
    await panel.getByRole('region', { name: 'Before training' }).waitFor();
    await panel.getByRole('region', { name: 'Epoch 2' }).waitFor();
    await window.screenshot('vscode-receptive-field-dark');
  });

  it('says what an image is taken for, and why', async () => {
    const panel = await openPanel('Prediction');
    await panel.getByText(/\d %/).first().waitFor();
    await window.screenshot('vscode-prediction-dark');
  });

  it('shows which classes are taken for which', async () => {
    const panel = await openPanel('Confusion Matrix');
    await panel.getByRole('gridcell').first().waitFor();
    await window.screenshot('vscode-confusion-dark');
  });

  it('makes an image that excites a class', async () => {
    const panel = await openPanel('Class View');
    await panel.getByRole('button', { name: 'Maximize' }).click();
    await panel.getByText(/^Activation .* in 200 steps/).waitFor();
    await panel.getByRole('button', { name: 'Find Images' }).click();
    await panel.getByText(/^The 48 images that excite it most/).waitFor();
    await window.screenshot('vscode-class-view-dark');
  });

  it('follows a light theme', async () => {
    const settings = join(folder.path, '.vscode', 'settings.json');
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, JSON.stringify({ 'workbench.colorTheme': 'Light Modern' }));
    for (const title of [
      'Class View',
      'Filters',
      'Feature Maps',
      'Receptive Fields',
      'Prediction',
      'Confusion Matrix',
      'Kernel Playground',
    ]) {
      await tab(title).click();
      await window.webview().locator('body.vscode-light').waitFor();
      await window.webview().locator('canvas').first().waitFor();
      await window.screenshot(`vscode-${title.toLowerCase().replaceAll(' ', '-')}-light`);
    }
  });

  it('opens from a lens over a model that was never trained', async () => {
    const untrained = join(folder.path, 'models', 'fresh.py');
    writeFileSync(untrained, readFileSync(join(repositoryFolder, 'samples/models/lenet.py')));
    await window.runCommand('View: Close All Editors');
    await window.page.keyboard.press('Control+P');
    await window.quickInput.locator('input.input').fill('fresh.py');
    await window.quickRows.filter({ hasText: 'fresh.py' }).first().waitFor();
    await window.page.keyboard.press('Enter');
    await window.page.locator('.codelens-decoration a', { hasText: 'Look Inside' }).first().click();
    await window.pick('Look Inside', 'Filters');
    const panel = window.webview();
    await panel.getByRole('treeitem', { name: /conv1/, selected: true }).waitFor();
    await panel.getByRole('spinbutton', { name: 'Seed' }).waitFor();
    await window.screenshot('vscode-filters-untrained');
  });

  it('says in a sentence that the run was deleted', async () => {
    const panel = await openPanel('Filters');
    await showsWeightsOf(panel, 'best');
    rmSync(runFolder, { recursive: true });
    await panel.getByRole('alert').getByText(/\.$/).first().waitFor();
  });
});

/** The values of an f32 tensor in a safetensors file. */
function readTensor(file, name) {
  const bytes = readFileSync(file);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + headerLength).toString());
  const [from, to] = header[name].data_offsets;
  return new Float32Array(
    bytes.buffer.slice(bytes.byteOffset + 8 + headerLength + from, bytes.byteOffset + 8 + headerLength + to),
  );
}

/** The colour map that the panel itself is built with. */
async function colorMap() {
  const { outputFiles } = await build({
    entryPoints: [join(repositoryFolder, 'src/core/inspect/color-map.ts')],
    bundle: true,
    write: false,
    format: 'esm',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** Of processes with this in their command line. */
function processIds(part) {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(part) && line.includes('extensions'))
    .map((line) => Number(line.trim().split(' ')[0]));
}
