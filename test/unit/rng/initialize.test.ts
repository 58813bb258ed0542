import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Initializer } from '../../../src/core/graph/graph';
import { traceModel } from '../../../src/core/python/trace-model';
import { initialValues, isCounter, stateTensors, type StateTensor } from '../../../src/core/rng/initialize';

interface Measured {
  readonly shape: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}

interface LayerRecord {
  readonly layer: string;
  readonly input: readonly number[];
  readonly tensors: Readonly<Record<string, Measured>>;
}

const { layers } = JSON.parse(readFileSync(new URL('../../fixtures/torch/init.json', import.meta.url), 'utf8')) as {
  layers: readonly LayerRecord[];
};

describe('a new layer starts with numbers as torch draws them', () => {
  test.each(layers)('$layer', ({ layer, input, tensors }) => {
    const ours = stateOf(layer, input);
    expect(ours.map((tensor) => tensor.name.replace(/^layer\./, ''))).toEqual(Object.keys(tensors));
    for (const [index, tensor] of ours.entries()) {
      const torch = tensors[tensor.name.replace(/^layer\./, '')];
      if (!torch) throw new Error(`torch has no ${tensor.name}`);
      expect(tensor.shape).toEqual(torch.shape);
      const count = torch.shape.reduce((product, size) => product * size, 1);
      if (torch.min === torch.max) {
        expect(tensor.init).toEqual({ kind: 'constant', value: torch.min });
        if (tensor.dtype === 'f32') expect(new Set(initialValues(tensor, 1, index))).toEqual(new Set([torch.min]));
      } else {
        const bound = uniformBound(tensor.init);
        // Both fill (−bound, bound) like n uniform numbers.
        expectUniform(torch, bound, count);
        expectUniform(measure(initialValues(tensor, 1, index)), bound, count);
      }
    }
  });

  test('uniform numbers fill every twentieth of their range alike', () => {
    const values = initialValues(tensorOf({ kind: 'uniform', bound: 0.25 }, 200_000), 42, 3);
    const parts = new Array<number>(20).fill(0);
    for (const value of values) {
      const part = Math.floor((value / 0.25 + 1) * 10);
      parts[part] = (parts[part] ?? 0) + 1;
    }
    expect(parts).toHaveLength(20);
    const chiSquared = parts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 19 degrees of freedom: more than 50.8 once in 10,000.
    expect(chiSquared).toBeLessThan(50.8);
  });

  test('normal numbers have the mean and the deviation that are asked for', () => {
    const { mean, std } = measure(initialValues(tensorOf({ kind: 'normal', mean: 0.5, std: 0.02 }, 100_000), 1, 0));
    expect(Math.abs(mean - 0.5)).toBeLessThan((5 * 0.02) / Math.sqrt(100_000));
    expect(Math.abs(std / 0.02 - 1)).toBeLessThan(5 / Math.sqrt(2 * 100_000));
  });

  test('a row that stands for padding begins with zeros, the others as without it', () => {
    const init: Initializer = { kind: 'normal', mean: 0, std: 1 };
    const table: StateTensor = { ...tensorOf(init, 12), shape: [4, 3] };
    const [plain, padded] = [init, { ...init, zeroRow: 2 }].map((own) => [
      ...initialValues({ ...table, init: own }, 5, 1),
    ]);
    expect(padded).toEqual(plain?.map((value, i) => (i >= 6 && i < 9 ? 0 : value)));
  });

  test('a buffer that the code computes begins with those values, of its own type', () => {
    const text = [
      'import torch',
      'from torch import nn',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        coords = torch.stack(torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij")).flatten(1)',
      '        relative = (coords[:, :, None] - coords[:, None, :]).permute(1, 2, 0).contiguous()',
      '        relative[:, :, 0] += 1',
      '        relative[:, :, 1] += 2',
      '        relative[:, :, 0] *= 5',
      '        self.register_buffer("index", relative.sum(-1))',
      '        self.register_buffer("mask", torch.tensor([True, False]))',
      '        self.norm = nn.BatchNorm1d(3)',
      '    def forward(self, x):',
      '        return self.norm(x)',
    ].join('\n');
    const { graph } = traceModel({ file: 'net.py', text, target: 'Net', inputShape: ['N', 3] });
    const state = stateTensors(graph);
    const [index, mask] = ['index', 'mask'].map((name) => state.find((tensor) => tensor.name === name));
    if (!index || !mask) throw new Error('The buffers are part of the state');
    // Rows and columns of a 2×3 window: 5·(difference of rows + 1) + difference of columns + 2.
    const places = Array.from({ length: 6 }, (_, i) => [Math.floor(i / 3), i % 3] as const);
    const expected = places.flatMap(([y, x]) => places.map(([v, u]) => 5 * (y - v + 1) + (x - u) + 2));
    expect(index.dtype).toBe('i64');
    expect(initialValues(index, 1, 0)).toEqual(Int32Array.from(expected));
    expect(mask.dtype).toBe('bool');
    expect(initialValues(mask, 1, 1)).toEqual(Int32Array.of(1, 0));
    expect(state.filter(isCounter).map(({ name }) => name)).toEqual(['norm.num_batches_tracked']);
  });

  test('the seed and the place in the state_dict decide the numbers, and nothing else', () => {
    const tensor = tensorOf({ kind: 'uniform', bound: 1 }, 100);
    const values = initialValues(tensor, 1, 0);
    expect(initialValues(tensor, 1, 0)).toEqual(values);
    expect(initialValues(tensor, 2, 0)).not.toEqual(values);
    expect(initialValues(tensor, 1, 1)).not.toEqual(values);
    expect(initialValues({ ...tensor, name: 'other' }, 1, 0)).toEqual(values);
  });
});

function stateOf(layer: string, [, ...input]: readonly number[]): readonly StateTensor[] {
  const text = [
    'from torch import nn',
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    `        self.layer = ${layer}`,
    '    def forward(self, x):',
    '        return self.layer(x)',
  ].join('\n');
  const { graph } = traceModel({ file: 'net.py', text, target: 'Net', inputShape: ['N', ...input] });
  return stateTensors(graph);
}

function uniformBound(init: Initializer): number {
  if (init.kind !== 'uniform') throw new Error(`Expected a uniform initializer, got ${init.kind}`);
  return init.bound;
}

function tensorOf(init: Initializer, count: number): StateTensor {
  return { name: 'weight', kind: 'parameter', shape: [count], dtype: 'f32', init };
}

function measure(values: Float32Array | Int32Array): Measured {
  let [min, max, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { shape: [values.length], min, max, mean, std: Math.sqrt(squares / values.length - mean * mean) };
}

/** Range, mean and deviation of `count` numbers that are uniform in (−bound, bound), each within 5 standard errors. */
function expectUniform({ min, max, mean, std }: Measured, bound: number, count: number): void {
  const rounding = 1 + 2 ** -23;
  expect(max).toBeLessThanOrEqual(bound * rounding);
  expect(min).toBeGreaterThanOrEqual(-bound * rounding);
  // The gap at either end is above 15 · 2·bound / n with probability e^−15.
  expect(bound - max).toBeLessThan((30 * bound) / count);
  expect(bound + min).toBeLessThan((30 * bound) / count);
  const deviation = bound / Math.sqrt(3);
  expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(count));
  // The kurtosis of a uniform distribution is 9/5.
  expect(Math.abs(std / deviation - 1)).toBeLessThan((5 * Math.sqrt(0.8 / count)) / 2 + 1e-6);
}
