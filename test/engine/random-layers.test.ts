import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine';
import { createTestEngine } from './create-test-engine';
import { gradientError, lossInDoubles } from './finite-differences';
import { compileCase, runCase } from './op-case';
import { randomValues } from './random-values';
import { relativeError } from './relative-error';

let engine: Engine;
beforeAll(async () => {
  engine = await createTestEngine(2);
});
afterAll(() => engine.dispose());

/** What a layer makes of normal numbers of that shape, in training, and the gradients of a network of two of them. */
async function train(layer: string, x: readonly number[], forward = 'self.second(self.between(self.first(x)))') {
  const source = [
    'import torch',
    'from torch import nn',
    'import torch.nn.functional as F',
    'from torchvision.ops import StochasticDepth, stochastic_depth',
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    '        self.between = nn.PReLU()',
    `        self.first = ${layer}`,
    `        self.second = ${layer}`,
    '    def forward(self, x):',
    `        return ${forward}`,
  ].join('\n');
  const testCase = { name: layer, x, source, mode: 'train', steps: 1, values: 'normal', loss: 'weighted' } as const;
  const compiled = compileCase(testCase);
  const values = randomValues(compiled, x);
  const result = await runCase(engine, testCase, compiled, values);
  return { result, loss: lossInDoubles(testCase, compiled, values), parameters: compiled.parameters, x: values('x0') };
}

/** Output and input of a single layer. */
async function once(call: string, x: readonly number[]): Promise<{ y: Float32Array; x: Float32Array }> {
  const { result, x: input } = await train('nn.Identity()', x, call);
  return { y: result.get('y') ?? new Float32Array(), x: input };
}

test.each([
  ['nn.Dropout1d(0.5)', [3, 4, 7]],
  ['nn.Dropout3d(0.5)', [2, 4, 3, 3, 3]],
  ['nn.AlphaDropout(0.4)', [3, 4, 5, 5]],
  ['nn.AlphaDropout(1.0)', [3, 5]],
  ['nn.FeatureAlphaDropout(0.4)', [3, 4, 5, 5]],
  ["StochasticDepth(0.5, 'row')", [7, 3, 3, 3]],
  ["StochasticDepth(0.3, 'row')", [19]],
  ["StochasticDepth(0.1, 'batch')", [3, 4, 5, 5]],
  ['nn.RReLU()', [3, 4, 5, 5]],
  ['nn.RReLU(-0.5, 0.5)', [3, 7]],
] as const)('%s of %j: values and gradients are of one draw', async (layer, shape) => {
  const { result, loss, parameters } = await train(layer, shape);
  expect(relativeError(result.get('loss') ?? [], [loss('x', loss.values('x'))])).toBeLessThanOrEqual(1e-4);
  const zero = layer.includes('1.0');
  for (const name of zero ? [] : ['x', ...parameters]) {
    expect(gradientError(loss, name, result.get(`grad:${name}`) ?? new Float32Array()), name).toBeLessThanOrEqual(1e-4);
  }
});

test.each([
  'F.gumbel_softmax(x, tau=0.7, dim=1)',
  'F.gumbel_softmax(x)',
  'F.rrelu(x, training=True)',
  'F.alpha_dropout(x, 0.3, training=True)',
])('%s has the gradient that finite differences show', async (call) => {
  const { result, loss } = await train('nn.Identity()', [4, 5, 3], `self.between(${call})`);
  expect(relativeError(result.get('loss') ?? [], [loss('x', loss.values('x'))])).toBeLessThanOrEqual(1e-4);
  expect(gradientError(loss, 'x', result.get('grad:x') ?? new Float32Array())).toBeLessThanOrEqual(1e-4);
});

test('a hard Gumbel softmax chooses, and has the gradient of the soft one', async () => {
  const shape = [6, 5, 3];
  const hard = await train('nn.Identity()', shape, 'F.gumbel_softmax(x, hard=True, dim=1)');
  const soft = await train('nn.Identity()', shape, 'F.gumbel_softmax(x, dim=1)');
  const [chosen, shares] = [hard.result.get('y') ?? [], soft.result.get('y') ?? []];
  for (let line = 0; line < 18; line++) {
    const at = Array.from({ length: 5 }, (_, k) => Math.floor(line / 3) * 15 + k * 3 + (line % 3));
    const largest = Math.max(...at.map((i) => shares[i] ?? NaN));
    expect(at.map((i) => chosen[i])).toEqual(at.map((i) => (shares[i] === largest ? 1 : 0)));
  }
  expect(hard.result.get('grad:x')).toEqual(soft.result.get('grad:x'));
});

describe('draws have the distribution that they should', () => {
  const size = 200_000;

  test.each(['F.alpha_dropout(x, 0.3, training=True)', 'F.feature_alpha_dropout(x, 0.3, training=True)'])(
    '%s keeps mean and variance',
    async (call) => {
      const { y, x } = await once(call, [2, size / 4, 2]);
      const [before, after] = [moments(x), moments(y)];
      expect(Math.abs(after.mean - before.mean)).toBeLessThan(0.015);
      expect(Math.abs(after.variance - before.variance)).toBeLessThan(0.02);
    },
  );

  test('stochastic depth leaves out whole samples', async () => {
    const [samples, values] = [2000, 6];
    const { y, x } = await once("stochastic_depth(x, 0.25, 'row', training=True)", [samples, values]);
    let dropped = 0;
    for (let n = 0; n < samples; n++) {
      const factors = Array.from({ length: values }, (_, i) => (y[n * values + i] ?? NaN) / (x[n * values + i] ?? NaN));
      const [first = NaN] = factors;
      if (first === 0) dropped++;
      for (const factor of factors) expect(Math.abs(factor - (first === 0 ? 0 : 4 / 3))).toBeLessThan(1e-6);
    }
    expect(Math.abs(dropped / samples - 0.25)).toBeLessThan(4.5 * Math.sqrt(0.1875 / samples));
  });

  test('slopes of RReLU are uniform between its bounds', async () => {
    const { y, x } = await once('F.rrelu(x, 0.1, 0.4, training=True)', [size]);
    const slopes = [...x].flatMap((value, i) => (value < -1e-3 ? [(y[i] ?? NaN) / value] : []));
    expect(Math.min(...slopes.slice(0, 50_000))).toBeGreaterThanOrEqual(0.1 - 1e-6);
    expect(Math.max(...slopes.slice(0, 50_000))).toBeLessThanOrEqual(0.4 + 1e-6);
    const { mean, variance } = moments(slopes);
    expect(Math.abs(mean - 0.25)).toBeLessThan(0.002);
    expect(Math.abs(variance - 0.09 / 12)).toBeLessThan(1e-4);
  });

  test('a hard Gumbel softmax chooses as often as the softmax says', async () => {
    // All logits are alike.
    const { y } = await once('F.gumbel_softmax(F.threshold(x, 1e9, 0.0), hard=True)', [30_000, 4]);
    const counts = [0, 1, 2, 3].map((k) => y.reduce((sum, value, i) => (i % 4 === k ? sum + value : sum), 0));
    for (const count of counts) expect(Math.abs(count / 30_000 - 0.25)).toBeLessThan(4.5 * Math.sqrt(0.1875 / 30_000));
  });
});

function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return { mean, variance: list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length };
}
