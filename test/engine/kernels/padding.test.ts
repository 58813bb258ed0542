import { describe, expect, it } from 'vitest';
import { fillWord } from '../../../src/engine/steps/fill-word';
import { adjoint } from '../reference/gradients';
import { forwards } from '../reference/forwards';
import { runOp } from '../run-op';
import { Numbers } from '../wasm/numbers';
import { describeKernels } from './describe-kernels';

const modes = { reflect: 'reflection_pad', replicate: 'replication_pad', circular: 'circular_pad' } as const;
const paddings = [
  { x: [2, 3, 17], before: [5], after: [9] },
  { x: [2, 3, 13, 22], before: [1, 1], after: [1, 1] },
  { x: [2, 3, 6, 9], before: [4, 0], after: [0, 7] },
  { x: [1, 2, 4, 5, 11], before: [1, 3, 2], after: [2, 1, 6] },
] as const;

describeKernels((engines) => {
  describe.each(Object.entries(modes))('%s', (mode, op) => {
    it.each(paddings)(
      'pads $x by $before and $after, and adds up the gradients',
      async ({ x: shape, before, after }) => {
        const numbers = new Numbers(9);
        const x = numbers.floats(shape);
        const start = shape.length - before.length;
        const padded = shape.map((size, d) => size + (before[d - start] ?? 0) + (after[d - start] ?? 0));
        await engines.check(op, { before, after }, [x], padded);

        const dy = numbers.floats(padded);
        const forward = (values: Float64Array): Float64Array => {
          const compute = forwards[op];
          if (!compute) throw new Error(`${op} has no reference`);
          return compute([{ shape, data: values }], { before, after } as never, padded);
        };
        const expected = adjoint(forward, x.data.length, Float64Array.from(dy.data));
        await engines.check('pad_grad', { mode, before, after, inputShape: shape }, [dy], shape, { expected });
      },
    );
  });

  it.each([Infinity, -Infinity, NaN, -0])('pads with %d and leaves every bit of what it copies', async (value) => {
    const x = { shape: [2, 5], data: Float32Array.of(NaN, -0, Infinity, -Infinity, 1e-45, 1, 2, 3, 4, 5) };
    const attrs = { before: [0, 1], after: [1, -2], value };
    const fill = Array<number>(4).fill(value);
    for (const engine of engines.all) {
      const y = await runOp(engine, 'constant_pad', attrs, [x], [3, 4]);
      expect([...y]).toEqual([value, NaN, -0, Infinity, value, 1, 2, 3, ...fill]);
    }
  });

  it('pads truth values and whole numbers as such', () => {
    expect((['bool', 'i32', 'f32'] as const).map((dtype) => fillWord(2.5, dtype))).toEqual([1, 2, 0x40200000]);
  });
});
