// How fast images reach training: `node bench/data/input.mjs [images=2000] [rounds=3]`. Needs `npm run build`, and Debian's python3-torchvision.
// A folder of JPEGs is decoded, RandomResizedCrop(224), RandomHorizontalFlip and Normalize make f32 batches of 32: by CNN Lab as training does it (its
// loader, a thread for each core that augments, the engine's gather_images) and by PyTorch's DataLoader with torchvision and Pillow, with 0, 1 and 2 workers,
// in turn. Prints images per second: the median and the best of the rounds, and the best over PyTorch's best; and the least milliseconds of CPU for an image,
// which other work on the machine disturbs less.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { assets, loadEngine } from '../cpu/load-engine.mjs';
import { median } from '../cpu/statistics.mjs';

// As the worker process is started: see src/node/helper-environment.ts.
const largePages = 'glibc.malloc.hugetlb=1';
if (process.platform === 'linux' && process.env.GLIBC_TUNABLES !== largePages) {
  const environment = { ...process.env, GLIBC_TUNABLES: largePages };
  process.exit(spawnSync(process.execPath, process.argv.slice(1), { env: environment, stdio: 'inherit' }).status ?? 1);
}

const count = Number(process.argv[2] ?? 2000);
const rounds = Number(process.argv[3] ?? 3);
const batchSize = 32;
const here = import.meta.dirname;

const { loadDataset, AugmentPool, parsePipeline, normalizationOf, epochOrder, createWasmEngine } = await loadEngine([
  `export { loadDataset } from './worker/data/load-dataset';`,
  `export { AugmentPool } from './worker/augment/augment-pool';`,
  `export { parsePipeline } from './core/data/augment/parse-pipeline';`,
  `export { normalizationOf } from './core/data/augment/run-pipeline';`,
  `export { epochOrder } from './core/data/batches';`,
]);
const transforms = parsePipeline(
  'RandomResizedCrop(224), RandomHorizontalFlip(), ToTensor(), Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))',
);

const noState = {
  slots: [],
  byteLength: 0,
  parameters: { offset: 0, byteLength: 0 },
  gradients: { offset: 0, byteLength: 0 },
  moments: [],
};

console.log(
  `${count} images, batches of ${batchSize}, ${rounds} rounds, Node ${process.versions.node}, ${cpus()[0]?.model}, ${availableParallelism()} cores`,
);
for (const [name, sizes, stored] of [
  ['256 × 256 to 500 × 400', { least: 256, width: 500, height: 400 }, { height: 256, width: 256, channels: 3 }],
  ['224 × 224', { least: 224, width: 224, height: 224 }, { height: 224, width: 224, channels: 3 }],
]) {
  const folder = path.join(tmpdir(), 'cnn-lab-bench', `jpeg-${sizes.width}x${sizes.height}-${count}`);
  await makeImages(folder, sizes);
  const rates = { first: [], second: [], again: [] };
  const peers = { 0: [], 1: [], 2: [] };
  for (let round = 0; round < rounds; round++) {
    const cache = path.join(folder, 'cache');
    await rm(cache, { recursive: true, force: true });
    fetchMemory();
    const ours = await measureOurs(path.join(folder, 'data'), stored, cache);
    for (const [what, list] of Object.entries(rates)) list.push(ours[what]);
    fetchMemory();
    for (const [workers, rate] of Object.entries(measurePeer(path.join(folder, 'data')))) peers[workers].push(rate);
  }
  const best = Math.max(...Object.values(peers).flatMap((list) => list.map(({ rate }) => rate)));
  console.log(`\n${name}, images/s`);
  print('PyTorch, 0 workers', peers[0], best);
  print('PyTorch, 1 worker', peers[1], best);
  print('PyTorch, 2 workers', peers[2], best);
  print('CNN Lab, first epoch: decoded, kept, augmented', rates.first, best);
  print('CNN Lab, second epoch', rates.second, best);
  print('CNN Lab, first epoch of another run: from the cache', rates.again, best);
}

function print(what, list, best) {
  const all = list.map(({ rate }) => rate);
  const most = Math.max(...all);
  const columns = [median(all), most].map((rate) => rate.toFixed(0).padStart(7));
  const cpu = Math.min(...list.map(({ cpuMs }) => cpuMs)).toFixed(2);
  console.log(`${what.padEnd(52)}${columns.join('')}${(most / best).toFixed(2).padStart(8)} ×${cpu.padStart(8)} ms`);
}

/**
 * A virtual machine may have to get memory that lies unused from its host, page by page, which then takes longer than decoding: whoever is
 * measured finds it there.
 */
function fetchMemory() {
  const touch = `for (let i = 0; i < 16; i++) globalThis['touched' + i] = Buffer.alloc(2 ** 27, 1)`;
  spawnSync(process.execPath, ['-e', touch]);
}

/** Pictures of blurred noise with a little grain, in two classes. */
async function makeImages(folder, { least, width, height }) {
  if (existsSync(path.join(folder, 'complete'))) return;
  await rm(folder, { recursive: true, force: true });
  for (let index = 0; index < count; index++) {
    const label = index % 2 === 0 ? 'a' : 'b';
    const to = path.join(folder, 'data', 'train', label);
    if (index < 2) await mkdir(to, { recursive: true });
    // The same sizes each time, spread over all.
    const size = [least + ((index * 97) % (width - least + 1)), least + ((index * 61) % (height - least + 1))];
    const noise = (sigma) => ({
      create: {
        width: size[0],
        height: size[1],
        channels: 3,
        background: '#808080',
        noise: { type: 'gaussian', mean: 128, sigma },
      },
    });
    const smooth = await sharp(noise(120)).blur(12).normalise().png({ compressionLevel: 0 }).toBuffer();
    const grain = await sharp(noise(12)).png({ compressionLevel: 0 }).toBuffer();
    await sharp(smooth)
      .composite([{ input: grain, blend: 'soft-light' }])
      .removeAlpha()
      .jpeg({ quality: 90 })
      .toFile(path.join(to, `${index}.jpg`));
  }
  await mkdir(path.join(folder, 'complete'));
}

async function measureOurs(data, stored, cacheFolder) {
  const started = now();
  // As training does, it goes on while the images are being kept.
  let keeping;
  const decoded = await loadDataset(data, { size: stored, assets, cacheFolder, onKeeping: (kept) => (keeping = kept) });
  const first = await epochs(decoded, stored, started, 2, keeping);
  const again = now();
  const cached = await loadDataset(data, { size: stored, assets, cacheFolder });
  const [fromCache] = await epochs(cached, stored, again, 1);
  return { first: first[0], second: first[1], again: fromCache };
}

/** Time that has passed, and that all threads have worked. */
function now() {
  const { user, system } = process.cpuUsage();
  return { ms: performance.now(), cpuMs: (user + system) / 1000 };
}

/** Images per second and CPU for each, of each of so many epochs, the first from `started` on and until `beside` has ended, too. */
async function epochs({ train }, stored, started, howMany, beside) {
  const size = { height: 224, width: 224, channels: 3 };
  const pool = new AugmentPool({
    images: { images: train.images, stored, size, transforms, from: 0, seed: 1 },
    batchSize,
    threads: availableParallelism(),
    assets,
  });
  const device = await openDevice(size);
  const rates = [];
  for (let epoch = 0; epoch < howMany; epoch++) {
    const order = epochOrder(train.count, 1, epoch);
    const batches = pool.epoch(epoch, order, Uint32Array.from(order));
    for (let batch = 0; batch * batchSize < train.count; batch++) {
      await device.normalize(await batches.batch(batch));
    }
    await beside;
    const ended = now();
    const cpuMs = (ended.cpuMs - started.cpuMs) / train.count;
    rates.push({ rate: (1000 * train.count) / (ended.ms - started.ms), cpuMs });
    started = ended;
  }
  await pool.dispose();
  await device.dispose();
  return rates;
}

/** The engine on this thread, with the part of a training step that takes its images: bytes to [batch, channels, height, width] in f32. */
async function openDevice({ height, width, channels }) {
  const engine = await createWasmEngine({ assets, threads: 1 });
  const session = await engine.createSession(noState);
  const shape = [batchSize, channels, height, width];
  const images = { region: 'data', offset: 0, shape, dtype: 'u8' };
  const picks = { region: 'arena', offset: 0, shape: [batchSize, 4], dtype: 'i32' };
  const output = { region: 'arena', offset: 4096, shape, dtype: 'f32' };
  const { mean, std } = normalizationOf(transforms, channels);
  const bytes = shape.reduce((product, each) => product * each);
  const program = await session.compile({
    name: 'normalize',
    batchSize,
    steps: [{ kind: 'kernel', op: 'gather_images', attrs: { mean, std }, inputs: [images, picks], output }],
    inputs: { picks },
    outputs: { output },
    arenaBytes: output.offset + 4 * bytes,
  });
  await session.reserveData(bytes);
  for (let image = 0; image < batchSize; image++) program.input('picks').set([image, 0, 0, 0], 4 * image);
  return {
    async normalize(batch) {
      await session.writeData(0, batch);
      await program.run();
    },
    dispose: () => engine.dispose(),
  };
}

/** The same of an epoch, by the number of workers. */
function measurePeer(data) {
  const answer = execFileSync('/usr/bin/python3', [
    path.join(here, 'input.py'),
    path.join(data, 'train'),
    `${batchSize}`,
  ]);
  return JSON.parse(answer.toString());
}
