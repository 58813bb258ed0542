import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { traceModel } from '../../../src/core/python/trace-model';
import type { OptimizerConfig } from '../../../src/core/train/config';
import { hyperparameters } from '../../../src/core/train/optimizer';
import type { Engine } from '../../../src/engine/engine';
import { modelPlans } from '../../../src/engine/model-plans';
import { readPythonModule } from '../../../src/node/read-python-module';
import { softwareTuning } from '../../../src/engine/webgpu/tuning';
import { createTestEngine } from '../create-test-engine';
import { PseudoImages } from '../pseudo-images';
import { pseudoWeights } from '../pseudo-weights';
import { repositoryUrl } from '../torch-fixtures';
import { createSoftwareGpuEngine, noGpuReason } from './software-gpu';

const optimizer: OptimizerConfig = {
  ...{ kind: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: false, weightDecay: 0 },
};
const input = [1, 28, 28];
const batch = 4;
const steps = 20;

describe.skipIf(noGpuReason !== undefined)('training on the GPU', () => {
  test('LeNet learns as it does on the CPU, and the same in every run', async () => {
    const [cpu, gpu] = [await createTestEngine(1), await createSoftwareGpuEngine({}, softwareTuning)];
    try {
      const [onCpu, onGpu] = [await losses(cpu, steps), await losses(gpu, steps)];
      expect(onGpu).toHaveLength(steps);
      for (const [step, loss] of onGpu.entries()) {
        expect(Math.abs(loss / (onCpu[step] ?? NaN) - 1), `step ${step + 1}`).toBeLessThanOrEqual(1e-4);
      }
      expect(onGpu.at(-1)).toBeLessThan(onGpu[0] ?? NaN);
      expect(await losses(gpu, 3)).toEqual(onGpu.slice(0, 3));
    } finally {
      await cpu.dispose();
      await gpu.dispose();
    }
    // Compiling is most of it: SwiftShader takes long, and longer where others compute too.
  }, 180_000);
});

/** Of the first steps. */
async function losses(engine: Engine, count: number): Promise<readonly number[]> {
  const file = repositoryUrl('samples/models/lenet.py').pathname;
  const { graph } = traceModel({
    ...{ file, text: readFileSync(file, 'utf8'), target: 'LeNet', inputShape: ['N', ...input] },
    readModule: readPythonModule,
  });
  const plans = modelPlans(graph, optimizer);
  const session = await engine.createSession(plans.layout);
  const parameters = plans.layout.slots.filter(({ role }) => role === 'parameter');
  const names = new Set(parameters.map(({ name }) => name));
  for (const { name, tensor } of parameters) {
    await session.writeState(name, pseudoWeights(name, tensor.shape, names));
  }
  const program = await session.compile(plans.training(batch));
  const data = new PseudoImages(1, 10, input);
  const all: number[] = [];
  for (let step = 1; step <= count; step++) {
    const { images, labels } = data.batch(batch);
    program.input('images').set(images);
    program.input('targets').set(labels);
    program.input('hyper').set(hyperparameters(optimizer, optimizer.learningRate, step));
    await program.run();
    all.push(...(await program.read('loss')));
  }
  await session.dispose();
  return all;
}
