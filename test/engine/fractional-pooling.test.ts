import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PhiloxStream } from '../../src/core/rng/philox';
import type { Engine } from '../../src/engine/engine';
import { createTestEngine } from './create-test-engine';
import { gradientError, lossInDoubles } from './finite-differences';
import { compileCase, runCase, type CaseValues, type OpCase } from './op-case';
import { relativeError } from './relative-error';
import { elementCount, runOp } from './run-op';

let engine: Engine;
beforeAll(async () => {
  engine = await createTestEngine(2);
});
afterAll(() => engine.dispose());

describe('fractional max pooling at random places', () => {
  const cases = [
    { mode: 'train', layer: 'nn.FractionalMaxPool2d(2, output_ratio=0.6, return_indices=True)', x: [2, 3, 9, 11] },
    {
      mode: 'eval',
      layer: 'nn.FractionalMaxPool2d((3, 2), output_size=(4, 5), return_indices=True)',
      x: [2, 2, 9, 11],
    },
    { mode: 'train', layer: 'nn.FractionalMaxPool3d(2, output_size=3, return_indices=True)', x: [2, 2, 5, 6, 7] },
  ] as const;

  test.each(cases)('draws the same windows for values, indices and gradients: $layer', async ({ mode, layer, x }) => {
    const run = async (result: string) => {
      const testCase = caseOf(layer, mode, x, result);
      const compiled = compileCase(testCase);
      const values: CaseValues = (name) => {
        const random = new PhiloxStream(8, 200, name.length);
        const shape = name === 'weights' ? (compiled.plan.outputs['y']?.shape ?? []) : x;
        return Float32Array.from({ length: elementCount(shape) }, () => random.nextNormal());
      };
      return {
        input: values('x0'),
        results: await runCase(engine, testCase, compiled, values),
        testCase,
        compiled,
        values,
      };
    };

    // A window of which about as many as there are make an output as large as x.
    const unpooled = await run(`F.max_unpool${x.length - 2}d(y, indices, 2, stride=2, output_size=x.shape[2:])`);
    const y = [...(unpooled.results.get('y') ?? [])];
    expect(y.filter((value, i) => value !== 0 && value !== unpooled.input[i])).toEqual([]);
    expect(y.some((value) => value !== 0)).toBe(true);

    const { results, testCase, compiled, values } = await run('y');
    const loss = lossInDoubles(testCase, compiled, values);
    expect(relativeError(results.get('loss') ?? [], [loss('x', loss.values('x'))])).toBeLessThanOrEqual(1e-5);
    expect(gradientError(loss, 'x', results.get('grad:x') ?? new Float32Array())).toBeLessThanOrEqual(1e-5);
  });

  test('draws evenly from 0 to 1, anew for each seed, step and layer', async () => {
    const shape = [50, 100, 2];
    const draw = async (key: number, random: readonly number[]): Promise<Float32Array> =>
      runOp(engine, 'fractional_pool_samples', { key, shape }, [{ shape: [4], data: Int32Array.from(random) }], shape);
    const samples = await draw(3, [1, 2, 3, 4]);
    expect(samples.every((value) => value >= 0 && value < 1)).toBe(true);
    const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4.5 / Math.sqrt(12 * samples.length));
    expect(new Set(samples).size).toBeGreaterThan(0.99 * samples.length);
    expect(await draw(3, [1, 2, 3, 4])).toEqual(samples);
    for (const other of [await draw(4, [1, 2, 3, 4]), await draw(3, [2, 2, 3, 4]), await draw(3, [1, 2, 4, 4])]) {
      expect(other.filter((value, i) => value === samples[i]).length).toBeLessThan(0.001 * samples.length);
    }
  });
});

/** A network that pools with indices and returns `result`, an expression of x, y and indices. */
function caseOf(layer: string, mode: 'train' | 'eval', x: readonly number[], result: string): OpCase {
  const source = [
    'import torch',
    'from torch import nn',
    'import torch.nn.functional as F',
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    `        self.pool = ${layer}`,
    '    def forward(self, x):',
    '        y, indices = self.pool(x)',
    `        return ${result}`,
  ].join('\n');
  return { name: layer, x, source, mode, steps: 1, values: 'normal', loss: 'weighted' };
}
