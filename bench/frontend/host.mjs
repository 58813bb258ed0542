// How long the extension host is kept waiting: `node bench/frontend/host.mjs [rounds=20]`, after `npm run build`. Sends
// torchvision's files to the analysis thread as the extension does, one keystroke after another, and prints the longest
// time for which this thread (the host's part) could do nothing else, and the time until each answer.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const rounds = Number(process.argv[2] ?? 20);
const bundle = path.join(root, 'build/bench/host.mjs');
await mkdir(path.dirname(bundle), { recursive: true });
await build({
  entryPoints: [path.join(root, 'src/extension/analysis/analysis-thread.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
const { AnalysisThread } = await import(pathToFileURL(bundle).href);

const resolution = 1;
for (const [name, target] of [
  ['resnet', 'resnet50'],
  ['densenet', 'densenet201'],
]) {
  const file = `/usr/lib/python3/dist-packages/torchvision/models/${name}.py`;
  if (!existsSync(file)) {
    console.log(`${file} is not there (Debian: python3-torchvision): left out`);
    continue;
  }
  const thread = new AnalysisThread({ script: path.join(root, 'dist/analysis-thread.js'), warn: console.error });
  const inputs = { '*': { shape: ['N', 3, 224, 224], origin: { kind: 'setting' } } };
  const delays = monitorEventLoopDelay({ resolution });
  const answers = [];
  let text = readFileSync(file, 'utf8');
  for (let round = 0; round <= rounds; round++) {
    // The first answer includes the thread's start; the keystrokes after it count.
    if (round === 1) delays.enable();
    const request = { file, text, language: 'python', target, inputs, classCounts: {} };
    const started = performance.now();
    await thread.analyze(file, { file: request, unsaved: {} });
    if (round > 0) answers.push(performance.now() - started);
    text += 'x'.replace('x', round === 0 ? '\n# x' : 'x');
  }
  delays.disable();
  await thread.dispose();
  answers.sort((a, b) => a - b);
  const blocked = delays.max / 1e6 - resolution;
  console.log(
    `${name}.py:${target}  answers after ${(answers[answers.length >> 1] ?? 0).toFixed(0)} ms (median)  host blocked for ${blocked.toFixed(1)} ms at most (goal < 50)`,
  );
}
