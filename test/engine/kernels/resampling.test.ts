import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/core/graph/graph';
import { forwards } from '../reference/forwards';
import { adjoint } from '../reference/gradients';
import { runOp, type OpInput } from '../run-op';
import { toDoubles } from './kernel-engines';
import { Numbers } from '../wasm/numbers';
import { describeKernels } from './describe-kernels';

/** The adjoint of an op that is linear in its first input. */
function transposed(op: string, attrs: Attributes, others: readonly OpInput[], shape: readonly number[], dy: OpInput) {
  const forward = forwards[op];
  if (!forward) throw new Error(`${op} has no reference`);
  const size = shape.reduce((product, length) => product * length, 1);
  const rest = others.map(toDoubles);
  const along = (data: Float64Array) => forward([{ shape, data }, ...rest], attrs as never, dy.shape);
  return adjoint(along, size, toDoubles(dy).data);
}

describeKernels((engines) => {
  describe.each([
    ['nearest', 2, [1, 3, 2, 13], [1, 3, 4, 26]],
    ['nearest-exact', 1.4, [1, 2, 3, 9], [1, 2, 4, 12]],
    ['bilinear', 2, [1, 2, 2, 21], [1, 2, 4, 42]],
    ['bilinear', 3, [1, 2, 2, 9], [1, 2, 6, 27]],
    ['bicubic', 2.5, [1, 2, 3, 8], [1, 2, 7, 20]],
    ['area', 0.4, [1, 2, 9, 11], [1, 2, 3, 4]],
  ] as const)('interpolate, %s, %d times', (mode, scale, shape, outputShape) => {
    const numbers = new Numbers(21);
    const [x, dy] = [numbers.floats([...shape]), numbers.floats([...outputShape])];
    const corners = mode === 'bilinear' || mode === 'bicubic' ? [false, true] : [false];

    it.each(corners)(
      'gives the values and the gradient with any number of threads; corners aligned: %s',
      async (aligned) => {
        const attrs = { mode, scale, size: [], alignCorners: aligned };
        await engines.check('interpolate', attrs, [x], outputShape);
        const expected = transposed('interpolate', attrs, [], shape, dy);
        await engines.check('interpolate_grad', { ...attrs, inputShape: shape }, [dy], shape, { expected });
      },
    );
  });

  it.each(['bilinear', 'nearest', 'bicubic'])('grid_sample, %s, with any number of threads', async (mode) => {
    const numbers = new Numbers(22);
    const [x, grid, dy] = [
      numbers.floats([2, 3, 4, 5]),
      numbers.floats([2, 5, 4, 2], -1.3, 1.3),
      numbers.floats([2, 3, 5, 4]),
    ];
    const attrs = { mode, paddingMode: 'zeros', alignCorners: false };
    await engines.check('grid_sample', attrs, [x, grid], dy.shape);
    const expected = transposed('grid_sample', attrs, [grid], x.shape, dy);
    await engines.check('grid_sample_grad_input', { ...attrs, inputShape: x.shape }, [dy, grid], x.shape, { expected });
  });

  it('gives a number wherever the grid is not one', async () => {
    const x = new Numbers(23).floats([1, 1, 3, 3]);
    const grid = { shape: [1, 1, 4, 2], data: Float32Array.from([NaN, 0, Infinity, 0, 0, -Infinity, 1e30, 1e30]) };
    for (const mode of ['bilinear', 'nearest', 'bicubic']) {
      const attrs = { mode, paddingMode: 'zeros', alignCorners: false };
      for (const engine of engines.all) {
        expect([...(await runOp(engine, 'grid_sample', attrs, [x, grid], [1, 1, 1, 4]))]).toEqual([0, 0, 0, 0]);
      }
    }
  });

  it('copies what is not a number with the nearest, and only there', async () => {
    const x = { shape: [1, 1, 1, 9], data: Float32Array.from([1, NaN, 3, Infinity, 5, 6, 7, 8, -Infinity]) };
    const attrs = { mode: 'nearest', scale: 2, size: [], alignCorners: false };
    for (const engine of engines.all) {
      const y = await runOp(engine, 'interpolate', attrs, [x], [1, 1, 2, 18]);
      expect([...y]).toEqual(Array.from({ length: 36 }, (_, i) => x.data[(i % 18) >> 1]));
    }
  });

  it.each([
    ['pixel_shuffle', [2, 12, 3, 7], [2, 3, 6, 14]],
    ['pixel_unshuffle', [2, 3, 6, 14], [2, 12, 3, 7]],
  ] as const)('%s moves every element', async (op, shape, outputShape) => {
    await engines.check(op, { factor: 2 }, [new Numbers(24).floats([...shape])], outputShape);
  });
});
