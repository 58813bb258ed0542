// How smoothly the panels of data sets draw, in a real Chromium without a graphics card: `node bench/webviews/gallery.mjs
// [seconds=5]`, after `npm run build`. Scrolls through 100,000 images (an IDX file that it makes in a temporary folder) by a third
// of a window in each frame, with the real data set process behind the panel, which stands in a process of its own as in VS Code. It
// prints the frames in a second, what the panel itself does for a frame (script, layout and painting, out of Chromium's trace) and the
// longest wait between two frames, which is the whole browser's and the machine's; then how long 64 draws of an image of 224×224 take in
// the augmentation preview. Times of a busy machine say little.
/* global document, requestAnimationFrame */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { frameCosts, traceCategories } from './frame-costs.mjs';
import { openPanelFrame } from './panel-frame.mjs';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const seconds = Number(process.argv[2] ?? 5);
const count = 100_000;
const side = 28;

const folder = await mkdtemp(path.join(tmpdir(), 'cnn-lab gallery-'));
const bundle = path.join(root, 'test/webviews/.bench-gallery.cjs');
try {
  // It lies where the server of the tests looks for dist/ from.
  await build({
    stdin: {
      resolveDir: path.join(root, 'test/webviews'),
      contents: [
        `export { launchBrowser, openPanel } from './open-panel';`,
        `export { servePanel } from './panel-server';`,
        `export { editorThemes } from './vscode-themes';`,
        `export { serveRpc } from '../../src/protocol/rpc';`,
        `export { startDatasetInspector } from '../../src/node/dataset-process';`,
        `export { datasetCallNames } from '../../src/protocol/parse-dataset-inspection';`,
      ].join('\n'),
    },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['playwright-core'],
    logLevel: 'error',
  });
  const parts = createRequire(import.meta.url)(bundle);
  const dataset = parts.startDatasetInspector({ script: path.join(root, 'dist/dataset-inspector.js'), events: {} });
  const browser = await parts.launchBrowser();
  try {
    console.log(
      `${cpus().length} × ${cpus()[0]?.model ?? '?'}, Chromium ${browser.version()}, without a graphics card`,
    );
    await scrollGallery(parts, browser, dataset, await makeImages());
    await drawAugmentations(parts, browser);
  } finally {
    await browser.close();
    await dataset.dispose();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
  await rm(bundle, { force: true });
}

async function makeImages() {
  const location = path.join(folder, 'many');
  await mkdir(location);
  const images = Buffer.alloc(16 + count * side * side);
  const labels = Buffer.alloc(8 + count);
  [0x803, count, side, side].forEach((value, at) => images.writeUInt32BE(value, 4 * at));
  [0x801, count].forEach((value, at) => labels.writeUInt32BE(value, 4 * at));
  for (let item = 0; item < count; item++) {
    const from = 16 + item * side * side;
    // A bar whose place and brightness depend on the class and the number.
    images.fill(80 + (item % 170), from + (item % 10) * 2 * side, from + ((item % 10) * 2 + 5) * side);
    labels[8 + item] = item % 10;
  }
  await writeFile(path.join(location, 'train-images-idx3-ubyte'), images);
  await writeFile(path.join(location, 'train-labels-idx1-ubyte'), labels);
  return location;
}

async function scrollGallery(parts, browser, dataset, location) {
  const server = await parts.servePanel('dataset', 'Data Set');
  const passed = Object.fromEntries(
    parts.datasetCallNames.map((name) => [name, (request) => dataset.calls[name](request)]),
  );
  const own = { start: async () => ({ focus: { location }, datasets: [], runs: [] }) };
  const { page, panel, close } = await openPanelFrame(browser, server.url, {
    width: 1200,
    height: 800,
    theme: parts.editorThemes.dark,
    serve: (channel) => parts.serveRpc(channel, { ...passed, ...own }),
  });
  await panel.getByRole('tab', { name: /Images/ }).click();
  await panel.getByRole('listbox', { name: 'Images' }).getByRole('option').waitFor({ state: 'attached' });
  for (const size of [96, 48]) {
    await browser.startTracing(page, { categories: traceCategories });
    const { waits } = await panel.evaluate(scrollFor, { seconds, size });
    const { costs, perFrame, measured } = frameCosts(await browser.stopTracing(), 'gallery-draw');
    const sorted = waits.sort((a, b) => a - b);
    const cost = costs.sort((a, b) => a - b);
    const at = (list, share) => (list[Math.min(list.length - 1, Math.floor(share * list.length))] ?? 0).toFixed(1);
    console.log(
      `gallery of ${count.toLocaleString('en')} images, thumbnails of ${size}: ` +
        `${(waits.length / (waits.reduce((sum, wait) => sum + wait, 0) / 1000)).toFixed(1)} frames/s; ` +
        `between frames median ${at(sorted, 0.5)} ms, 95 % ${at(sorted, 0.95)} ms, longest ${at(sorted, 1)} ms`,
    );
    console.log(
      `  the panel's own work for a frame (${measured ? 'processor time' : 'time'} of its thread, n = ${cost.length}): ` +
        `median ${at(cost, 0.5)} ms, 95 % ${at(cost, 0.95)} ms, longest ${at(cost, 1)} ms; more than 8 ms: ` +
        `${((100 * cost.filter((ms) => ms > 8).length) / cost.length).toFixed(1)} %; means: ` +
        [...perFrame].map(([kind, ms]) => `${kind} ${ms.toFixed(2)} ms`).join(', '),
    );
  }
  await close();
  await server.close();
}

/** In the panel: waits between frames. */
async function scrollFor({ seconds, size }) {
  const slider = document.querySelector('.tabs input[type=range]');
  slider.value = String(size);
  slider.dispatchEvent(new Event('input'));
  const gallery = document.querySelector('#panel-images .gallery-grid');
  const waits = [];
  const start = performance.now();
  let before = start;
  await new Promise((resolve) => {
    const step = (now) => {
      waits.push(now - before);
      before = now;
      gallery.scrollTop += gallery.clientHeight / 3;
      if (now - start < seconds * 1000) requestAnimationFrame(step);
      else resolve();
    };
    requestAnimationFrame(step);
  });
  return { waits: waits.slice(1) };
}

async function drawAugmentations(parts, browser) {
  const server = await parts.servePanel('augmentation', 'Augmentation Preview');
  const pixels = new Uint8Array(3 * 224 * 224).map((_, at) => (at * 7 + (at >> 8) * 13) % 256);
  const answers = {
    start: async () => ({ focus: {}, datasets: [], runs: [] }),
    pickImage: async () => ({ kind: 'file', path: '/made.png' }),
    decodeImage: async () => ({ name: 'made', shape: [3, 224, 224], pixels }),
  };
  const panel = await parts.openPanel(browser, server.url, {
    width: 1200,
    height: 800,
    serve: (channel) => parts.serveRpc(channel, answers),
  });
  const { page } = panel;
  await page.getByRole('button', { name: 'File…' }).click();
  await page.getByRole('slider', { name: 'Draws' }).fill('64');
  for (const text of [
    'RandomHorizontalFlip()',
    'RandomCrop(None, padding=16), RandomHorizontalFlip()',
    'RandomResizedCrop(224), RandomHorizontalFlip(), ColorJitter(0.4, 0.4, 0.4, 0.1)',
    'RandAugment(2, 9)',
  ]) {
    const times = [];
    for (let round = 0; round < 5; round++) {
      await page.evaluate(() => performance.clearMeasures());
      await page.getByRole('textbox', { name: 'Pipeline as torchvision code' }).fill('');
      await page.getByRole('textbox', { name: 'Pipeline as torchvision code' }).fill(text);
      await page.waitForFunction(
        (wanted) => performance.getEntriesByName('draws').some(({ detail }) => detail === wanted),
        text,
      );
      times.push(
        await page.evaluate(
          (wanted) =>
            performance.getEntriesByName('draws').find(({ detail }) => detail === wanted)?.duration ?? Number.NaN,
          text,
        ),
      );
    }
    times.sort((a, b) => a - b);
    console.log(`64 draws of 224×224, ${text}: best ${times[0].toFixed(0)} ms, median ${times[2].toFixed(0)} ms`);
  }
  await page.close();
  await server.close();
}
