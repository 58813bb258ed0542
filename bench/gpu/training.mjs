// CNN Lab's GPU engine against PyTorch on CUDA, eager and (from torch 2 on) compiled: `npm run -s bench:gpu -- [options]`.
// Needs a GPU, and for the comparison a Python with a CUDA build of torch (/usr/bin/python3, or CNN_LAB_PYTHON).
//
// A training step is forward, cross-entropy, backward and Adam, all in 32 bits (no TF32), with the images on the device. The
// sides take turns within one run; the medians are over all rounds. The peak is what multiply-adds in registers reach.
import path from 'node:path';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { loadEngine, root } from '../cpu/load-engine.mjs';
import { networkNamed, networks } from '../cpu/networks.mjs';
import { PyTorchNetwork, hasPyTorch } from '../cpu/peers/pytorch.mjs';
import { median } from '../cpu/statistics.mjs';
import { OurGpuNetwork } from './our-gpu-network.mjs';

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: networks.map(({ name }) => name).join(',') },
    batches: { type: 'string', default: '64,256,1024' },
    rounds: { type: 'string', default: '5' },
    /** Of each side in each round. */
    seconds: { type: 'string', default: '1' },
    /** Without measuring the device's tiles first, which training does once for each driver. */
    'no-tune': { type: 'boolean', default: false },
    /** On a GPU in software too, to see that the benchmark runs; its peak is not measured. */
    software: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const [rounds, seconds] = [options.rounds, options.seconds].map(Number);
const batches = options.batches.split(',').map(Number);
const chosen = options.networks.split(',').map(networkNamed);
const say = (text) => (options.json ? console.error(text) : console.log(text));

const parts = await loadEngine([
  `export { createWebgpuEngine, tuneDevice } from './engine/webgpu/webgpu-engine';`,
  `export { measureGpuPeak } from './engine/webgpu/measure-gpu-peak';`,
]);
// The instance must outlive its adapters and devices.
const gpu = createRequire(path.join(root, 'package.json'))('webgpu').create([]);
const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
const why =
  'it needs a graphics card and its Vulkan, Direct3D 12 or Metal driver; `node dist/cli.js doctor` says what is missing.';
if (!adapter) refuse(`There is no GPU here that could be measured: ${why}`);
if (adapter.info.isFallbackAdapter && !options.software) {
  refuse(`The only GPU here computes on the processor (${adapter.info.description}): ${why}`);
}
const engine = await parts.createWebgpuEngine({ adapter });
if (!options['no-tune']) say(`tuning ${JSON.stringify(await parts.tuneDevice(engine))}`);
const peak = adapter.info.isFallbackAdapter ? NaN : (await parts.measureGpuPeak(engine)) / 1e9;
const known = Number.isFinite(peak);
say(
  `${engine.info.description}; ${known ? `peak ${peak.toFixed(0)} GFLOP/s; ` : ''}${rounds} rounds of ${seconds} s a side`,
);
const peers = hasPyTorch() ? await findPeers() : [];
if (peers.length === 0) say('No PyTorch with CUDA here (CNN_LAB_PYTHON): CNN Lab alone.');

for (const network of chosen) {
  for (const batch of batches) {
    try {
      await compare(network, batch);
    } catch (error) {
      // The others can be measured all the same.
      process.exitCode = 1;
      if (options.json) console.log(JSON.stringify({ network: network.name, batch, error: error.message }));
      else console.log(`${network.name}, batch ${batch}: ${error.message}`);
    }
  }
}
await engine.dispose();

function refuse(text) {
  console.error(text);
  process.exit(1);
}

/** Which sides PyTorch has here. */
async function findPeers() {
  const peer = await openPeer(chosen[0], false);
  const { info } = peer;
  await peer.dispose();
  if (!info.cuda) return [];
  say(`PyTorch ${info.torch}, CUDA ${info.cuda}, ${info.device}`);
  return info.compiles ? ['eager', 'compiled'] : ['eager'];
}

function openPeer(network, compiled) {
  return PyTorchNetwork.open(network, 1, { script: 'bench/gpu/peers/pytorch_cuda.py', compiled });
}

async function compare(network, batch) {
  const ours = await OurGpuNetwork.open(parts, engine, network, batch);
  const opened = [];
  try {
    const flops = await ours.prepareTraining(batch, network.input);
    for (const side of peers) opened.push({ side, peer: await openPeer(network, side === 'compiled') });
    const sides = [
      { side: 'ours', run: (time) => ours.trainFor(time) },
      ...opened.map(({ side, peer }) => ({ side, run: (time) => peer.trainFor(batch, time) })),
    ];
    const times = new Map(sides.map(({ side }) => [side, []]));
    // The first turn of each is a warm-up: compilers and caches.
    for (const { run } of sides) await run(Math.min(1, seconds));
    for (let round = 0; round < rounds; round++) {
      for (const { side, run } of sides) times.get(side).push(...(await run(seconds)));
    }
    report({ network: network.name, batch, flops, launches: ours.training.dispatchCount, times });
  } finally {
    for (const { peer } of opened) await peer.dispose();
    await ours.dispose();
  }
}

function report({ network, batch, flops, launches, times }) {
  const [oursMs, eagerMs, compiledMs] = ['ours', 'eager', 'compiled'].map((side) => {
    const all = times.get(side);
    return all ? median(all) : null;
  });
  const gflops = flops / oursMs / 1e6;
  const ratio = (theirs) => (theirs === null ? null : round(theirs / oursMs));
  const result = {
    ...{ network, batch, oursMs: round(oursMs), eagerMs: round(eagerMs), compiledMs: round(compiledMs) },
    ...{ ratioToEager: ratio(eagerMs), ratioToCompiled: ratio(compiledMs) },
    ...{ launches, gflops: round(gflops) },
    ...(known ? { peakGflops: round(peak), shareOfPeak: round(gflops / peak) } : {}),
    ...{ rounds, measurements: times.get('ours').length },
  };
  if (options.json) {
    console.log(JSON.stringify(result));
    return;
  }
  const theirs = [
    ...(eagerMs === null ? [] : [`eager ${result.eagerMs} ms (×${result.ratioToEager})`]),
    ...(compiledMs === null ? [] : [`compiled ${result.compiledMs} ms (×${result.ratioToCompiled})`]),
  ];
  const own = `${network}, batch ${batch}: ${result.oursMs} ms, ${launches} launches, ${result.gflops} GFLOP/s`;
  const share = known ? ` (${Math.round((100 * gflops) / peak)} % of peak)` : '';
  console.log([`${own}${share}`, ...theirs].join('; '));
}

/** Four significant digits are more than a timing has. */
function round(value) {
  return value === null ? null : Number(value.toPrecision(4));
}
