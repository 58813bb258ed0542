// Builds everything that ships into dist/: `node scripts/build.mjs [--production] [--watch] [--tests]`.
import { existsSync } from 'node:fs';
import { copyFile, rm, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { context } from 'esbuild';
import { buildWasm } from './build-wasm.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * @param {{ production?: boolean, watch?: boolean, tests?: boolean }} options
 */
export async function build({ production = false, watch = false, tests = false } = {}) {
  const shared = {
    absWorkingDir: root,
    bundle: true,
    sourcemap: !production,
    minify: production,
    logLevel: 'warning',
    legalComments: 'eof',
  };
  const node = {
    ...shared,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'sharp', 'webgpu'],
  };
  const contexts = await Promise.all([
    context({
      ...node,
      outdir: 'dist',
      entryPoints: existing({
        extension: 'src/extension/activate.ts',
        cli: 'src/cli/cli.ts',
        worker: 'src/worker/worker.ts',
        inspector: 'src/worker/inspection/inspector.ts',
        'dataset-inspector': 'src/worker/dataset/dataset-inspector.ts',
        'analysis-thread': 'src/analysis-thread/analysis-thread.ts',
        'engine-thread': 'src/engine/wasm/engine-thread.ts',
        'job-thread': 'src/worker/threads/job-thread.ts',
      }),
    }),
    context({
      ...shared,
      platform: 'browser',
      target: 'es2022',
      format: 'iife',
      outdir: 'dist/webviews',
      entryPoints: await panels(),
    }),
    ...(tests
      ? [
          context({
            ...node,
            outdir: 'dist/test',
            external: [...node.external, 'mocha'],
            entryPoints: existing({ integration: 'test/vscode/integration/index.ts' }),
          }),
        ]
      : []),
  ]);
  if (production) await rm(path.join(root, 'dist'), { recursive: true, force: true });
  await buildWasm();
  await copyFile(
    path.join(root, 'node_modules/@cornerstonejs/codec-libjpeg-turbo-8bit/dist/libjpegturbowasm_decode.wasm'),
    path.join(root, 'dist/wasm/libjpeg-turbo.wasm'),
  );
  if (watch) {
    await Promise.all(contexts.map((each) => each.watch()));
    console.log('Watching.');
    return;
  }
  await Promise.all(contexts.map((each) => each.rebuild()));
  await Promise.all(contexts.map((each) => each.dispose()));
}

/** Every folder of src/webviews with an entry of its own name is a panel. */
async function panels() {
  const folder = path.join(root, 'src/webviews');
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return existing(Object.fromEntries(names.map(({ name }) => [name, `src/webviews/${name}/${name}.ts`])));
}

function existing(entryPoints) {
  return Object.fromEntries(Object.entries(entryPoints).filter(([, file]) => existsSync(path.join(root, file))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flags = new Set(process.argv.slice(2));
  await build({
    production: flags.has('--production'),
    watch: flags.has('--watch'),
    tests: flags.has('--tests'),
  });
}
