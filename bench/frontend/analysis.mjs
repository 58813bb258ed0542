// Time of a keystroke's re-analysis: `node bench/frontend/analysis.mjs [rounds=20]`. Edits torchvision's own files (where
// Debian's python3-torchvision has put them) and those of the zoo, one character a time, and analyses each version as the
// editor does. Prints median, best and worst in milliseconds, cold (the first) and warm, and the time of a hover.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const torchvision = '/usr/lib/python3/dist-packages/torchvision/models';
const rounds = Number(process.argv[2] ?? 20);
const cases = [
  [`${torchvision}/resnet.py`, 'resnet50', 50],
  [`${torchvision}/densenet.py`, 'densenet201', 200],
  [`${torchvision}/efficientnet.py`, 'efficientnet_b0', undefined],
  [path.join(root, 'samples/models/resnet.py'), 'resnet50', undefined],
  [path.join(root, 'samples/models/lenet.py'), 'LeNet', undefined],
];

const bundle = path.join(root, 'build/bench/analysis.mjs');
await mkdir(path.dirname(bundle), { recursive: true });
await build({
  stdin: {
    resolveDir: path.join(root, 'src'),
    contents: [
      `export { analyzeFile } from './core/analysis/analyze-file';`,
      `export { hoverAt } from './core/hints/hover-text';`,
      `export { readPythonModule } from './node/read-python-module';`,
    ].join('\n'),
  },
  outfile: bundle,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
const { analyzeFile, readPythonModule } = await import(pathToFileURL(bundle).href);

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}, ${rounds} keystrokes each`);
for (const [file, target, goal] of cases) {
  if (!existsSync(file)) {
    console.log(`${file} is not there (Debian: python3-torchvision): left out`);
    continue;
  }
  const original = readFileSync(file, 'utf8');
  const request = (text) => ({
    file,
    text,
    language: 'python',
    target,
    only: true,
    inputs: { '*': { shape: ['N', target === 'LeNet' ? 1 : 3, 224, 224], origin: { kind: 'given' } } },
    classCounts: {},
  });
  const times = [];
  let text = original;
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    const analysis = analyzeFile(request(text), readPythonModule);
    times.push(performance.now() - started);
    if (analysis.models[0]?.target !== target) throw new Error(`${target} was not analysed`);
    // A comment grows at the end of a line in the middle of the file.
    const middle = text.indexOf('\n', text.length / 2);
    text = `${text.slice(0, middle)}${round === 0 ? '  # ' : 'x'}${text.slice(middle)}`;
  }
  const [cold = 0, ...warm] = times;
  warm.sort((a, b) => a - b);
  const median = warm[Math.floor(warm.length / 2)] ?? 0;
  console.log(
    `${path.basename(file)}:${target}  median ${median.toFixed(1)} ms  best ${(warm[0] ?? 0).toFixed(1)}  worst ${(warm.at(-1) ?? 0).toFixed(1)}  cold ${cold.toFixed(0)}${goal ? `  (goal < ${goal})` : ''}`,
  );
}
