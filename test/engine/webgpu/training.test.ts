import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { traceModel } from '../../../src/core/python/trace-model';
import type { OptimizerConfig } from '../../../src/core/train/config';
import { hyperparameters } from '../../../src/core/train/optimizer';
import type { Engine } from '../../../src/engine/engine';
import { modelPlans } from '../../../src/engine/model-plans';
import { readPythonModule } from '../../../src/node/read-python-module';
import { createTestEngine } from '../create-test-engine';
import { PseudoImages } from '../pseudo-images';
import { pseudoWeights } from '../pseudo-weights';
import { repositoryUrl } from '../torch-fixtures';
import { createSoftwareGpuEngine, noGpuReason } from './software-gpu';

const optimizer: OptimizerConfig = {
  ...{ kind: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: false, weightDecay: 0 },
};
const input = [1, 28, 28];
const batch = 8;
const steps = 20;

describe.skipIf(noGpuReason !== undefined)('training on the GPU', () => {
  test('LeNet learns as it does on the CPU, and the same in every run', async () => {
    const onCpu = await losses(await createTestEngine(1));
    const onGpu = await losses(await createSoftwareGpuEngine());
    expect(onGpu).toHaveLength(steps);
    for (const [step, loss] of onGpu.entries()) {
      expect(Math.abs(loss / (onCpu[step] ?? NaN) - 1), `step ${step + 1}`).toBeLessThanOrEqual(1e-4);
    }
    expect(onGpu.at(-1)).toBeLessThan(onGpu[0] ?? NaN);
    expect(await losses(await createSoftwareGpuEngine())).toEqual(onGpu);
  });
});

/** Of the first steps; the engine is disposed of. */
async function losses(engine: Engine): Promise<readonly number[]> {
  try {
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
    for (let step = 1; step <= steps; step++) {
      const { images, labels } = data.batch(batch);
      program.input('images').set(images);
      program.input('targets').set(labels);
      program.input('hyper').set(hyperparameters(optimizer, optimizer.learningRate, step));
      await program.run();
      all.push(...(await program.read('loss')));
    }
    return all;
  } finally {
    await engine.dispose();
  }
}
