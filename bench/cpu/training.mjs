// CNN Lab against PyTorch on the same networks, batches and threads: `npm run -s bench:cpu -- [options]`. Needs
// `npm run build`, and for the comparison a Python with torch (/usr/bin/python3, or CNN_LAB_PYTHON).
//
// First training of each network, then inference. A training step is forward, cross-entropy, backward and Adam. All sides
// take turns within one run, so that a machine that is slow for a while is slow for each; the medians are over all rounds.
// GFLOP/s count a convolution as if it were computed by its definition. The peak is what multiply-adds in registers reach
// on as many threads: Winograd's algorithm, which needs a quarter of them, can be above it.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { assets, loadEngine, root } from './load-engine.mjs';
import { networkNamed, networks } from './networks.mjs';
import { OurNetwork } from './our-network.mjs';
import { PyTorchNetwork, describeBlas, hasPyTorch } from './peers/pytorch.mjs';
import { TfjsNetwork } from './peers/tfjs.mjs';
import { median } from './statistics.mjs';

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: networks.map(({ name }) => name).join(',') },
    rounds: { type: 'string', default: '5' },
    /** Of each side in each round. */
    seconds: { type: 'string', default: '2' },
    threads: { type: 'string', default: String(cpus().length) },
    /** Training alone. */
    'no-inference': { type: 'boolean', default: false },
    /** Also against TensorFlow.js, without native code. */
    tfjs: { type: 'boolean', default: false },
    /** Also peak memory of training ResNet-18. */
    memory: { type: 'boolean', default: false },
    /** Also what one thread takes for a training step of ResNet-18. */
    scaling: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const chosen = options.networks.split(',').map(networkNamed);
const [rounds, seconds, threads] = [options.rounds, options.seconds, options.threads].map(Number);
const say = (text) => (options.json ? console.error(text) : console.log(text));
const columns = [12, 16, 10];
const inferenceBatches = [1, 32];

/** What CNN Lab is compared with. `ratio`: of its time to ours, under this name in JSON. */
const peers = [
  {
    key: 'pytorch',
    ratio: 'ratioToPyTorch',
    title: 'torch',
    open: (network) => PyTorchNetwork.open(network, threads),
    describe: ({ info }) => `PyTorch ${info.torch}, ${info.threads} threads, ${describeBlas(info)}`,
  },
  {
    key: 'tfjs',
    ratio: 'ratioToTfjs',
    title: 'tfjs',
    open: (network) => TfjsNetwork.open(parts, network),
    describe: (theirs) => theirs.describe(),
  },
].filter(({ key }) => (key === 'pytorch' ? hasPyTorch() : options[key]));

const parts = await loadEngine();
const engine = await parts.createWasmEngine({ assets, threads });
const peak = (await parts.measurePeak(engine)) / 1e9;

say(`${engine.info.description}; Node ${process.versions.node}; ${cpus()[0]?.model} × ${cpus().length}`);
say(`peak ${peak.toFixed(1)} GFLOP/s; ${rounds} rounds of ${seconds} s a side`);
if (peers.length === 0) say('No PyTorch here (apt-get install python3-torch, or CNN_LAB_PYTHON): CNN Lab alone.');
const described = new Set();
let titled = false;
for (const network of chosen) await reportingErrors(network, compareTraining);
for (const network of options['no-inference'] ? [] : chosen) await reportingErrors(network, compareInference);
if (options.scaling) await compareThreads(networkNamed('resnet18'));
await engine.dispose();
if (options.memory) await compareMemory(networkNamed('resnet18'));

/** The other networks can be measured all the same. */
async function reportingErrors(network, compare) {
  const ours = await OurNetwork.open(parts, engine, network);
  const opened = [];
  try {
    for (const peer of peers) {
      const theirs = await peer.open(network);
      opened.push({ ...peer, theirs });
      if (!described.has(peer.key)) say(peer.describe(theirs));
      described.add(peer.key);
    }
    await compare(network, ours, opened);
  } catch (error) {
    process.exitCode = 1;
    const { name, batch } = network;
    if (options.json) console.log(JSON.stringify({ network: name, batch, threads, error: error.message }));
    else console.log(`${name}: ${error.message}`);
  } finally {
    for (const { theirs } of opened) await theirs.dispose();
    await ours.dispose();
  }
}

async function compareTraining(network, ours, opened) {
  const { batch } = network;
  const flops = await ours.prepareTraining(batch);
  const times = await inTurn(
    (time) => ours.trainFor(time),
    opened.map((peer) => ({ ...peer, run: (time) => peer.theirs.trainFor(batch, time) })),
  );
  report(network, 'training', batch, flops, times);
}

async function compareInference(network, ours, opened) {
  for (const batch of inferenceBatches) {
    const flops = await ours.prepareInference(batch);
    const times = await inTurn(
      (time) => ours.inferFor(time),
      opened.map((peer) => ({ ...peer, run: (time) => peer.theirs.inferFor(batch, time) })),
    );
    report(network, 'inference', batch, flops, times);
  }
}

/** Milliseconds of each side's steps; the first turn of each is a warm-up. */
async function inTurn(run, opened) {
  const ours = [];
  const sides = opened.map((peer) => ({ ...peer, times: [] }));
  await run(Math.min(1, seconds));
  for (const side of sides) await side.run(Math.min(1, seconds));
  const others = await watchOthers(opened);
  for (let round = 0; round < rounds; round++) {
    ours.push(...(await run(seconds)));
    for (const side of sides) side.times.push(...(await side.run(seconds)));
  }
  return { ours, sides, othersShare: await others() };
}

function report({ name }, mode, batch, flops, { ours, sides, othersShare }) {
  const oursMs = median(ours);
  const gflops = flops / oursMs / 1e6;
  const theirs = sides.map((side) => ({ ...side, ms: side.times.length === 0 ? null : median(side.times) }));
  const each = (entry) => Object.fromEntries(theirs.map(entry));
  if (options.json) {
    console.log(
      JSON.stringify({
        network: name,
        mode,
        batch,
        threads,
        oursMs: round(oursMs),
        ...(theirs.some(({ key }) => key === 'pytorch') ? {} : { pytorchMs: null, ratioToPyTorch: null }),
        ...each(({ key, ms }) => [`${key}Ms`, round(ms)]),
        ...each(({ ratio, ms }) => [ratio, ms === null ? null : round(ms / oursMs)]),
        gflops: round(gflops),
        shareOfPeak: round(gflops / peak),
        oursBestMs: round(Math.min(...ours)),
        ...each(({ key, times }) => [`${key}BestMs`, times.length === 0 ? null : round(Math.min(...times))]),
        steps: ours.length,
        othersShareOfCpu: round(othersShare),
      }),
    );
    return;
  }
  const titles = peers.flatMap(({ title }) => [`${title} ms`, 'ratio']);
  if (!titled) printRow(['network', 'batch', 'ours ms', ...titles, 'GFLOP/s', 'of peak']);
  titled = true;
  const label = mode === 'training' ? `${batch}` : `${batch} (inference)`;
  const share = `${Math.round((100 * gflops) / peak)} %`;
  const figures = theirs.flatMap(({ ms }) => (ms === null ? ['–', '–'] : [ms.toFixed(2), (ms / oursMs).toFixed(2)]));
  const busy = othersShare > 0.05 ? `  others took ${Math.round(100 * othersShare)} % of the machine` : '';
  printRow([name, label, oursMs.toFixed(2), ...figures, gflops.toFixed(1), share, busy]);
}

/** Gives a function that says which share of the machine no side has used since. */
async function watchOthers(opened) {
  const used = async () => {
    let sum = (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
    for (const { theirs } of opened) sum += await theirs.cpuSeconds();
    return sum;
  };
  const busy = () =>
    cpus().reduce((sum, { times }) => sum + (times.user + times.nice + times.sys + times.irq) / 1000, 0);
  const start = { used: await used(), busy: busy(), ms: performance.now() };
  return async () => {
    const seconds = ((performance.now() - start.ms) / 1000) * cpus().length;
    return Math.max(0, busy() - start.busy - (await used()) + start.used) / seconds;
  };
}

/** Short turns, and medians of all: a core that another machine takes for a while is missing on both sides. */
async function compareThreads(network) {
  const { name, batch } = network;
  const alone = await parts.createWasmEngine({ assets, threads: 1 });
  const sides = [];
  for (const each of [engine, alone]) {
    const ours = await OurNetwork.open(parts, each, network);
    await ours.prepareTraining(batch);
    await ours.trainFor(0.5);
    sides.push({ ours, times: [] });
  }
  for (let round = 0; round < 4 * rounds; round++) {
    for (const side of sides) side.times.push(...(await side.ours.trainFor(seconds / 4)));
  }
  const [oursMs, oneThreadMs] = sides.map(({ times }) => median(times));
  const [oursBestMs, oneThreadBestMs] = sides.map(({ times }) => Math.min(...times));
  for (const { ours } of sides) await ours.dispose();
  await alone.dispose();
  const ratio = oneThreadMs / oursMs;
  // Nothing else ran in the best step of each: what a quiet machine gives.
  const best = oneThreadBestMs / oursBestMs;
  if (options.json) {
    const times = { oursMs: round(oursMs), oneThreadMs: round(oneThreadMs), ratioToOneThread: round(ratio) };
    const bests = { oursBestMs: round(oursBestMs), oneThreadBestMs: round(oneThreadBestMs), ratioOfBest: round(best) };
    console.log(JSON.stringify({ network: name, mode: 'scaling', batch, threads, ...times, ...bests }));
  } else {
    const figures = `${oursMs.toFixed(1)} ms on ${threads} threads, ${oneThreadMs.toFixed(1)} ms on one`;
    console.log(
      `training ${name}, batch ${batch}: ${figures}: ${ratio.toFixed(2)} × (best steps ${best.toFixed(2)} ×)`,
    );
  }
}

/** In fresh processes: three steps of training. */
async function compareMemory(network) {
  const { name, batch } = network;
  const script = path.join(root, 'bench/cpu/our-memory.mjs');
  const own = spawnSync(process.execPath, [script, name, String(batch), String(threads)], { encoding: 'utf8' });
  if (own.status !== 0) throw new Error(`Training ${name} in a process of its own failed:\n${own.stderr}`);
  const oursPeakMiB = JSON.parse(own.stdout).peakMiB;
  let pytorchPeakMiB = null;
  if (peers.some(({ key }) => key === 'pytorch')) {
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
  console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(columns[i]) : cell.padStart(columns[i] ?? 9))).join(' '));
}

/** Four significant digits are more than a timing has. */
function round(value) {
  return value === null ? null : Number(value.toPrecision(4));
}
