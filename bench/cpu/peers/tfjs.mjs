import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../load-engine.mjs';
import { OurNetwork } from '../our-network.mjs';
import { timeFor } from '../statistics.mjs';

/** Operations of a training step, beyond which pure JavaScript takes minutes: then there is no figure. */
const mostTrainingFlops = 1e9;

/**
 * A network on TensorFlow.js without native code: CNN Lab's plans by its ops, training on the pure JavaScript backend,
 * inference on its WebAssembly backend (SIMD; it has one thread in Node.js). Images are turned from NCHW to NHWC for each
 * convolution, which a network written for TensorFlow.js would not need.
 */
export class TfjsNetwork {
  static async open(parts, network) {
    const bundle = (loading ??= load());
    return new TfjsNetwork(parts, network, await bundle);
  }

  constructor(parts, network, bundle) {
    this.parts = parts;
    this.network = network;
    this.bundle = bundle;
  }

  describe() {
    const { version_core: version } = this.bundle.tf;
    return `TensorFlow.js ${version}: training on its JavaScript backend, one step, where that takes no minutes; inference on wasm, 1 thread`;
  }

  /** Times of steps, in milliseconds: of one alone; none where a step is too large. */
  async trainFor(batch) {
    return this.on('cpu', async (network) => {
      const flops = await network.prepareTraining(batch);
      return flops > mostTrainingFlops ? [] : [await network.trainingStep()];
    });
  }

  async inferFor(batch, seconds) {
    return this.on('wasm', async (network) => {
      await network.prepareInference(batch);
      return timeFor(seconds, () => network.inferenceStep());
    });
  }

  /** All in this process, which counts itself. */
  cpuSeconds() {
    return 0;
  }

  dispose() {}

  async on(backend, job) {
    const { tf, createTensorflowEngine } = this.bundle;
    await tf.setBackend(backend);
    const engine = createTensorflowEngine({ tf });
    try {
      return await job(await OurNetwork.open(this.parts, engine, this.network));
    } finally {
      await engine.dispose();
    }
  }
}

let loading;

/** TensorFlow.js and the engine on it, as one file: its modules as published are for bundlers. */
async function load() {
  const outfile = path.join(root, 'build/bench/tfjs.cjs');
  await build({
    stdin: {
      resolveDir: path.join(root, 'src'),
      contents: [
        `import '@tensorflow/tfjs-backend-cpu';`,
        `import '@tensorflow/tfjs-core/dist/register_all_gradients';`,
        `export * as tf from '@tensorflow/tfjs-core';`,
        `export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';`,
        `export { createTensorflowEngine } from './engine/tensorflow/tensorflow-engine';`,
      ].join('\n'),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // One build of its core for all parts.
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  const bundle = createRequire(import.meta.url)(outfile);
  // Its banner recommends another package.
  bundle.tf.env().set('IS_TEST', true);
  bundle.setWasmPaths(`${path.join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist')}/`);
  await bundle.tf.ready();
  return bundle;
}
