// Time of a keystroke's re-analysis: `node bench/frontend/analysis.mjs [rounds=20]`. Edits torchvision's own files (where
// Debian's python3-torchvision has put them) and those of the zoo, one character a time, and analyses each version as the
// editor does: the model alone, then with the other models that its file's other classes need. Prints median, best and
// worst in milliseconds, cold (the first) and warm, and the time of a hover.
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
      `export { analyzeModel } from './core/analysis/analyze-model';`,
      `export { hoverText } from './core/hints/hover-text';`,
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
const { analyzeFile, analyzeModel, hoverText, readPythonModule } = await import(pathToFileURL(bundle).href);

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
    inputs: { '*': { shape: ['N', target === 'LeNet' ? 1 : 3, 224, 224], origin: { kind: 'given' } } },
    classCounts: {},
  });
  const times = [];
  const hovers = [];
  const wholes = [];
  let text = original;
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    const { file: path, target: name, inputs } = request(text);
    analyzeModel({ file: path, text, target: name, inputs, readModule: readPythonModule });
    times.push(performance.now() - started);
    const whole = performance.now();
    // The file's other classes are shown by other models: resnet18 for BasicBlock.
    const analysis = analyzeFile(request(text), readPythonModule);
    wholes.push(performance.now() - whole);
    const [model] = analysis.models;
    if (model?.target !== target) throw new Error(`${target} was not analysed`);
    hovers.push(...timeHovers(analysis, model));
    // A comment grows at the end of a line in the middle of the file.
    const middle = text.indexOf('\n', text.length / 2);
    text = `${text.slice(0, middle)}${round === 0 ? '  # ' : 'x'}${text.slice(middle)}`;
  }
  const [cold = 0, ...warm] = times;
  warm.sort((a, b) => a - b);
  const median = warm[Math.floor(warm.length / 2)] ?? 0;
  hovers.sort((a, b) => a - b);
  wholes.sort((a, b) => a - b);
  console.log(
    `${path.basename(file)}:${target}  median ${median.toFixed(1)} ms  best ${(warm[0] ?? 0).toFixed(1)}  worst ${(warm.at(-1) ?? 0).toFixed(1)}  cold ${cold.toFixed(0)}${goal ? `  (goal < ${goal})` : ''}` +
      `  with all its classes ${(wholes[wholes.length >> 1] ?? 0).toFixed(1)}` +
      `  hover median ${(hovers[hovers.length >> 1] ?? 0).toFixed(2)} worst ${(hovers.at(-1) ?? 0).toFixed(2)} (goal < 5)`,
  );
}

/** Milliseconds of a hover over each of some layers, from the finished analysis. */
function timeHovers(analysis, model) {
  return model.calls.slice(0, 40).map(({ called }) => {
    const started = performance.now();
    hoverText(
      analysis,
      { file: called.file, line: called.startLine, column: called.startColumn },
      { batchSize: 1, placeOf: ({ startLine }) => `line ${startLine}` },
    );
    return performance.now() - started;
  });
}
