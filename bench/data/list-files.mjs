// Lists a folder of very many images as training does, nothing decoded: `node bench/data/list-files.mjs [COUNT] [CLASSES]`.
// Makes COUNT (1,000,000) empty files in CLASSES (2) folders below the system's temporary folder, lists them in a process of its
// own, prints seconds and the most memory that it took, and removes them.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

async function main() {
  const [count = 1_000_000, classes = 2] = process.argv.slice(2).map(Number);
  const folder = mkdtempSync(path.join(tmpdir(), 'cnn-lab-list-'));
  try {
    const bundle = path.join(folder, 'open-items.cjs');
    await build({
      absWorkingDir: root,
      entryPoints: ['src/worker/data/open-items.ts'],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    const data = path.join(folder, 'data');
    makeFiles(data, count, classes);
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--list', bundle, data], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    console.log(`${count} files in ${classes} folders, Node ${process.version}, n=1:`);
    console.log(child.stdout.trim());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeFiles(folder, count, classes) {
  for (let index = 0; index < classes; index++) mkdirSync(path.join(folder, `class-${index}`), { recursive: true });
  for (let index = 0; index < count; index++) {
    const name = `image_${String(index).padStart(8, '0')}.jpg`;
    closeSync(openSync(path.join(folder, `class-${index % classes}`, name), 'w'));
  }
}

async function list(bundle, folder) {
  const { openItems } = (await import(pathToFileURL(bundle).href)).default;
  const before = process.resourceUsage().maxRSS;
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  let listed = 0;
  const items = await openItems(folder, { onProgress: () => (listed ||= performance.now() - start) });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const megabytes = (kilobytes) => Math.round(kilobytes / 1024);
  console.log(`${items.items.count} images, ${items.classes.length} classes: ${seconds.toFixed(1)} s`);
  // On a machine that others use too, they say more than the time that passed.
  console.log(`processor: ${(user / 1e6).toFixed(1)} s of its own, ${(system / 1e6).toFixed(1)} s of the system`);
  console.log(`first class listed after ${(listed / 1000).toFixed(1)} s`);
  console.log(
    `most memory (RSS): ${megabytes(process.resourceUsage().maxRSS)} MB, ${megabytes(before)} MB of them before`,
  );
  await items.close();
}

if (process.argv[2] === '--list') await list(process.argv[3], process.argv[4]);
else await main();
