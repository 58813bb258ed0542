import { describe, expect, test } from 'vitest';
import type { Attributes } from '../../../src/core/graph/graph';
import { runOp } from '../run-op';
import { Numbers } from '../wasm/numbers';
import { describeKernels } from './describe-kernels';

/** Several tiles of a transpose, whole and cut; runs that are copied at once, and short ones; parts that begin within a row. */
const moves: readonly [op: string, attrs: Attributes, x: readonly number[], y: readonly number[]][] = [
  ['permute', { order: [0, 2, 3, 1] }, [2, 67, 9, 11], [2, 9, 11, 67]],
  ['permute', { order: [0, 3, 1, 2] }, [2, 9, 11, 67], [2, 67, 9, 11]],
  ['permute', { order: [1, 0] }, [64, 96], [96, 64]],
  ['permute', { order: [1, 0] }, [3, 301], [301, 3]],
  ['permute', { order: [2, 0, 3, 1, 4] }, [2, 9, 3, 4, 8], [3, 2, 4, 9, 8]],
  ['permute', { order: [1, 0, 2] }, [3, 5, 517], [5, 3, 517]],
  ['permute', { order: [4, 3, 2, 1, 0] }, [5, 4, 3, 6, 7], [7, 6, 3, 4, 5]],
  ['expand', { shape: [3, 5, 7, 9] }, [5, 1, 1], [3, 5, 7, 9]],
  ['expand', { shape: [4, 5, 70] }, [5, 70], [4, 5, 70]],
  ['slice', { dim: 1, start: 3, length: 4 }, [3, 9, 131], [3, 4, 131]],
  ['strided_slice', { dim: 2, start: 1, length: 33, step: 2 }, [3, 5, 67], [3, 5, 33]],
  ['strided_slice', { dim: 2, start: 2, length: 22, step: 3 }, [3, 5, 67], [3, 5, 22]],
  ['flip', { dims: [2] }, [3, 5, 67], [3, 5, 67]],
  ['flip', { dims: [0, 1] }, [3, 5, 67], [3, 5, 67]],
  ['roll', { dims: [1, 2], shifts: [-3, 4] }, [2, 7, 7, 33], [2, 7, 7, 33]],
  ['repeat', { repeats: [2, 3, 2] }, [5, 67], [2, 15, 134]],
  ['repeat_interleave', { repeats: 3, dim: 1 }, [4, 21], [4, 63]],
  ['unfold_dimension', { dim: 1, size: 4, step: 3 }, [3, 31, 5], [3, 10, 5, 4]],
];

describeKernels((engines) => {
  describe('elements are moved to their places, by any number of threads', () => {
    test.each(moves)('%s %o of %o', async (op, attrs, x, y) => {
      await engines.check(op, attrs, [new Numbers(1).floats(x)], y, { tolerance: 1e-12 });
    });

    test('an index that repeats adds up in one order', async () => {
      const numbers = new Numbers(2);
      const [index, dy] = [numbers.integers([400], 7), numbers.floats([3, 400, 9])];
      await engines.check('scatter_rows', { dim: 1, size: 7 }, [dy, index], [3, 7, 9]);
      const own = numbers.integers([3, 50, 9], 7);
      await engines.check('scatter_elements', { dim: 1, size: 7 }, [numbers.floats([3, 50, 9]), own], [3, 7, 9]);
    });

    test('so do many indices of many places', async () => {
      const numbers = new Numbers(3);
      const [index, dy] = [numbers.integers([2600], 5000), numbers.floats([2600, 3])];
      await engines.check('scatter_rows', { dim: 0, size: 5000 }, [dy, index], [5000, 3]);
      const own = numbers.integers([2, 1500, 3], 900);
      const values = numbers.floats([2, 1500, 3]);
      await engines.check('scatter_elements', { dim: 1, size: 4000 }, [values, own], [2, 4000, 3]);
      const x = numbers.floats([2, 4000, 3]);
      await engines.check('put_elements', { dim: 1 }, [x, own, values], x.shape);
    });
  });

  test('an index beyond the dimension reads no number, and writes nothing', async () => {
    const x = { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
    const index = { shape: [4], data: Int32Array.of(3, -1, -4, 0) };
    const values = { shape: [4, 2], data: Float32Array.of(10, 20, 30, 40, 50, 60, 70, 80) };
    for (const engine of engines.all) {
      const taken = await runOp(engine, 'index_select', { dim: 0 }, [x, index], [4, 2]);
      expect([...taken]).toEqual([NaN, NaN, 5, 6, NaN, NaN, 1, 2]);
      const added = await runOp(engine, 'scatter_rows', { dim: 0, size: 3 }, [values, index], [3, 2]);
      expect([...added]).toEqual([70, 80, 0, 0, 30, 40]);
      const put = await runOp(engine, 'put_rows', { dim: 0 }, [x, index, values], [3, 2]);
      expect([...put]).toEqual([70, 80, 3, 4, 30, 40]);
    }
  });

  test('NaN and infinities outside of a triangle are gone', async () => {
    const x = { shape: [2, 2], data: Float32Array.of(NaN, Infinity, -Infinity, NaN) };
    for (const engine of engines.all) {
      expect([...(await runOp(engine, 'triu', { diagonal: 1 }, [x], [2, 2]))]).toEqual([0, Infinity, 0, 0]);
    }
  });
});
