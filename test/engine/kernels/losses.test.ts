import { describe, expect, it } from 'vitest';
import { runOp } from '../run-op';
import { Numbers } from '../wasm/numbers';
import { describeKernels } from './describe-kernels';
import { firstOf, reference } from './kernel-engines';

describeKernels((engines) => {
  describe.each([
    { shape: [64, 10], dim: 1 },
    { shape: [3, 1000], dim: 1 },
    { shape: [7, 1], dim: 1 },
    { shape: [5, 6, 3, 7], dim: 1 },
    { shape: [5, 6], dim: 0 },
    { shape: [2, 3, 4, 9], dim: 3 },
  ])('softmax of $shape along $dim', ({ shape, dim }) => {
    it('computes outputs and gradients', async () => {
      const numbers = new Numbers(31);
      const x = numbers.floats(shape, -8, 8);
      const dy = numbers.floats(shape);
      for (const op of ['softmax', 'log_softmax']) {
        const y = { shape, data: Float32Array.from(reference(op, { dim }, [x], shape)) };
        await engines.check(op, { dim }, [x], shape, { tolerance: 1e-6 });
        if (shape[dim] !== 1) await engines.check(`${op}_grad`, { dim }, [dy, y], shape, { tolerance: 1e-6 });
      }
    });
  });

  it('is exact to a few units in the last place over the range of the exponential', async () => {
    const x = { shape: [2000, 2], data: Float32Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 0 : -i / 46)) };
    for (const engine of engines.all) {
      const y = await runOp(engine, 'softmax', { dim: 1 }, [x], x.shape);
      const expected = reference('softmax', { dim: 1 }, [x], x.shape);
      // Below 2^-126 floats are subnormal, and have fewer digits.
      const worst = y.map((value, i) => ((expected[i] ?? 0) > 2e-38 ? Math.abs(value / (expected[i] ?? NaN) - 1) : 0));
      expect(Math.max(...worst)).toBeLessThan(4e-7);
    }
  });

  it('stays finite for large logits', async () => {
    const logits = { shape: [2, 3], data: Float32Array.of(1000, -1000, 0, -500, -500, -500) };
    const targets = { shape: [2], data: Int32Array.of(0, 2) };
    await engines.check('log_softmax', { dim: 1 }, [logits], [2, 3]);
    await engines.check('cross_entropy', {}, [logits, targets], []);
  });

  describe.each([
    [64, 10],
    [1, 2],
    [17, 1000],
    [33, 7],
  ])('cross entropy of %i rows and %i classes', (rows, classes) => {
    const numbers = new Numbers(32);
    const logits = numbers.floats([rows, classes], -5, 5);
    const targets = numbers.integers([rows], classes);
    const dloss = { shape: [], data: Float32Array.of(0.7) };

    it('computes loss, gradient and number of right rows', async () => {
      await engines.check('cross_entropy', {}, [logits, targets], []);
      await engines.check('cross_entropy_grad', {}, [dloss, logits, targets], [rows, classes]);
      await engines.check('count_correct', {}, [logits, targets], []);
    });
  });

  it('counts the first of equal logits', async () => {
    const logits = { shape: [3, 3], data: Float32Array.of(1, 1, 0, 2, 3, 3, 0, 0, 0) };
    const right = { shape: [3], data: Int32Array.of(0, 1, 0) };
    const wrong = { shape: [3], data: Int32Array.of(1, 2, 2) };
    expect(await runOp(firstOf(engines), 'count_correct', {}, [logits, right], [])).toEqual(Float32Array.of(3));
    expect(await runOp(firstOf(engines), 'count_correct', {}, [logits, wrong], [])).toEqual(Float32Array.of(0));
  });

  describe('losses of many values, summed in blocks', () => {
    const numbers = new Numbers(33);
    const shape = [3, 4111];
    const x = numbers.floats(shape, -4, 4);
    const y = numbers.floats(shape, 0, 1);

    it.each([
      ['mse_loss', {}],
      ['l1_loss', {}],
      ['huber_loss', { delta: 0.5 }],
      ['smooth_l1_loss', { beta: 0.5 }],
      ['binary_cross_entropy_with_logits', {}],
      ['kl_div', { logTarget: false }],
    ])('%s', async (op, attrs) => {
      for (const reduction of ['mean', 'sum', 'batchmean']) {
        await engines.check(op, { ...attrs, reduction, given: [] }, [x, y], [], { tolerance: 2e-6 });
      }
      await engines.check(op, { ...attrs, reduction: 'none', given: [] }, [x, y], shape, { tolerance: 1e-6 });
    });

    it('cross entropy of maps, weighted, smoothed, some ignored', async () => {
      const scores = numbers.floats([2, 5, 53, 47], -6, 6);
      const targets = numbers.integers([2, 53, 47], 5);
      const weights = numbers.floats([5], 0.5, 2);
      for (const labelSmoothing of [0, 0.1]) {
        const attrs = { reduction: 'mean', ignoreIndex: 3, labelSmoothing };
        await engines.check('cross_entropy', attrs, [scores, targets, weights], []);
      }
    });
  });

  it('stays finite, and exact, for large logits of binary cross-entropy', async () => {
    const x = { shape: [8], data: Float32Array.of(1000, -1000, 1000, -1000, 30, -30, 90, 0) };
    const y = { shape: [8], data: Float32Array.of(1, 0, 0, 1, 1, 0, 0.5, 0.25) };
    const losses = await runOp(
      firstOf(engines),
      'binary_cross_entropy_with_logits',
      { reduction: 'none', given: [] },
      [x, y],
      [8],
    );
    const expected = [0, 0, 1000, 1000, Math.exp(-30), Math.exp(-30), 45, Math.LN2];
    losses.forEach((loss, i) =>
      expect(Math.abs(loss - (expected[i] ?? NaN))).toBeLessThanOrEqual(2e-7 * (expected[i] ?? 0)),
    );
  });

  it('shows targets that are no class as NaN, and leaves out the ignored one', async () => {
    const scores = { shape: [3, 2], data: Float32Array.of(0, 0, 1, 1, 2, 2) };
    const targets = { shape: [3], data: Int32Array.of(0, 2, -100) };
    const attrs = { reduction: 'none', ignoreIndex: -100 };
    const losses = await runOp(firstOf(engines), 'cross_entropy', attrs, [scores, targets], [3]);
    expect(losses[0]).toBeCloseTo(Math.LN2, 6);
    expect(losses[1]).toBeNaN();
    expect(losses[2]).toBe(0);
    const planes = { shape: [1, 2, 3], data: Float32Array.of(0, 1, 2, 0, 1, 2) };
    const places = { shape: [1, 3], data: targets.data };
    expect(await runOp(firstOf(engines), 'cross_entropy', attrs, [planes, places], [1, 3])).toEqual(losses);
  });

  it('does not let the infinite score of another class into the loss', async () => {
    const low = { shape: [1, 2], data: Float32Array.of(0, Number.NEGATIVE_INFINITY) };
    const target = { shape: [1], data: Int32Array.of(0) };
    expect(await runOp(firstOf(engines), 'cross_entropy', {}, [low, target], [])).toEqual(Float32Array.of(0));
  });
});
