import { describe, expect, it } from 'vitest';
import type { PlanStep } from '../../../src/engine/plan';
import { placer, runSteps } from '../run-op';
import { Numbers } from '../wasm/numbers';
import { describeKernels } from './describe-kernels';

describeKernels((engines) => {
  describe.each([[[1]], [[3]], [[5, 7]], [[4, 4, 8, 8]], [[3, 5, 41, 43]]])('element-wise ops on %j', (shape) => {
    const numbers = new Numbers(21);
    const [a, b] = [numbers.floats(shape), numbers.floats(shape)];

    it('relu and its gradient', async () => {
      await engines.check('relu', {}, [a], shape);
      await engines.check('relu_grad', {}, [b, a], shape);
    });

    it('add, multiply, scale, constant, copy', async () => {
      await engines.check('add', {}, [a, b], shape);
      await engines.check('multiply', {}, [a, b], shape);
      await engines.check('scale', { factor: -1.7 }, [a], shape);
      await engines.check('constant', { value: 0.3, shape }, [], shape);
      await engines.check('copy', {}, [a], shape);
    });

    it.each([0, 0.25, 0.5, 0.999, 1])('dropout with p = %d draws from Philox', async (p) => {
      const random = { shape: [4], data: Int32Array.of(123456789, -987654321, 77, 0) };
      await engines.check('dropout_apply', { p, key: 5, perChannel: false }, [a, random], shape);
      if (shape.length < 3) return;
      await engines.check('dropout_apply', { p, key: 6, perChannel: true }, [a, random], shape);
    });
  });

  it('lets NaN through relu', async () => {
    const shape = [6];
    const x = { shape, data: Float32Array.of(NaN, -1, 0, 2, NaN, -0.5) };
    const place = placer();
    const [from, to] = [place(shape, 'f32'), place(shape, 'f32')];
    const step: PlanStep = { kind: 'kernel', op: 'relu', attrs: {}, inputs: [from], output: to };
    for (const engine of engines.all) {
      const [y] = await runSteps(engine, [step], [{ tensor: from, data: x.data }], [to], place.bytes());
      expect([...(y ?? [])]).toEqual([NaN, 0, 0, 2, NaN, 0]);
    }
  });

  it('runs a group in one pass, in place and into new memory', async () => {
    const shape = [3, 7, 29, 31];
    const numbers = new Numbers(22);
    const [a, b] = [numbers.floats(shape), numbers.floats(shape)];
    const place = placer();
    const [x, y, sum, product] = [place(shape, 'f32'), place(shape, 'f32'), place(shape, 'f32'), place(shape, 'f32')];
    const steps: PlanStep[] = [
      {
        kind: 'elementwise',
        steps: [
          { kind: 'kernel', op: 'add', attrs: {}, inputs: [x, y], output: sum },
          { kind: 'kernel', op: 'relu', attrs: {}, inputs: [sum], output: sum },
          { kind: 'kernel', op: 'multiply', attrs: {}, inputs: [sum, x], output: product },
          { kind: 'kernel', op: 'scale', attrs: { factor: 2 }, inputs: [x], output: x },
        ],
      },
    ];
    for (const engine of engines.all) {
      const filled = [
        { tensor: x, data: a.data },
        { tensor: y, data: b.data },
      ];
      const results = await runSteps(engine, steps, filled, [sum, product, x], place.bytes());
      const sums = Float32Array.from(a.data, (value, i) => Math.max(0, Math.fround(value + (b.data[i] ?? NaN))));
      expect(results[0]).toEqual(sums);
      expect(results[1]).toEqual(sums.map((value, i) => value * (a.data[i] ?? NaN)));
      expect(results[2]).toEqual(Float32Array.from(a.data, (value) => 2 * value));
    }
  });

  it.each([
    { dim: 0, sizes: [2, 3, 1] },
    { dim: 1, sizes: [5, 1, 9, 2] },
    { dim: 3, sizes: [4, 7] },
  ])('concatenates and slices along dim $dim', async ({ dim, sizes }) => {
    const numbers = new Numbers(23);
    const shapeOf = (size: number): number[] => [3, 4, 5, 6].map((other, i) => (i === dim ? size : other));
    const inputs = sizes.map((size) => numbers.floats(shapeOf(size)));
    const whole = shapeOf(sizes.reduce((a, b) => a + b, 0));
    await engines.check('concat', { dim }, inputs, whole);
    const x = numbers.floats(whole);
    const [start = 0, length = 0] = sizes;
    await engines.check('slice', { dim, start, length }, [x], shapeOf(length));
  });
});
