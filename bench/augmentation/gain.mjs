// What augmentation is worth: a small ResNet trained on 5,000 CIFAR-10 images with and without it, everything else alike, over several
// seeds: `node bench/augmentation/gain.mjs [options]`. Needs `npm run build` and a CIFAR-10 of JPEG files (an archive is read as it is).
//
// A seed decides the initial weights, the order of the images, which of them are for validation, and the draws. The test accuracy is
// that of the epoch with the lowest validation loss, which the 500 validation images alone have chosen. What is told of a
// difference is its mean over the seeds and the standard error of that mean.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
const execute = promisify(execFile);

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: path.join(root, '../shared/data/cifar10.tar.gz') },
    model: { type: 'string', default: path.join(root, 'samples/models/small_resnet.py') },
    seeds: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '30' },
    /** Some of the arms, by name. */
    arms: { type: 'string', default: 'none,crop-flip-cutout' },
    json: { type: 'boolean', default: false },
  },
});
const recipe = ['--optimizer', 'sgd', '--lr', '0.1', '--weight-decay', '0.0005', '--schedule', 'one-cycle'];
const arms = {
  none: [],
  'crop-flip': ['--augment', 'RandomCrop(32, padding=4), RandomHorizontalFlip()'],
  'crop-flip-cutout': ['--augment', 'RandomCrop(32, padding=4), RandomHorizontalFlip(), Cutout(8)'],
  randaugment: ['--augment', 'RandomCrop(32, padding=4), RandomHorizontalFlip(), RandAugment()'],
  'trivial-augment': ['--augment', 'RandomCrop(32, padding=4), RandomHorizontalFlip(), TrivialAugmentWide()'],
  'crop-flip-mixup': ['--augment', 'RandomCrop(32, padding=4), RandomHorizontalFlip()', '--mixup', '0.2'],
  'crop-flip-cutmix': ['--augment', 'RandomCrop(32, padding=4), RandomHorizontalFlip()', '--cutmix', '1'],
};
const chosen = options.arms.split(',').map((name) => {
  if (!arms[name]) throw new Error(`There is no arm ${name}: ${Object.keys(arms).join(', ')}`);
  return name;
});
const seeds = Array.from({ length: Number(options.seeds) }, (_, index) => index + 1);
const say = (text) => (options.json ? console.error(text) : console.log(text));
const runs = mkdtempSync(path.join(tmpdir(), 'cnn-lab-augmentation-'));

try {
  const machine = `${cpus().length} × ${cpus()[0].model.trim()}, Node ${process.versions.node}`;
  say(
    `${path.basename(options.model)}, ${options.epochs} epochs, batch 64, ${recipe.join(' ')}; n = ${seeds.length} seeds; ${machine}`,
  );
  const accuracies = new Map(chosen.map((name) => [name, []]));
  for (const seed of seeds) {
    for (const name of chosen) {
      const result = await train(name, seed);
      accuracies.get(name).push(result.testAccuracy);
      if (options.json) console.log(JSON.stringify({ arm: name, seed, ...result }));
      say(`seed ${seed}  ${name.padEnd(18)} test ${percent(result.testAccuracy)}  best epoch ${result.bestEpoch}`);
    }
  }
  say('');
  const [base, ...others] = chosen;
  for (const name of chosen) say(`${name.padEnd(18)} ${describe(accuracies.get(name))}`);
  for (const name of others) {
    const gains = accuracies.get(name).map((accuracy, index) => accuracy - accuracies.get(base)[index]);
    say(`${name} − ${base}: ${describe(gains)}`);
    if (options.json)
      console.log(JSON.stringify({ gain: name, over: base, seeds: seeds.length, ...statistics(gains) }));
  }
} finally {
  rmSync(runs, { recursive: true, force: true });
}

async function train(arm, seed) {
  const out = path.join(runs, `${arm}-${seed}`);
  const { stdout } = await execute(
    process.execPath,
    [
      path.join(root, 'dist/cli.js'),
      ...['train', options.model, '--data', options.data, '--out', out, '--json', '--epoch-checkpoints', '0'],
      ...['--epochs', options.epochs, '--seed', `${seed}`, '--device', 'cpu', ...recipe, ...arms[arm]],
    ],
    { maxBuffer: 2 ** 26 },
  );
  const lines = stdout.trim().split('\n');
  const { testAccuracy, testLoss, bestEpoch, trainSeconds } = JSON.parse(lines.at(-1));
  return { testAccuracy, testLoss, bestEpoch, trainSeconds };
}

function statistics(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = values.length > 1 ? Math.sqrt(squares / (values.length - 1) / values.length) : NaN;
  return { mean, standardError };
}

function describe(values) {
  const { mean, standardError } = statistics(values);
  return `${percent(mean)} ± ${percent(standardError)} (${values.map(percent).join(', ')})`;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
