import { traceModel } from '../../core/python/trace-model';
import { PhiloxStream } from '../../core/rng/philox';
import type { TrainConfig } from '../../core/train/config';
import { defaultOptimizer, defaultTrainConfig } from '../../core/train/defaults';
import { hyperparameters } from '../../core/train/optimizer';
import type { Engine, HostArray } from '../../engine/engine';
import { createWasmEngine } from '../../engine/wasm/wasm-engine';
import type { GpuNumbers } from '../../protocol/gpu';
import { initializeModel } from '../checkpoint';
import { ModelSession, floatInput, integerInput } from '../model-session';

/** What most networks are made of: convolutions with and without stride, batch normalisation, pooling, dropout, a linear layer. */
const source = `
import torch.nn as nn

class Check(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, stride=2), nn.Tanh(), nn.Flatten(), nn.Dropout(0.25),
        )
        self.head = nn.Linear(16 * 3 * 3, 5)

    def forward(self, x):
        return self.head(self.features(x))
`;
const batchSize = 8;
const classes = 5;
const seed = 3;
const steps = 3;

/** Float32 sums in another order differ by 1e-6 or so; what is computed wrongly is off by far more than this. */
const tolerance = 1e-3;

/** Adam would divide rounding by gradients that are all but zero. */
const config: TrainConfig = { ...defaultTrainConfig, optimizer: defaultOptimizer('sgd') };

/** Trains a small network for some steps on a GPU and on the CPU, and compares all that comes of it. */
export async function compareWithCpu(gpu: Engine, assets: string): Promise<GpuNumbers> {
  const startedAtMs = performance.now();
  const model = await openModel(gpu);
  const preparationSeconds = (performance.now() - startedAtMs) / 1000;
  const ours = await train(model);
  await model.dispose();
  const cpu = await createWasmEngine({ assets, threads: 1 });
  try {
    const expected = await train(await openModel(cpu));
    let [worst, largestError] = ['', 0];
    for (const [name, values] of expected) {
      const error = relativeError(ours.get(name) ?? new Float32Array(), values);
      if (error <= largestError) continue;
      [worst, largestError] = [name, error];
    }
    return { largestError, tolerance, worst, preparationSeconds };
  } finally {
    await cpu.dispose();
  }
}

async function openModel(engine: Engine): Promise<ModelSession> {
  const { graph } = traceModel({ file: 'check.py', text: source, target: 'Check', inputShape: ['N', 3, 16, 16] });
  const model = await ModelSession.open(engine, graph, { config });
  await initializeModel(model, seed);
  await model.training(batchSize);
  return model;
}

/** Losses, logits of the last step, parameters and running statistics. */
async function train(model: ModelSession): Promise<Map<string, HostArray>> {
  const { optimizer } = config;
  const program = await model.training(batchSize);
  const random = new PhiloxStream(seed, 1);
  const results = new Map<string, HostArray>();
  for (let step = 1; step <= steps; step++) {
    const images = floatInput(program, 'images');
    for (let i = 0; i < images.length; i++) images[i] = random.nextBelow(1000) / 500 - 1;
    const targets = integerInput(program, 'targets');
    for (let i = 0; i < targets.length; i++) targets[i] = random.nextBelow(classes);
    floatInput(program, 'hyper').set(hyperparameters(optimizer, optimizer.learningRate, step));
    integerInput(program, 'random').set([seed, 0, step, 0, 0, batchSize]);
    await program.run();
    results.set(`the loss of step ${step}`, await program.read('loss'));
  }
  results.set('the logits', await program.read('logits'));
  for (const { name, role } of model.layout.slots) {
    if (role === 'parameter' || role === 'buffer') results.set(name, await model.state.readState(name));
  }
  return results;
}

/** Infinity where a value is missing or no number. */
function relativeError(ours: HostArray, expected: HostArray): number {
  let [difference, size] = [0, Number.MIN_VALUE];
  expected.forEach((value, index) => {
    const own = ours[index] ?? Number.NaN;
    difference = Number.isFinite(own) ? Math.max(difference, Math.abs(own - value)) : Infinity;
    size = Math.max(size, Math.abs(value));
  });
  return difference / size;
}
