// How many planted copies and wrong labels are found: `node bench/hygiene/planted.mjs [--seeds 3] [--only shapes|mnist] [--what
// copies|labels] [--images 2000]`, after `npm run build`. 100 copies (compressed, resized, mirrored in turn) and 5 % wrong labels, in the shapes sample and in MNIST's
// first training digits (../shared/data/mnist). Labels: 4 folds, a small network; wrong ones are drawn evenly. Prints n and seed of
// each, and the means over the seeds.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3' },
    only: { type: 'string' },
    what: { type: 'string' },
    images: { type: 'string', default: '2000' },
  },
});
const outfile = path.join(root, 'build/bench/planted.mjs');
await mkdir(path.dirname(outfile), { recursive: true });
await build({
  stdin: {
    resolveDir: root,
    contents: ['./test/support/plant-duplicates', './test/support/plant-wrong-labels', './src/core/rng/philox']
      .map((module) => `export * from '${module}';`)
      .join('\n'),
  },
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  external: ['sharp'],
  logLevel: 'warning',
});
const { copyKinds, judgeGroups, judgeSuspects, plantedCopy, wrongLabels, PhiloxStream } = await import(outfile);
const { default: sharp } = await import('sharp');

const model = `
import torch.nn as nn


def block(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)
    )


class PlantedNet(nn.Module):
    def __init__(self, num_classes=10, channels=CHANNELS, last=LAST):
        super().__init__()
        self.features = nn.Sequential(block(channels, 12), block(12, 24), block(24, 32))
        self.classifier = nn.Linear(32 * last * last, num_classes)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))
`;
const sets = {
  shapes: {
    model: model.replace('CHANNELS', '3').replace('LAST', '4'),
    augment: 'RandomHorizontalFlip(), RandomCrop(32, padding=3)',
    epochs: 14,
    make: (folder) => cp(path.join(root, 'samples/data/shapes/train'), folder, { recursive: true }),
  },
  mnist: {
    model: model.replace('CHANNELS', '1').replace('LAST', '3'),
    augment: 'RandomCrop(28, padding=2)',
    epochs: 8,
    make: makeDigits,
  },
};

const folder = await mkdtemp(path.join(tmpdir(), 'cnn-lab planted-'));
process.env.CNN_LAB_CACHE = path.join(folder, 'cache');
try {
  console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}`);
  for (const [name, set] of Object.entries(sets)) {
    if (values.only !== undefined && values.only !== name) continue;
    const clean = path.join(folder, name);
    if ((await set.make(clean)) === false) {
      console.log(`${name}: left out, ../shared/data/mnist is not there`);
      continue;
    }
    for (const [what, find] of [
      ['copies', copiesFound],
      ['labels', labelsFound],
    ]) {
      if (values.what !== undefined && values.what !== what) continue;
      const shares = [];
      for (let seed = 1; seed <= Number(values.seeds); seed++) {
        const { text, ...found } = await find(clean, seed, set);
        shares.push(found);
        console.log(`${name}, seed ${seed}: ${text}`);
      }
      const mean = (kind) => percent(shares.reduce((sum, found) => sum + found[kind], 0) / shares.length);
      console.log(
        `${name}, mean of ${shares.length} seeds: ${mean('recall')} of ${what} found, precision ${mean('precision')}`,
      );
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function copiesFound(clean, seed) {
  const data = `${clean}-copies-${seed}`;
  await cp(clean, data, { recursive: true });
  const files = await filesOf(data);
  const random = new PhiloxStream(seed, 0x706c616e, 0);
  const planted = [];
  for (let number = 0; number < 100; number++) {
    const original = files[random.nextBelow(files.length)].key;
    const kind = copyKinds[number % copyKinds.length];
    const { extension, bytes } = await plantedCopy(await readFile(path.join(data, original)), kind, random);
    const name = `${path.posix.dirname(original)}/copy-${number}.${extension}`;
    await writeFile(path.join(data, name), bytes);
    planted.push({ name, original, kind });
  }
  const startedMs = performance.now();
  const events = await cli('dataset', 'check', data);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const groups = events.filter(({ event }) => event === 'duplicates').map(({ images }) => images);
  const { recall, precision } = judgeGroups(groups, planted);
  const text = `${percent(recall)} of 100 copies among ${files.length} images found, precision ${percent(precision)}, ${seconds} s`;
  return { recall, precision, text };
}

async function labelsFound(clean, seed, { model: code, augment, epochs }) {
  const data = `${clean}-labels-${seed}`;
  await cp(clean, data, { recursive: true });
  const classes = (await readdir(data)).sort();
  const files = await filesOf(data);
  const labels = files.map(({ key }) => classes.indexOf(path.posix.dirname(key)));
  const planted = new Set();
  for (const [index, label] of wrongLabels(labels, classes.length, 0.05, seed)) {
    const { key } = files[index];
    const wrong = `${classes[label]}/wrong-${path.posix.basename(key)}`;
    await rename(path.join(data, key), path.join(data, wrong));
    planted.add(wrong);
  }
  const file = path.join(folder, 'planted_net.py');
  await writeFile(file, code);
  const run = `${data}-run`;
  const training = [
    '--epochs',
    '1',
    '--batch-size',
    '32',
    '--lr',
    '0.003',
    '--schedule',
    'cosine',
    '--augment',
    augment,
  ];
  await cli('train', file, '--data', data, '--device', 'cpu', '--seed', String(seed), ...training, '--out', run);
  const search = ['--mislabels', '--run', run, '--folds', '4', '--epochs', String(epochs), '--device', 'cpu'];
  const events = await cli('dataset', 'check', data, ...search);
  const found = events.filter(({ event }) => event === 'suspect').map(({ image }) => image);
  const { recall, precision } = judgeSuspects(found, planted);
  const text = `${percent(recall)} of ${planted.size} wrong labels among ${files.length} found, precision ${percent(precision)}`;
  return { recall, precision, text };
}

/** The first MNIST training digits as PNG files; false where they are not there. */
async function makeDigits(to) {
  const mnist = path.join(root, '..', 'shared', 'data', 'mnist');
  if (!(await stat(mnist).catch(() => undefined))) return false;
  const read = async (name) => gunzipSync(await readFile(path.join(mnist, `${name}.gz`)));
  const pixels = (await read('train-images-idx3-ubyte')).subarray(16);
  const labels = (await read('train-labels-idx1-ubyte')).subarray(8);
  for (let label = 0; label < 10; label++) await mkdir(path.join(to, String(label)), { recursive: true });
  for (let index = 0; index < Number(values.images); index++) {
    const image = sharp(pixels.subarray(784 * index, 784 * (index + 1)), {
      raw: { width: 28, height: 28, channels: 1 },
    });
    await image.png().toFile(path.join(to, String(labels[index]), `${String(index).padStart(5, '0')}.png`));
  }
  return true;
}

async function filesOf(data) {
  const classes = (await readdir(data)).sort();
  const lists = await Promise.all(classes.map(async (name) => (await readdir(path.join(data, name))).sort()));
  return lists.flatMap((names, label) => names.map((file) => ({ key: `${classes[label]}/${file}` })));
}

async function cli(...args) {
  const command = [path.join(root, 'dist/cli.js'), ...args, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 2 ** 28 });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
