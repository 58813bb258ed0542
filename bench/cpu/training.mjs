// CNN Lab against PyTorch on the same networks, batches and threads: `npm run -s bench:cpu -- [options]`. Needs
// `npm run build`, and for the comparison a Python with torch (/usr/bin/python3, or CNN_LAB_PYTHON).
//
// A training step is forward, cross-entropy, backward and Adam. Both sides take turns within one run, so that a machine
// that is slow for a while is slow for both; the medians are over all rounds. GFLOP/s count a convolution as if it were
// computed by its definition; the peak is what multiply-adds in registers reach on as many threads.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { assets, loadEngine, root } from './load-engine.mjs';
import { networkNamed, networks } from './networks.mjs';
import { OurNetwork } from './our-network.mjs';
import { PyTorchNetwork, describeBlas, hasPyTorch } from './peers/pytorch.mjs';
import { median } from './statistics.mjs';

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: networks.map(({ name }) => name).join(',') },
    rounds: { type: 'string', default: '5' },
    /** Of each side in each round. */
    seconds: { type: 'string', default: '2' },
    threads: { type: 'string', default: String(cpus().length) },
    /** Also inference, with batches of 1 and 32. */
    'batch-inference': { type: 'boolean', default: false },
    /** Also peak memory of training ResNet-18. */
    memory: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const chosen = options.networks.split(',').map(networkNamed);
const [rounds, seconds, threads] = [options.rounds, options.seconds, options.threads].map(Number);
const say = (text) => (options.json ? console.error(text) : console.log(text));
const columns = [12, 14, 10, 10, 8, 9, 8];

const parts = await loadEngine();
const engine = await parts.createWasmEngine({ assets, threads });
const withPyTorch = hasPyTorch();
const peak = (await parts.measurePeak(engine)) / 1e9;

say(`${engine.info.description}; Node ${process.versions.node}; ${cpus()[0]?.model} × ${cpus().length}`);
say(`peak ${peak.toFixed(1)} GFLOP/s; ${rounds} rounds of ${seconds} s a side`);
if (!withPyTorch) say('No PyTorch here (apt-get install python3-torch, or CNN_LAB_PYTHON): CNN Lab alone.');
let described = false;
let titled = false;
for (const network of chosen) {
  try {
    await compare(network);
  } catch (error) {
    // The others can be measured all the same.
    process.exitCode = 1;
    if (options.json)
      console.log(JSON.stringify({ network: network.name, batch: network.batch, threads, error: error.message }));
    else console.log(`${network.name}: ${error.message}`);
  }
}
await engine.dispose();
if (options.memory) await compareMemory(networkNamed('resnet18'));

async function compare(network) {
  const ours = await OurNetwork.open(parts, engine, network);
  const flops = await ours.prepareTraining(network.batch);
  const torch = withPyTorch ? await PyTorchNetwork.open(network, threads) : undefined;
  if (torch && !described) {
    say(`PyTorch ${torch.info.torch}, ${torch.info.threads} threads, ${describeBlas(torch.info)}`);
    described = true;
  }
  const { batch } = network;
  const training = await inTurn((time) => ours.trainFor(time), torch && ((time) => torch.trainFor(batch, time)));
  report(network, 'training', batch, flops, training);
  for (const images of options['batch-inference'] ? [1, 32] : []) {
    const inferenceFlops = await ours.prepareInference(images);
    const inference = await inTurn((time) => ours.inferFor(time), torch && ((time) => torch.inferFor(images, time)));
    report(network, 'inference', images, inferenceFlops, inference);
  }
  await torch?.dispose();
  await ours.dispose();
}

/** Median milliseconds of both sides; the first turn of each is a warm-up. */
async function inTurn(ours, torch, torchCpu) {
  const times = { ours: [], torch: [] };
  await ours(Math.min(1, seconds));
  await torch?.(Math.min(1, seconds));
  const others = await watchOthers(torchCpu);
  for (let round = 0; round < rounds; round++) {
    times.ours.push(...(await ours(seconds)));
    if (torch) times.torch.push(...(await torch(seconds)));
  }
  return {
    oursMs: median(times.ours),
    oursBestMs: Math.min(...times.ours),
    pytorchMs: torch ? median(times.torch) : null,
    pytorchBestMs: torch ? Math.min(...times.torch) : null,
    steps: times.ours.length,
    othersShare: await others(),
  };
}

function report({ name }, mode, batch, flops, times) {
  const { oursMs, pytorchMs, othersShare } = times;
  const gflops = flops / oursMs / 1e6;
  const ratio = pytorchMs === null ? null : pytorchMs / oursMs;
  if (options.json) {
    console.log(
      JSON.stringify({
        network: name,
        mode,
        batch,
        threads,
        oursMs: round(oursMs),
        pytorchMs: round(pytorchMs),
        ratioToPyTorch: round(ratio),
        gflops: round(gflops),
        shareOfPeak: round(gflops / peak),
        oursBestMs: round(times.oursBestMs),
        pytorchBestMs: round(times.pytorchBestMs),
        steps: times.steps,
        othersShareOfCpu: round(othersShare),
      }),
    );
    return;
  }
  if (!titled) printRow(['network', 'batch', 'ours ms', 'torch ms', 'ratio', 'GFLOP/s', 'of peak']);
  titled = true;
  const label = mode === 'training' ? `${batch}` : `${batch} (inference)`;
  const share = `${Math.round((100 * gflops) / peak)} %`;
  const theirs = [pytorchMs?.toFixed(2) ?? '–', ratio?.toFixed(2) ?? '–'];
  const busy = othersShare > 0.05 ? `  others took ${Math.round(100 * othersShare)} % of the machine` : '';
  printRow([name, label, oursMs.toFixed(2), ...theirs, gflops.toFixed(1), share, busy]);
}

/** Gives a function that says which share of the machine neither side has used since. */
async function watchOthers(torchCpu) {
  const used = async () =>
    process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6 + ((await torchCpu?.()) ?? 0);
  const busy = () =>
    cpus().reduce((sum, { times }) => sum + (times.user + times.nice + times.sys + times.irq) / 1000, 0);
  const start = { used: await used(), busy: busy(), ms: performance.now() };
  return async () => {
    const seconds = ((performance.now() - start.ms) / 1000) * cpus().length;
    return Math.max(0, busy() - start.busy - (await used()) + start.used) / seconds;
  };
}

/** In fresh processes: three steps of training. */
async function compareMemory(network) {
  const { name, batch } = network;
  const script = path.join(root, 'bench/cpu/our-memory.mjs');
  const own = spawnSync(process.execPath, [script, name, String(batch), String(threads)], { encoding: 'utf8' });
  if (own.status !== 0) throw new Error(`Training ${name} in a process of its own failed:\n${own.stderr}`);
  const oursPeakMiB = JSON.parse(own.stdout).peakMiB;
  let pytorchPeakMiB = null;
  if (withPyTorch) {
    const torch = await PyTorchNetwork.open(network, threads);
    await torch.trainFor(batch, 0, 3);
    pytorchPeakMiB = await torch.peakMiB();
    await torch.dispose();
  }
  if (options.json) {
    const peaks = { oursPeakMiB: round(oursPeakMiB), pytorchPeakMiB: round(pytorchPeakMiB) };
    console.log(JSON.stringify({ network: name, mode: 'memory', batch, threads, ...peaks }));
  } else {
    const theirs = pytorchPeakMiB === null ? '' : `, PyTorch ${pytorchPeakMiB.toFixed(0)} MiB`;
    console.log(`peak memory of training ${name}, batch ${batch}: ours ${oursPeakMiB.toFixed(0)} MiB${theirs}`);
  }
}

function printRow(cells) {
  console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(columns[i]) : cell.padStart(columns[i]))).join(' '));
}

/** Four significant digits are more than a timing has. */
function round(value) {
  return value === null ? null : Number(value.toPrecision(4));
}
