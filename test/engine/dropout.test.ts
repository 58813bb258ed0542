import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { philox4x32 } from '../../src/core/rng/philox';
import type { BatchPlace } from '../../src/core/ops/batch-place';
import type { Engine } from '../../src/engine/engine';
import { createTestEngine } from './create-test-engine';
import { gradientError, lossInDoubles } from './finite-differences';
import { compileCase, runCase } from './op-case';
import { randomValues } from './random-values';
import { relativeError } from './relative-error';
import { elementCount, runOp } from './run-op';

describe('dropout_apply', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createTestEngine(2);
  });
  afterAll(() => engine.dispose());

  /** Zero or 1 / (1 − p) for each element, read off the dropout of ones. */
  async function draw(shape: readonly number[], dropout: Partial<Dropout>): Promise<Float32Array> {
    const { random, ...attrs } = { p: 0.5, key: 0, perChannel: false, random: [0, 0, 0, 0], ...dropout };
    const ones = { shape, data: new Float32Array(elementCount(shape)).fill(1) };
    const words = { shape: [random.length], data: Int32Array.from(random) };
    return runOp(engine, 'dropout_apply', attrs, [ones, words], shape);
  }

  test.each([
    { shape: [1], p: 0.5, key: 0, random: [0, 0, 0, 0] },
    { shape: [3, 7], p: 0.25, key: 5, random: [1, 0, 2, 0] },
    { shape: [2, 3, 5, 5], p: 0.9, key: 77, random: [-1, 123456789, -2, 3] },
    { shape: [4, 8, 33, 65], p: 0.1, key: 12, random: [42, 0, 1000, 0] },
  ])('keeps the elements of $shape that Philox says', async (dropout) => {
    const mask = await draw(dropout.shape, dropout);
    expect(disagreements(mask, elementCount(dropout.shape), dropout)).toEqual([]);
  });

  test.each([
    { shape: [2, 3, 4, 4], p: 0.5, key: 3, random: [9, 8, 7, 6] },
    { shape: [5, 37, 3, 7], p: 0.2, key: 1, random: [0, 0, 1, 0] },
  ])('keeps whole channels of $shape where perChannel', async (dropout) => {
    const [n = 0, c = 0, ...plane] = dropout.shape;
    const size = elementCount(plane);
    const mask = await draw(dropout.shape, { ...dropout, perChannel: true });
    const channels = Float32Array.from({ length: n * c }, (_, channel) => mask[channel * size] ?? NaN);
    expect(mask.every((value, i) => value === channels[Math.floor(i / size)])).toBe(true);
    expect(disagreements(channels, n * c, dropout)).toEqual([]);
  });

  test.each([
    { shape: [5, 3, 7], dim: 0, perChannel: false },
    { shape: [3, 5, 7], dim: 1, perChannel: false },
    { shape: [2, 10, 33], dim: 1, each: 2, perChannel: false },
    { shape: [2, 3, 5], dim: 2, perChannel: false },
    { shape: [5, 9, 4, 4], dim: 0, perChannel: true },
    { shape: [3, 5, 2, 2], dim: 1, perChannel: true },
  ])('the images of a part get the mask of the whole batch: $shape, batch in $dim', async (given) => {
    const { shape, dim, each = 1, perChannel } = given;
    const images = (shape[dim] ?? 1) / each;
    const batch = { dim, each };
    const whole = await draw(shape, { key: 9, perChannel, batch, random: [1, 2, 3, 4, 0, images] });
    expect(whole).toEqual(await draw(shape, { key: 9, perChannel, random: [1, 2, 3, 4] }));
    for (let first = 0; first < images; first += 2) {
      const count = Math.min(2, images - first);
      const part = shape.map((size, axis) => (axis === dim ? count * each : size));
      const mask = await draw(part, { key: 9, perChannel, batch, random: [1, 2, 3, 4, first, images] });
      expect([...mask], `images from ${first}`).toEqual(cut(whole, shape, dim, first * each, count * each));
    }
  });

  test.each([0.1, 0.5, 0.75])('drops a share of %d, and the mean stays', async (p) => {
    const count = 400_000;
    const mask = await draw([count], { p, key: 4, random: [123, 0, 55, 0] });
    const dropped = mask.filter((value) => value === 0).length / count;
    const standardError = Math.sqrt((p * (1 - p)) / count);
    expect(Math.abs(dropped - p)).toBeLessThan(4.5 * standardError);
    const mean = mask.reduce((sum, value) => sum + value, 0) / count;
    expect(Math.abs(mean - 1)).toBeLessThan((4.5 * standardError) / (1 - p));
  });

  test('seeds, steps and layers draw independently', async () => {
    const count = 100_000;
    const masks = [
      await draw([count], { key: 1, random: [1, 0, 0, 0] }),
      await draw([count], { key: 2, random: [1, 0, 0, 0] }),
      await draw([count], { key: 1, random: [2, 0, 0, 0] }),
      await draw([count], { key: 1, random: [1, 1, 0, 0] }),
      await draw([count], { key: 1, random: [1, 0, 1, 0] }),
    ];
    for (const [i, a] of masks.entries()) {
      for (const b of masks.slice(i + 1)) {
        const agree = a.filter((value, at) => value === b[at]).length / count;
        expect(Math.abs(agree - 0.5)).toBeLessThan(4.5 * Math.sqrt(0.25 / count));
      }
    }
  });

  test('p=0 keeps everything, p=1 nothing', async () => {
    expect(new Set(await draw([1000], { p: 0 }))).toEqual(new Set([1]));
    expect(new Set(await draw([1000], { p: 1 }))).toEqual(new Set([0]));
  });

  test.each([
    { name: 'elements', layer: 'nn.Dropout(0.4)', x: [3, 4, 5, 5] },
    { name: 'channels', layer: 'nn.Dropout2d(0.5)', x: [3, 4, 5, 5] },
    { name: 'four elements, as many as there are words of a seed', layer: 'nn.Dropout(0.5)', x: [1, 1, 2, 2] },
  ])('lets gradients through where it let values through: $name', async ({ name, layer, x }) => {
    const channels = x[1] ?? 0;
    const source = [
      'import torch',
      'from torch import nn',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      `        self.conv = nn.Conv2d(${channels}, ${channels}, 3, padding=1)`,
      `        self.first = ${layer}`,
      `        self.second = ${layer}`,
      '    def forward(self, x):',
      '        return self.second(torch.relu(self.conv(self.first(x))))',
    ].join('\n');
    const testCase = { name, x, source, mode: 'train', steps: 1, values: 'normal', loss: 'weighted' } as const;
    const compiled = compileCase(testCase);
    const values = randomValues(compiled, x);
    const result = await runCase(engine, testCase, compiled, values);
    const loss = lossInDoubles(testCase, compiled, values);
    expect(relativeError(result.get('loss') ?? [], [loss('x', loss.values('x'))])).toBeLessThanOrEqual(1e-4);
    for (const tensor of ['x', ...compiled.parameters]) {
      const gradient = result.get(`grad:${tensor}`) ?? new Float32Array();
      expect(gradientError(loss, tensor, gradient), tensor).toBeLessThanOrEqual(1e-4);
    }
    const input = values('x0');
    const dropped = (result.get('grad:x') ?? []).filter((value) => value === 0).length;
    expect(dropped).toBeGreaterThan(0);
    expect(dropped).toBeLessThan(input.length);
  });
});

interface Dropout {
  readonly p: number;
  readonly key: number;
  readonly perChannel: boolean;
  /** Seed low, seed high, step low, step high; of a part, its first image and the number of all. */
  readonly random: readonly number[];
  readonly batch: BatchPlace;
}

/** Places `from` … `from + length − 1` along a dimension. */
function cut(values: Float32Array, shape: readonly number[], dim: number, from: number, length: number): number[] {
  const inner = elementCount(shape.slice(dim + 1));
  return [...values].filter((_, i) => {
    const place = Math.floor(i / inner) % (shape[dim] ?? 1);
    return place >= from && place < from + length;
  });
}

/** Indices where a mask is not what Philox says. */
function disagreements(
  mask: Float32Array,
  count: number,
  { p, key, random }: { p: number; key: number; random: readonly number[] },
): number[] {
  const [seedLow = 0, seedHigh = 0, stepLow = 0] = random;
  const wrong: number[] = [];
  for (let i = 0; i < count; i++) {
    const word = philox4x32([i >>> 2, 0, key, stepLow], [seedLow, seedHigh])[i & 3] ?? 0;
    const expected = word >= Math.round(p * 2 ** 32) ? Math.fround(1 / (1 - p)) : 0;
    // One rounding step: the engine may divide in float32.
    if (Math.abs((mask[i] ?? NaN) - expected) > 2 ** -23 * expected || Number.isNaN(mask[i])) wrong.push(i);
  }
  return wrong;
}
