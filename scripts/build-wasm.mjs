// Compiles src/engine/wasm/kernels to dist/wasm: kernels.wasm (plain SIMD), kernels-relaxed.wasm (fused multiply-add)
// and kernels.json (opcode of each kernel by name); src/worker/augment/kernels/resample.ts to resample.wasm, a module with a memory of its own. Does nothing when the sources are those of the last build.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const kernelFolder = 'src/engine/wasm/kernels';
const resampleFolder = 'src/worker/augment/kernels';
const builds = [
  { file: 'kernels.wasm', features: ['simd', 'threads'] },
  { file: 'kernels-relaxed.wasm', features: ['simd', 'threads', 'relaxed-simd'] },
];

/**
 * Returns whether anything had to be compiled.
 * @param {{ outDir?: string }} [options]
 */
export async function buildWasm({ outDir = path.join(root, 'dist/wasm') } = {}) {
  const sources = await readSources();
  const resample = new Map([['resample', await readFile(path.join(root, resampleFolder, 'resample.ts'), 'utf8')]]);
  const hash = await hashOf([...sources, ...resample]);
  const indexFile = path.join(outDir, 'kernels.json');
  if ((await readHash(indexFile)) === hash) return false;

  const { kernels, ranges } = findKernels(sources);
  sources.set('dispatch', dispatchSource(kernels, ranges));
  await mkdir(outDir, { recursive: true });
  const { default: asc } = await import('assemblyscript/asc');
  for (const build of builds) {
    await writeWhole(path.join(outDir, build.file), await compileKernels(asc, sources, build.features));
  }
  const flags = ['--exportMemory', '--initialMemory', '1', '--enable', 'simd'];
  await writeWhole(
    path.join(outDir, 'resample.wasm'),
    await compile(asc, resampleFolder, resample, ['resample'], flags),
  );
  const opcodes = Object.fromEntries([...kernels, ...ranges].map((kernel) => [kernel.name, kernel.opcode]));
  await writeWhole(indexFile, JSON.stringify({ hash, opcodes }));
  return true;
}

/** All kernel sources by file name without `.ts`, in a fixed order. */
async function readSources() {
  const names = (await readdir(path.join(root, kernelFolder))).filter((name) => name.endsWith('.ts')).sort();
  const sources = new Map();
  for (const name of names) {
    sources.set(name.slice(0, -3), await readFile(path.join(root, kernelFolder, name), 'utf8'));
  }
  return sources;
}

async function hashOf(sources) {
  const hash = createHash('sha256');
  hash.update(await readFile(fileURLToPath(import.meta.url)));
  hash.update(await readFile(path.join(root, 'node_modules/assemblyscript/package.json')));
  for (const [name, text] of sources) hash.update(`${name}\0${text}\0`);
  return hash.digest('hex');
}

async function readHash(indexFile) {
  try {
    return JSON.parse(await readFile(indexFile, 'utf8')).hash;
  } catch {
    return undefined; // No earlier build, or half of one: build.
  }
}

/**
 * Kernels are the exported functions `(args: usize, part: i32, parts: i32): void`, element-wise ones
 * `(args: usize, begin: i32, end: i32): void`; each kind has opcodes of its own. A comment `// @inline` above a function
 * stands for AssemblyScript's decorator, which is no TypeScript.
 */
function findKernels(sources) {
  const kernels = [];
  const ranges = [];
  for (const [file, text] of sources) {
    for (const [, name, second] of text.matchAll(
      /^export function (\w+)\(args: usize, (part|begin): i32, (?:parts|end): i32\): void/gm,
    )) {
      const list = second === 'part' ? kernels : ranges;
      list.push({ name, file, opcode: list.length });
    }
  }
  const names = [...kernels, ...ranges].map((kernel) => kernel.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new Error(`Two kernels are called ${twice}`);
  return { kernels, ranges };
}

function dispatchSource(kernels, ranges) {
  const imports = [...kernels, ...ranges].map(({ name, file }) => `import { ${name} } from './${file}';`);
  // What is exported is not inlined for having one caller only: each kernel is a function that V8 optimizes by itself, as
  // soon as it is worth it, and not as a part of one that has them all.
  const exported = `export { ${[...kernels, ...ranges].map(({ name }) => name).join(', ')} };`;
  const cases = (list, rest) => list.map(({ name, opcode }) => `case ${opcode}: ${name}(args, ${rest}); break;`);
  return [
    ...imports,
    exported,
    'export function dispatch(opcode: i32, args: usize, part: i32, parts: i32): void { switch (opcode) {',
    ...cases(kernels, 'part, parts'),
    'default: unreachable(); } }',
    'export function dispatchRange(opcode: i32, args: usize, begin: i32, end: i32): void { switch (opcode) {',
    ...cases(ranges, 'begin, end'),
    'default: unreachable(); } }',
  ].join('\n');
}

function compileKernels(asc, sources, features) {
  return compile(
    asc,
    kernelFolder,
    sources,
    ['program', 'dispatch'],
    [
      ...['--importMemory', '--noExportMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
      ...features.flatMap((feature) => ['--enable', feature]),
    ],
  );
}

async function compile(asc, folder, sources, entries, flags) {
  const messages = [];
  let binary;
  const { error } = await asc.main(
    [
      ...entries.map((entry) => `${folder}/${entry}.ts`),
      ...['--outFile', 'kernels.wasm', '--baseDir', root, '--runtime', 'stub', '-O3', '--noAssert'],
      ...['--use', 'abort=', '--disableWarning', '112', ...flags],
    ],
    {
      readFile: (name) => {
        const normal = path.normalize(name);
        if (path.dirname(normal) !== path.normalize(folder) || !normal.endsWith('.ts')) return null;
        const text = sources.get(path.basename(normal, '.ts'));
        return text === undefined ? null : constantsInMemory(text.replace(/^\/\/ @inline$/gm, '@inline'));
      },
      writeFile: (_name, contents) => {
        binary = contents;
      },
      listFiles: () => [],
      stdout: { write: (text) => messages.push(String(text)) },
      stderr: { write: (text) => messages.push(String(text)) },
    },
  );
  if (error || !binary) throw new Error(`The kernels do not compile:\n${messages.join('')}${error ?? ''}`);
  return binary;
}

/**
 * Vectors of a constant are loaded, not made: V8 13 (Node 24) keeps no such constant in a register, but makes it anew for
 * every use, by three instructions through an integer register, where a load is one.
 */
function constantsInMemory(text) {
  const types = { f32x4: ['f32', 32], i32x4: ['i32', 32], f64x2: ['f64', 64] };
  const number = String.raw`(?:0x[\da-fA-F]+|[\d.]+(?:e-?\d+)?|Infinity)`;
  const splat = new RegExp(String.raw`\b(f32x4|i32x4|f64x2)\.splat\((-?${number}(?: [-+*/] ${number})*)\)`, 'g');
  return text.replace(splat, (whole, type, value) => {
    if (value === '0') return whole; // One instruction as it is.
    const [element, bits] = types[type];
    return `v128.load${bits}_splat(memory.data<${element}>([${value}]))`;
  });
}

/** Readers see the old file or the new one, never a part. */
async function writeWhole(file, contents) {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, contents);
  await rename(temporary, file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  const outDir = process.argv[2] ? path.resolve(process.argv[2]) : undefined;
  const built = await buildWasm(outDir ? { outDir } : {});
  console.log(
    built ? `kernels built in ${((performance.now() - started) / 1000).toFixed(1)} s` : 'kernels are up to date',
  );
}
