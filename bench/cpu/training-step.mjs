// Time of one training step: `node bench/cpu/training-step.mjs [threads=2] [model=samples/models/lenet.py:LeNet]
// [input=1,28,28] [batch=64]`. Needs `npm run build`. Prints median and best of n steps (batches already in memory).
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const [threads = '2', model = 'samples/models/lenet.py:LeNet', input = '1,28,28', batch = '64'] = process.argv.slice(2);
const [file, target] = model.split(':');
const batchSize = Number(batch);

const bundle = path.join(root, 'build/bench/training-step.mjs');
await mkdir(path.dirname(bundle), { recursive: true });
await build({
  stdin: {
    resolveDir: path.join(root, 'src'),
    contents: [
      `export { createWasmEngine } from './engine/wasm/wasm-engine';`,
      `export { modelPlans } from './engine/model-plans';`,
      `export { traceModel } from './core/python/trace-model';`,
      `export { hyperparameters } from './core/train/optimizer';`,
    ].join('\n'),
  },
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
const { createWasmEngine, modelPlans, traceModel, hyperparameters } = await import(pathToFileURL(bundle).href);

const text = readFileSync(path.join(root, file), 'utf8');
const { graph } = traceModel({ file, text, target, inputShape: ['N', ...input.split(',').map(Number)] });
const optimizer = { kind: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
const plans = modelPlans(graph, optimizer);
const engine = await createWasmEngine({ assets: path.join(root, 'dist'), threads: Number(threads) });
const session = await engine.createSession(plans.layout);
for (const { name, role, tensor } of plans.layout.slots) {
  if (role !== 'parameter') continue;
  const values = Float32Array.from(
    { length: tensor.shape.reduce((a, b) => a * b, 1) },
    () => 0.1 * (Math.random() - 0.5),
  );
  await session.writeState(name, values);
}
const program = await session.compile(plans.training(batchSize));
const times = [];
for (let step = 1; step <= 20 || (performance.now() < 15_000 && step <= 300); step++) {
  const images = program.input('images');
  for (let i = 0; i < images.length; i++) images[i] = Math.random();
  program.input('targets').set(Array.from({ length: batchSize }, (_, i) => i % 10));
  program.input('hyper').set(hyperparameters(optimizer, 1e-3, step));
  if (program.plan.inputs.random) program.input('random').set([1, 2, step, 0]);
  const started = performance.now();
  await program.run();
  times.push(performance.now() - started);
}
times.sort((a, b) => a - b);
const [best, median] = [times[0], times[times.length >> 1]].map((ms) => ms.toFixed(2));
console.log(`${engine.info.description}; Node ${process.versions.node}; ${cpus()[0]?.model} × ${cpus().length}`);
console.log(`${model}, batch ${batch}: median ${median} ms a step, best ${best} ms (n=${times.length})`);
await engine.dispose();
