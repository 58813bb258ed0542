import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
/** Where `npm run build` put the kernels. */
export const assets = path.join(root, 'dist');

/** The parts of CNN Lab that the benchmarks use, from the sources as they are now; `more`: further exports. */
export async function loadEngine(more = []) {
  const outfile = path.join(root, 'build/bench/engine.cjs');
  await mkdir(path.dirname(outfile), { recursive: true });
  await build({
    stdin: {
      resolveDir: path.join(root, 'src'),
      contents: [
        `export { traceModel } from './core/python/trace-model';`,
        `export { initialValues, stateTensors } from './core/rng/initialize';`,
        `export { hyperparameters } from './core/train/optimizer';`,
        `export { modelPlans } from './engine/model-plans';`,
        `export { planFlops } from './engine/plan-flops';`,
        `export { measurePeak } from './engine/wasm/measure-peak';`,
        `export { createWasmEngine } from './engine/wasm/wasm-engine';`,
        `export { readPythonModule } from './node/read-python-module';`,
        ...more,
      ].join('\n'),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['sharp', 'webgpu'],
    logLevel: 'error',
  });
  return createRequire(import.meta.url)(outfile);
}
