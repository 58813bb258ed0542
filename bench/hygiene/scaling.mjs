// How the search for copies grows with the number of images: `node bench/hygiene/scaling.mjs [--counts 5000,20000,100000] [--kinds
// digits,digits8,photos] [--seed 1]`. Digits are MNIST's 20,000 (../shared/data/mnist), each of those beyond turned, sheared, scaled
// and moved at random; `digits8`: the same at 8 × 8 pixels; photos are noise of 192 × 128 pixels whose power falls with the square of
// the frequency, as that of photographs. One in a hundred is a copy that was planted: exact, resized or mirrored in turn. The search
// alone is timed: the images are sketched and hashed before. Of a busy machine, the seconds of CPU say more.
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { loadEngine, root } from '../cpu/load-engine.mjs';

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '5000,20000,100000' },
    kinds: { type: 'string', default: 'digits,digits8,photos' },
    seed: { type: 'string', default: '1' },
  },
});
const core = await loadEngine(
  [
    'data/hygiene/find-duplicates',
    'data/hygiene/sketch-image',
    'data/resize',
    'data/augment/pixels/affine-matrix',
    'data/augment/pixels/transform-image',
    'data/augment/pixels/flip-image',
    'rng/philox',
  ].map((module) => `export * from './core/${module}';`),
);
const seed = Number(values.seed);
const makers = { digits: () => digitsOf(28), digits8: () => digitsOf(8), photos: photosOf };

console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}, seed ${seed}`);
for (const kind of values.kinds.split(',')) {
  const make = await makers[kind]();
  let before;
  for (const count of values.counts.split(',').map(Number)) {
    const { material, planted } = materialOf(make, count);
    const startedMs = performance.now();
    const startedCpu = process.cpuUsage();
    const groups = await core.findDuplicates(material, null, () => Promise.resolve());
    const seconds = (performance.now() - startedMs) / 1000;
    const groupOf = new Map(groups.flatMap(({ items }, group) => [...items].map((item) => [item, group])));
    const found = planted.filter(([a, b]) => groupOf.has(a) && groupOf.get(a) === groupOf.get(b)).length;
    const links = groups.reduce((sum, { items }) => sum + items.length - 1, 0);
    const { user, system } = process.cpuUsage(startedCpu);
    const cpuSeconds = (user + system) / 1e6;
    const growth = before
      ? `, ${(cpuSeconds / before.cpuSeconds).toFixed(1)} × for ${count / before.count} × the images`
      : '';
    before = { cpuSeconds, count };
    console.log(
      `${kind}, ${count}: ${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of CPU${growth}; ${found} of ${planted.length} copies found, ` +
        `${links - found} other links, heap ${(process.memoryUsage().heapUsed / 2 ** 20).toFixed(0)} MiB`,
    );
  }
}

function materialOf(make, count) {
  const sketches = new Uint8Array(count * core.sketchLength);
  const contentHashes = new Uint8Array(count * core.hashLength);
  const widths = new Int32Array(count);
  const heights = new Int32Array(count);
  const planted = [];
  const keep = (item, image) => {
    sketches.set(core.sketchImage(image), item * core.sketchLength);
    [widths[item], heights[item]] = [image.width, image.height];
    new DataView(contentHashes.buffer).setUint32(item * core.hashLength, item + 1);
  };
  const originals = Math.floor(count * 0.99);
  for (let item = 0; item < originals; item++) keep(item, make(item));
  const random = new core.PhiloxStream(seed, 0x636f7079, 0);
  for (let item = originals; item < count; item++) {
    const original = random.nextBelow(originals);
    const image = make(original);
    planted.push([original, item]);
    if (item % 3 === 0) keep(item, image);
    else if (item % 3 === 1) keep(item, core.flipHorizontally(image));
    else {
      const scale = 0.7 + random.nextBelow(1001) / 1000;
      keep(item, core.resizeBilinear(image, Math.round(image.width * scale), Math.round(image.height * scale)));
    }
    if (item % 3 === 0)
      contentHashes.copyWithin(item * core.hashLength, original * core.hashLength, (original + 1) * core.hashLength);
  }
  const pixelHashes = new Uint8Array(contentHashes.length);
  const material = { count, sketches, contentHashes, pixelHashes, widths, heights, splits: new Uint8Array(count) };
  return { material, planted };
}

async function digitsOf(side) {
  const read = async (name) => {
    const file = path.join(root, '..', 'shared', 'data', 'mnist', `${name}-images-idx3-ubyte.gz`);
    return gunzipSync(await readFile(file)).subarray(16);
  };
  const pixels = Buffer.concat([await read('train'), await read('t10k')]);
  const known = pixels.length / 784;
  return (item) => {
    const from = (item % known) * 784;
    let image = { width: 28, height: 28, channels: 1, pixels: new Uint8Array(pixels.subarray(from, from + 784)) };
    if (item >= known) {
      const random = new core.PhiloxStream(seed, 0x6469676974, item);
      const between = (least, most) => least + ((most - least) * random.nextBelow(2 ** 20)) / 2 ** 20;
      const change = {
        angle: between(-15, 15),
        translate: [between(-2, 2), between(-2, 2)],
        scale: between(0.85, 1.15),
        shear: [between(-15, 15), between(-5, 5)],
      };
      const matrix = core.inverseAffineMatrix(change, [14, 14]);
      image = core.transformAffine(image, matrix, { interpolation: 'bilinear', fill: 0 });
    }
    return side === 28 ? image : core.resizeBilinear(image, side, side);
  };
}

/** A sum of layers of random values, each twice as fine as that before and half as strong; of each fineness there are 256. */
function photosOf() {
  const [width, height] = [192, 128];
  const random = new core.PhiloxStream(seed, 0x70686f746f, 0);
  const finenesses = [2, 4, 8, 16, 32].map((cells) =>
    Array.from({ length: 256 }, () => {
      const pixels = Uint8Array.from({ length: cells * cells * 3 }, () => random.nextBelow(256));
      return core.resizeBilinear({ width: cells, height: cells, channels: 3, pixels }, width, height).pixels;
    }),
  );
  return (item) => {
    const chosen = new core.PhiloxStream(seed, 0x70686f746f, 1 + item);
    const [a, b, c, d, e] = finenesses.map((layers) => layers[chosen.nextBelow(256)]);
    const pixels = new Uint8ClampedArray(width * height * 3);
    for (let i = 0; i < pixels.length; i++) {
      const sum = 0.6 * a[i] + 0.3 * b[i] + 0.15 * c[i] + 0.075 * d[i] + 0.0375 * e[i];
      pixels[i] = sum - 20;
    }
    return { width, height, channels: 3, pixels: new Uint8Array(pixels.buffer) };
  };
}
