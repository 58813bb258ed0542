// Speed of the CPU engine's kernels: `node bench/cpu/kernels.mjs [threads=1] [filter]`. Needs `npm run build`.
// Prints the median and the best of n runs in GFLOP/s (a multiply-add is two), or in GB/s for what only moves memory.
import { cpus } from 'node:os';
import { assets, loadEngine } from './load-engine.mjs';
import { median } from './statistics.mjs';

const threads = Number(process.argv[2] ?? 1);
const filter = process.argv[3] ?? '';
const secondsEach = 1;

const { createWasmEngine, measurePeak } = await loadEngine();
const noRegion = { offset: 0, byteLength: 0 };
const noState = { slots: [], byteLength: 0, parameters: noRegion, gradients: noRegion, moments: [] };
const count = (shape) => shape.reduce((product, size) => product * size, 1);

function conv(label, images, channels, size, outputs, kernel, stride = 1, padding = (kernel - 1) >> 1, groups = 1) {
  const outputSize = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const x = [images, channels, size, size];
  const weight = [outputs, channels / groups, kernel, kernel];
  const y = [images, outputs, outputSize, outputSize];
  const attrs = { stride: [stride, stride], padding: Array(4).fill(padding), dilation: [1, 1], groups };
  const work = 2 * count(y) * count(weight.slice(1));
  return [
    { label: `${label} forward`, op: 'conv2d', attrs, inputs: [x, weight, [outputs]], output: y, work },
    { label: `${label} grad input`, op: 'conv2d_grad_input', attrs, inputs: [y, weight], output: x, work },
    { label: `${label} grad weight`, op: 'conv2d_grad_weight', attrs, inputs: [x, y], output: weight, work },
  ];
}

function linear(rows, inputs, outputs) {
  const [x, weight, y] = [
    [rows, inputs],
    [outputs, inputs],
    [rows, outputs],
  ];
  const label = `linear ${rows}: ${inputs}->${outputs}`;
  const work = 2 * rows * inputs * outputs;
  return [
    { label: `${label} forward`, op: 'linear', attrs: {}, inputs: [x, weight, [outputs]], output: y, work },
    { label: `${label} grad input`, op: 'linear_grad_input', attrs: {}, inputs: [y, weight], output: x, work },
    { label: `${label} grad weight`, op: 'linear_grad_weight', attrs: {}, inputs: [x, y], output: weight, work },
  ];
}

/** Speed of memory: bytes read and written. `values`: what all elements of an input are, where not any numbers will do. */
function memory(label, op, attrs, inputs, output, values = []) {
  return {
    values,
    label,
    op,
    attrs,
    inputs,
    output,
    work: 4 * [...inputs, output].reduce((sum, each) => sum + count(each), 0),
  };
}

const planes = [32, 64, 32, 32];
const halving = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], ceilMode: false };
const overlapping = { ...halving, kernel: [3, 3], padding: [1, 1] };
const halved = [32, 64, 16, 16];
const averaging = { ...halving, countIncludePad: true, divisorOverride: null };
const winners = [(count(halved) * 5) / 4];
/** A float of four bytes that all say that this element of a window won. */
const of = (element) => new Float32Array(Uint8Array.of(element, element, element, element).buffer)[0];
const cases = [
  ...conv('3x3 64->64 16x16 N=32', 32, 64, 16, 64, 3),
  ...conv('3x3 128->128 8x8 N=32', 32, 128, 8, 128, 3),
  ...conv('3x3 512->512 4x4 N=32', 32, 512, 4, 512, 3),
  ...conv('3x3 64->64 56x56 N=4', 4, 64, 56, 64, 3),
  ...conv('3x3/2 64->128 16x16 N=32', 32, 64, 16, 128, 3, 2),
  ...conv('1x1 64->256 16x16 N=32', 32, 64, 16, 256, 1),
  ...conv('3x3 3->16 32x32 N=32', 32, 3, 32, 16, 3),
  ...conv('7x7/2 3->64 224x224 N=2', 2, 3, 224, 64, 7, 2),
  ...conv('LeNet conv1 N=64', 64, 1, 28, 6, 5, 1, 2),
  ...conv('LeNet conv2 N=64', 64, 6, 14, 16, 5, 1, 0),
  ...conv('depthwise 3x3 64 32x32 N=16', 16, 64, 32, 64, 3, 1, 1, 64),
  ...linear(64, 400, 120),
  ...linear(64, 4096, 1024),
  memory('relu', 'relu', {}, [planes], planes),
  memory('add', 'add', {}, [planes, planes], planes),
  memory('max_pool2d 2x2', 'max_pool2d', halving, [planes], halved),
  memory('max_pool2d 2x2 winners', 'max_pool_winners', halving, [planes], winners),
  memory('max_pool2d 2x2 grad', 'max_pool_grad', { ...halving, inputShape: planes }, [halved, winners], planes, [
    undefined,
    of(3),
  ]),
  memory('max_pool2d 3x3/2', 'max_pool2d', overlapping, [planes], halved),
  memory('max_pool2d 3x3/2 winners', 'max_pool_winners', overlapping, [planes], winners),
  memory(
    ...['max_pool2d 3x3/2 grad', 'max_pool_grad', { ...overlapping, inputShape: planes }],
    ...[[halved, winners], planes, [undefined, of(4)]],
  ),
  memory('avg_pool2d 2x2', 'avg_pool2d', averaging, [planes], halved),
  memory('avg_pool2d 2x2 grad', 'avg_pool_grad', { ...averaging, inputShape: planes }, [halved], planes),
  memory('batch_norm_stats', 'batch_norm_stats', {}, [planes], [2, 64]),
  memory('batch_norm_normalize', 'batch_norm_normalize', { eps: 1e-5, affine: false }, [planes, [2, 64]], planes),
  memory('batch_norm_grad_stats', 'batch_norm_grad_stats', { eps: 1e-5 }, [planes, planes, [2, 64]], [2, 64]),
  memory('channel_sum', 'channel_sum', {}, [planes], [64]),
  memory('adaptive_avg_pool2d 1x1', 'adaptive_avg_pool2d', { outputSize: [1, 1] }, [planes], [32, 64, 1, 1]),
  memory('dropout', 'dropout_apply', { p: 0.5, key: 1, perChannel: false }, [planes, [4]], planes),
  memory('softmax', 'softmax', { dim: 1 }, [[1024, 1000]], [1024, 1000]),
];

const engine = await createWasmEngine({ assets, threads });
console.log(`${engine.info.description}; Node ${process.versions.node}; ${cpus()[0]?.model} × ${cpus().length}`);
console.log(`multiply-adds in registers: ${((await measurePeak(engine)) / 1e9).toFixed(1)} GFLOP/s`);
for (const each of cases.filter(({ label }) => label.includes(filter))) await measure(each);
await engine.dispose();

async function measure({ label, op, attrs, inputs, output, work, values: given = [] }) {
  let arenaBytes = 0;
  const place = (shape) => {
    const offset = arenaBytes;
    arenaBytes += Math.ceil((count(shape) * 4) / 64) * 64;
    return { region: 'arena', offset, shape, dtype: 'f32' };
  };
  const tensors = inputs.map(place);
  const step = { kind: 'kernel', op, attrs, inputs: tensors, output: place(output) };
  const session = await engine.createSession(noState);
  const named = Object.fromEntries(tensors.map((tensor, i) => [i, tensor]));
  const program = await session.compile({
    name: op,
    batchSize: 1,
    steps: [step],
    inputs: named,
    outputs: {},
    arenaBytes,
  });
  for (const name of Object.keys(named)) {
    const values = program.input(name);
    const fixed = given[Number(name)];
    for (let i = 0; i < values.length; i++) values[i] = fixed ?? ((i * 7919) % 2001) / 1000 - 1;
  }
  const speeds = [];
  for (let i = 0; i < 3; i++) await program.run();
  for (const end = performance.now() + 1000 * secondsEach; performance.now() < end || speeds.length < 5;) {
    const started = performance.now();
    await program.run();
    speeds.push(work / (performance.now() - started) / 1e6);
  }
  const [middle, best] = [median(speeds), Math.max(...speeds)];
  const unit = /^(conv|linear)/.test(op) ? 'GFLOP/s' : 'GB/s';
  const milliseconds = (work / middle / 1e6).toFixed(3);
  console.log(
    `${label.padEnd(36)} ${middle.toFixed(1).padStart(6)} ${unit}, best ${best.toFixed(1)} (${milliseconds} ms, n=${speeds.length})`,
  );
  await session.dispose();
}
