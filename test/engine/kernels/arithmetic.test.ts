import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/core/graph/graph';
import { runOp, runOpToWords, type OpInput } from '../run-op';
import { Numbers } from '../wasm/numbers';
import { describeKernels } from './describe-kernels';
import { firstOf } from './kernel-engines';

describeKernels((engines) => {
  describe.each([
    { a: [7, 33, 9, 11], b: [7, 33, 1, 1] },
    { a: [7, 33, 9, 11], b: [33, 1, 1] },
    { a: [7, 1, 9, 1], b: [33, 1, 11] },
    { a: [5, 3, 2, 1], b: [5, 3, 2, 2] },
    { a: [400, 3], b: [400, 1] },
    { a: [1, 301], b: [203, 1] },
    { a: [2, 1, 3, 1, 5, 1], b: [1, 4, 1, 2, 1, 3] },
  ])('broadcasts $a and $b', ({ a, b }) => {
    const numbers = new Numbers(31);
    const [left, right] = [numbers.floats(a), numbers.floats(b, 0.5, 2)];
    const shape = Array.from({ length: Math.max(a.length, b.length) }, (_, dim, rank = Math.max(a.length, b.length)) =>
      Math.max(a[a.length - rank + dim] ?? 1, b[b.length - rank + dim] ?? 1),
    );

    it.each(['add', 'subtract', 'divide', 'maximum', 'atan2'])('%s', async (op) => {
      await engines.check(op, {}, [left, right], shape);
      await engines.check(op, {}, [right, left], shape);
    });
  });

  describe.each([
    { shape: [100003], dims: [0] },
    { shape: [3, 40001], dims: [1] },
    { shape: [40001, 3], dims: [0] },
    { shape: [2, 5003, 17], dims: [1] },
    { shape: [64, 33, 7, 7], dims: [2, 3] },
    { shape: [1, 9, 1, 5], dims: [1, 3] },
  ])('reduces $shape along $dims', ({ shape, dims }) => {
    const numbers = new Numbers(32);
    const [x, y] = [numbers.floats(shape, 0.5, 2), numbers.floats(shape, 0.5, 2)];
    const kept = shape.map((size, dim) => (dims.includes(dim) ? 1 : size));
    const attrs = { dims, keepDims: true };

    it.each(['sum', 'mean', 'amax', 'amin'])('%s', async (op) => {
      await engines.check(op, attrs, [x], kept);
    });

    it('a sum of products', async () => {
      await engines.check('product_sum', attrs, [x, y], kept);
    });
  });

  describe.each([
    { a: [3, 5], b: [5, 7] },
    { a: [2, 300, 500], b: [2, 500, 90] },
    { a: [3, 1, 40, 9], b: [1, 7, 9, 33] },
    { a: [37, 5, 4], b: [37, 4, 6] },
    { a: [70, 1, 12], b: [12, 1] },
  ])('multiplies matrices $a and $b', ({ a, b }) => {
    const numbers = new Numbers(33);
    const turned = (shape: readonly number[]): number[] => [
      ...shape.slice(0, -2),
      shape.at(-1) ?? 1,
      shape.at(-2) ?? 1,
    ];
    const batch = Array.from({ length: Math.max(a.length, b.length) - 2 }, (_, dim) =>
      Math.max(a.slice(0, -2)[dim] ?? 1, b.slice(0, -2)[dim] ?? 1),
    );
    const shape = [...batch, a.at(-2) ?? 1, b.at(-1) ?? 1];

    it.each([
      { transposeA: false, transposeB: false },
      { transposeA: true, transposeB: false },
      { transposeA: false, transposeB: true },
      { transposeA: true, transposeB: true },
    ])('$transposeA, $transposeB', async (attrs) => {
      const left = numbers.floats(attrs.transposeA ? turned(a) : a);
      const right = numbers.floats(attrs.transposeB ? turned(b) : b);
      await engines.check('matrix_product', attrs, [left, right], shape);
    });
  });

  describe('values at the edge', () => {
    const row = (...values: number[]): OpInput => ({ shape: [values.length], data: Float32Array.from(values) });
    const run = async (op: string, attrs: Attributes, inputs: readonly OpInput[], shape: readonly number[]) => [
      ...(await runOp(firstOf(engines), op, attrs, inputs, shape)),
    ];
    const [a, b] = [row(NaN, 1, NaN, Infinity, -Infinity, 0), row(1, NaN, NaN, 2, -3, -0)];
    const along = { dims: [0], keepDims: false };

    it('maximum takes what is no number, fmax leaves it', async () => {
      expect(await run('maximum', {}, [a, b], [6])).toEqual([NaN, NaN, NaN, Infinity, -3, 0]);
      expect(await run('fmax', {}, [a, b], [6])).toEqual([1, 1, NaN, Infinity, -3, 0]);
      expect(await run('fmin', {}, [a, b], [6])).toEqual([1, 1, NaN, 2, -Infinity, -0]);
    });

    it('quotients and remainders have the signs that Python gives them', async () => {
      const [x, y] = [row(7, -7, 7, -7, 1, 5.5), row(3, 3, -3, -3, 0, -Infinity)];
      expect(await run('floor_divide', {}, [x, y], [6])).toEqual([2, -3, -3, 2, Infinity, -1]);
      expect((await run('remainder', {}, [x, y], [6])).slice(0, 4)).toEqual([1, 2, -2, -1]);
      expect((await run('fmod', {}, [x, y], [6])).slice(0, 4)).toEqual([1, -1, 1, -1]);
    });

    it('powers and logarithms of infinities and zeros', async () => {
      expect(await run('power', {}, [row(0, 0, -2, -8, Infinity), row(0, -1, 3, 1 / 3, 0.5)], [5])).toEqual([
        1,
        Infinity,
        -8,
        NaN,
        Infinity,
      ]);
      expect(await run('xlogy', {}, [row(0, 0, 2), row(0, NaN, 0)], [3])).toEqual([0, NaN, -Infinity]);
      const infinite = [row(-Infinity, Infinity, 0), row(-Infinity, 1, -Infinity)];
      expect(await run('logaddexp', {}, infinite, [3])).toEqual([-Infinity, Infinity, 0]);
      expect(await run('logsumexp', along, [row(-Infinity, -Infinity)], [])).toEqual([-Infinity]);
      expect(await run('logsumexp', along, [row(1, Infinity, 3)], [])).toEqual([Infinity]);
    });

    it('what is no number is the largest, and the smallest', async () => {
      const x = row(1, 5, NaN, 2, 7, NaN, -1, 3, 0);
      expect(await run('amax', along, [x], [])).toEqual([NaN]);
      expect(await run('amin', along, [x], [])).toEqual([NaN]);
      const places = async (op: string, attrs: Attributes): Promise<number[]> => [
        ...(await runOpToWords(firstOf(engines), op, attrs, [x], [9])),
      ];
      expect((await places('argsort', { dim: 0 })).slice(0, 7)).toEqual([6, 8, 0, 3, 7, 1, 4]);
      expect((await places('argsort', { dim: 0, descending: true })).slice(2)).toEqual([4, 1, 7, 3, 0, 8, 6]);
    });

    it('the gradient of equal largest values is shared, or the first one has it', async () => {
      const [dy, x, y] = [
        { shape: [1], data: Float32Array.of(6) },
        row(3, 1, 3, 3),
        { shape: [1], data: Float32Array.of(3) },
      ];
      expect(await run('extreme_grad', along, [dy, x, y], [4])).toEqual([2, 0, 2, 2]);
      expect(await run('extreme_grad', { ...along, ties: 'first' }, [dy, x, y], [4])).toEqual([6, 0, 0, 0]);
    });
  });
});
