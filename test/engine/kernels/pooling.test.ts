import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/core/graph/graph';
import type { Engine } from '../../../src/engine/engine';
import { adjoint } from '../reference/gradients';
import { relativeError } from '../relative-error';
import { elementCount, runOp, type OpInput } from '../run-op';
import { reference } from './kernel-engines';
import { Numbers } from '../wasm/numbers';
import { describeKernels } from './describe-kernels';

const one = [1, 1] as const;
const none = [0, 0] as const;
const pools = [
  { x: [2, 3, 8, 8], kernel: [2, 2], stride: [2, 2], padding: none, dilation: one },
  { x: [2, 3, 28, 28], kernel: [2, 2], stride: [2, 2], padding: none, dilation: one },
  { x: [3, 5, 4, 6], kernel: [2, 2], stride: [2, 2], padding: none, dilation: one },
  { x: [1, 2, 9, 11], kernel: [2, 2], stride: [2, 2], padding: none, dilation: one },
  { x: [1, 2, 9, 11], kernel: [2, 2], stride: [2, 2], padding: none, dilation: one, ceilMode: true },
  { x: [2, 3, 13, 13], kernel: [3, 3], stride: [2, 2], padding: [1, 1], dilation: one },
  { x: [3, 1, 5, 6], kernel: [3, 3], stride: [2, 2], padding: none, dilation: one },
  { x: [2, 3, 12, 17], kernel: [3, 3], stride: one, padding: [1, 1], dilation: one },
  { x: [1, 2, 17, 30], kernel: [5, 5], stride: [4, 4], padding: [2, 2], dilation: one },
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

/** What a training step does: values and winners of the forward pass, then the gradient from the winners alone. */
async function trainMaxPool(
  engine: Engine,
  attrs: Attributes,
  x: OpInput,
  dy: OpInput,
): Promise<{ readonly y: Float32Array; readonly dx: Float32Array }> {
  const outputs = dy.data.length;
  const words = [outputs + Math.ceil(outputs / 4)];
  const winners = await runOp(engine, 'max_pool_winners', attrs, [x], words);
  const inputs = [dy, { shape: words, data: winners }];
  const dx = await runOp(engine, 'max_pool_grad', { ...attrs, inputShape: x.shape }, inputs, x.shape);
  return { y: winners.slice(0, outputs), dx };
}

function largestIndices(attrs: Attributes, x: OpInput, shape: readonly number[]): OpInput {
  return { shape, data: Int32Array.from(reference('max_pool2d_indices', attrs, [x], shape)) };
}

describeKernels((engines) => {
  describe.each(pools)('max_pool2d, $x, kernel $kernel, stride $stride', (pool) => {
    const { x: xShape, ...rest } = pool;
    const attrs: Attributes = { ceilMode: false, ...rest };
    const numbers = new Numbers(5);

    it.each(['different values', 'ties'])('computes values, indices and gradient of %s', async (kind) => {
      const x: OpInput =
        kind === 'ties'
          ? { shape: xShape, data: Float32Array.from(numbers.integers(xShape, 2).data) }
          : numbers.floats(xShape);
      const dy = numbers.floats(outputShape(pool));
      const indices = largestIndices(attrs, x, dy.shape);
      const y = Float32Array.from(reference('max_pool2d', attrs, [x], dy.shape));
      const dx = reference('plane_scatter', { rank: 2, shape: xShape, sums: true }, [dy, indices], xShape);
      let first: Float32Array | undefined;
      for (const engine of engines.all) {
        expect(await runOp(engine, 'max_pool2d', attrs, [x], dy.shape)).toEqual(y);
        const found = await runOp(engine, 'max_pool2d_indices', attrs, [x], dy.shape);
        expect(new Int32Array(found.buffer, found.byteOffset, found.length)).toEqual(indices.data);
        const trained = await trainMaxPool(engine, attrs, x, dy);
        expect(trained.y).toEqual(y);
        expect(relativeError(trained.dx, dx)).toBeLessThan(1e-6);
        first ??= trained.dx;
        expect(trained.dx).toEqual(first);
      }
    });
  });

  describe.each([
    { name: 'windows side by side', kernel: [2, 2], stride: [2, 2] },
    { name: 'windows that overlap', kernel: [2, 2], stride: [2, 1] },
  ])('max_pool2d of extremes, $name', ({ kernel, stride }) => {
    const attrs = { kernel, stride, padding: [0, 0], dilation: [1, 1], ceilMode: false };
    const shape = [1, 1, 2, stride[1] === 1 ? 10 : 5];
    const numbers = new Numbers(6);

    it('lets NaN through, and gives the last of a window the gradient', async () => {
      const x = numbers.floats([1, 1, 4, 11]);
      for (const place of [12, 13, 27, 38]) x.data[place] = NaN;
      const y = Float32Array.from({ length: elementCount(shape) });
      const dx = new Float32Array(44);
      const dy = numbers.floats(shape);
      // PyTorch's loop: a NaN takes the place of whatever was there.
      y.forEach((_, i) => {
        const width = shape[3] ?? 1;
        const corner = 22 * Math.floor(i / width) + (i % width) * (stride[1] ?? 1);
        let best = -1;
        for (const element of [corner, corner + 1, corner + 11, corner + 12]) {
          const value = x.data[element] ?? 0;
          if (best < 0 || value > (x.data[best] ?? 0) || Number.isNaN(value)) best = element;
        }
        y[i] = x.data[best] ?? 0;
        dx[best] = Math.fround((dx[best] ?? 0) + (dy.data[i] ?? 0));
      });
      for (const engine of engines.all) {
        expect(await runOp(engine, 'max_pool2d', attrs, [x], shape)).toEqual(y);
        expect(await trainMaxPool(engine, attrs, x, dy)).toEqual({ y, dx });
      }
    });

    it('takes the first of infinities', async () => {
      const x = { shape: [1, 1, 4, 11], data: new Float32Array(44).fill(-Infinity) };
      x.data[3] = Infinity;
      x.data[14] = Infinity;
      const dy = { shape, data: new Float32Array(elementCount(shape)).fill(1) };
      for (const engine of engines.all) {
        const { y, dx } = await trainMaxPool(engine, attrs, x, dy);
        expect(y).toEqual(await runOp(engine, 'max_pool2d', attrs, [x], shape));
        expect([dx[0], dx[1], dx[14]]).toEqual(stride[1] === 1 ? [1, 1, 0] : [1, 0, 0]);
        expect(dx[3]).toBe(stride[1] === 1 ? 2 : 1);
      }
    });
  });

  it.each([
    { size: [2, 2], kernel: [2, 2], padding: [1, 1], y: [1, 1] },
    { size: [2, 9], kernel: [2, 2], padding: [1, 0], y: [1, 6] },
  ])(
    'gives a window without anything of the input −∞ and no gradient: $size',
    async ({ size, y: ySize, ...window }) => {
      const attrs = { ...window, stride: [1, 1], dilation: [3, 3], ceilMode: false };
      const x = new Numbers(3).floats([1, 2, ...size]);
      const dy = new Numbers(4).floats([1, 2, ...ySize]);
      const lowest = new Float32Array(dy.data.length).fill(-Infinity);
      for (const engine of engines.all) {
        expect(await runOp(engine, 'max_pool2d', attrs, [x], dy.shape)).toEqual(lowest);
        const dx = new Float32Array(x.data.length);
        expect(await trainMaxPool(engine, attrs, x, dy)).toEqual({ y: lowest, dx });
      }
    },
  );

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
      await engines.check('avg_pool_grad', attrs, [dy], xShape, { expected });
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
      reference('adaptive_avg_pool2d', { outputSize }, [{ shape: xShape, data: Float32Array.from(data) }], dy.shape);
    const expected = adjoint(forward, x.data.length, Float64Array.from(dy.data));
    await engines.check('adaptive_avg_pool_grad', { outputSize, inputShape: xShape }, [dy], xShape, { expected });
  });

  it('adds the mean of a large plane up without losing digits', async () => {
    const x = new Numbers(4).floats([1, 3, 150, 151], 100, 101);
    await engines.check('adaptive_avg_pool2d', { outputSize: [1, 1] }, [x], [1, 3, 1, 1], { tolerance: 1e-7 });
  });

  it('finds the largest of rows with NaN and infinities in an adaptive pool', async () => {
    const x = new Numbers(2).floats([1, 4, 2, 37]);
    x.data[5] = NaN;
    x.data[40] = NaN;
    x.data[74 + 60] = Infinity;
    x.data[74 + 30] = -Infinity;
    x.data.fill(-Infinity, 148, 222);
    for (const engine of engines.all) {
      for (const outputSize of [
        [1, 1],
        [2, 1],
      ]) {
        const shape = [1, 4, ...outputSize];
        const found = await runOp(engine, 'adaptive_max_pool2d_indices', { outputSize }, [x], shape);
        const indices = new Int32Array(found.buffer, found.byteOffset, found.length);
        const largest = [...reference('adaptive_max_pool2d_indices', { outputSize }, [x], shape)];
        if (outputSize[0] === 1) expect([...indices]).toEqual([40, 60, 0, largest[3]]);
        else expect([...indices].slice(0, 6)).toEqual([5, 40, largest[2], 60, 0, 37]);
      }
    }
  });

  it('leaves out what has no place in the plane', async () => {
    const x = { shape: [1, 1, 4], data: Float32Array.of(1, 2, 3, 4) };
    const indices = { shape: [1, 1, 4], data: Int32Array.of(2, -1, 5, 2) };
    for (const engine of engines.all) {
      const scatter = (sums: boolean): Promise<Float32Array> =>
        runOp(engine, 'plane_scatter', { rank: 1, shape: [1, 1, 5], sums }, [x, indices], [1, 1, 5]);
      expect(await scatter(false)).toEqual(Float32Array.of(0, 0, 4, 0, 0));
      expect(await scatter(true)).toEqual(Float32Array.of(0, 0, 5, 0, 0));
      const gathered = await runOp(engine, 'plane_gather', { rank: 1 }, [x, indices], [1, 1, 4]);
      expect(gathered).toEqual(Float32Array.of(3, NaN, NaN, 3));
    }
  });
});
