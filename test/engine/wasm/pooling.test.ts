import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/core/graph/graph';
import { adjoint } from '../reference/gradients';
import { runOp } from '../run-op';
import { TestEngines, reference } from './engines';
import { Numbers } from './numbers';

let engines: TestEngines;
beforeAll(async () => {
  engines = await TestEngines.create();
});
afterAll(() => engines.dispose());

const one = [1, 1] as const;
const none = [0, 0] as const;
const pools = [
  { x: [2, 3, 8, 8], kernel: [2, 2], stride: [2, 2], padding: none, dilation: one },
  { x: [2, 3, 28, 28], kernel: [2, 2], stride: [2, 2], padding: none, dilation: one },
  { x: [1, 2, 9, 11], kernel: [2, 2], stride: [2, 2], padding: none, dilation: one },
  { x: [1, 2, 9, 11], kernel: [2, 2], stride: [2, 2], padding: none, dilation: one, ceilMode: true },
  { x: [2, 3, 13, 13], kernel: [3, 3], stride: [2, 2], padding: [1, 1], dilation: one },
  { x: [2, 3, 12, 17], kernel: [3, 3], stride: one, padding: [1, 1], dilation: one },
  { x: [2, 3, 14, 15], kernel: [3, 2], stride: [3, 1], padding: [1, 0], dilation: [2, 3] },
  { x: [1, 1, 7, 7], kernel: [3, 3], stride: [3, 3], padding: [1, 1], dilation: one, ceilMode: true },
  { x: [3, 1, 1, 5], kernel: [1, 2], stride: [1, 2], padding: [0, 1], dilation: one },
] as const;

function outputShape(pool: (typeof pools)[number]): readonly number[] {
  const ceil = 'ceilMode' in pool;
  const size = (axis: 0 | 1): number => {
    const input = pool.x[axis === 0 ? 2 : 3];
    const [stride, padding] = [pool.stride[axis], pool.padding[axis]];
    const steps = (input + 2 * padding - pool.dilation[axis] * (pool.kernel[axis] - 1) - 1) / stride;
    const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    return ceil && (count - 1) * stride >= input + padding ? count - 1 : count;
  };
  return [pool.x[0], pool.x[1], size(0), size(1)];
}

describe.each(pools)('max_pool2d, $x, kernel $kernel, stride $stride', (pool) => {
  const { x: xShape, ...rest } = pool;
  const attrs: Attributes = { ceilMode: false, ...rest };
  const numbers = new Numbers(5);

  it('computes output and gradient', async () => {
    const x = numbers.floats(xShape);
    const dy = numbers.floats(outputShape(pool));
    await engines.check('max_pool2d', attrs, [x], dy.shape);
    await engines.check('max_pool2d_grad', attrs, [dy, x], xShape);
  });

  it('gives the gradient of a tie to the first maximum', async () => {
    const { shape, data } = numbers.integers(xShape, 2);
    const x = { shape, data: Float32Array.from(data) };
    await engines.check('max_pool2d_grad', attrs, [numbers.floats(outputShape(pool)), x], xShape);
  });
});

it('lets NaN through a maximum, and gives it the gradient', async () => {
  const attrs = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], ceilMode: false };
  const x = new Numbers(6).floats([1, 1, 4, 10]);
  x.data[12] = NaN;
  x.data[25] = NaN;
  const dy = { shape: [1, 1, 2, 5], data: Float32Array.from({ length: 10 }, (_, i) => i + 1) };
  for (const engine of [engines.plain, ...engines.relaxed]) {
    const y = await runOp(engine, 'max_pool2d', attrs, [x], dy.shape);
    expect([...y].map(Number.isNaN)).toEqual([false, true, false, false, false, false, false, true, false, false]);
    const dx = await runOp(engine, 'max_pool2d_grad', attrs, [dy, x], x.shape);
    expect([dx[12], dx[25]]).toEqual([2, 8]);
  }
});

describe.each([
  { countIncludePad: true, divisorOverride: null },
  { countIncludePad: false, divisorOverride: null },
  { countIncludePad: true, divisorOverride: 5 },
])('avg_pool2d, count_include_pad $countIncludePad, divisor $divisorOverride', (options) => {
  it.each(pools.filter((pool) => pool.dilation === one))('$x, kernel $kernel, stride $stride', async (pool) => {
    const { x: xShape, ...rest } = pool;
    const attrs: Attributes = { ceilMode: false, ...rest, ...options, inputShape: xShape };
    const numbers = new Numbers(8);
    const x = numbers.floats(xShape);
    const dy = numbers.floats(outputShape(pool));
    await engines.check('avg_pool2d', attrs, [x], dy.shape);
    if (x.data.length > 500) return;
    const forward = (data: Float64Array): Float64Array =>
      reference('avg_pool2d', attrs, [{ shape: xShape, data: Float32Array.from(data) }], dy.shape);
    const expected = adjoint(forward, x.data.length, Float64Array.from(dy.data));
    await engines.check('avg_pool2d_grad', attrs, [dy], xShape, { expected });
  });
});

it.each([
  { x: [2, 3, 7, 7], outputSize: [1, 1] },
  { x: [2, 3, 8, 9], outputSize: [4, 3] },
  { x: [1, 2, 7, 5], outputSize: [3, 4] },
  { x: [1, 2, 3, 3], outputSize: [5, 7] },
])('adaptive_avg_pool2d, $x to $outputSize', async ({ x: xShape, outputSize }) => {
  const numbers = new Numbers(9);
  const x = numbers.floats(xShape);
  const dy = numbers.floats([...xShape.slice(0, 2), ...outputSize]);
  await engines.check('adaptive_avg_pool2d', { outputSize }, [x], dy.shape);
  const forward = (data: Float64Array): Float64Array =>
    reference('adaptive_avg_pool2d', {}, [{ shape: xShape, data: Float32Array.from(data) }], dy.shape);
  const expected = adjoint(forward, x.data.length, Float64Array.from(dy.data));
  await engines.check('adaptive_avg_pool2d_grad', { inputShape: xShape }, [dy], xShape, { expected });
});
