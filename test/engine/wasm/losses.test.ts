import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOp } from '../run-op';
import { TestEngines, reference } from './engines';
import { Numbers } from './numbers';

let engines: TestEngines;
beforeAll(async () => {
  engines = await TestEngines.create();
});
afterAll(() => engines.dispose());

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
  for (const engine of [engines.plain, ...engines.relaxed]) {
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
  expect(await runOp(engines.plain, 'count_correct', {}, [logits, right], [])).toEqual(Float32Array.of(3));
  expect(await runOp(engines.plain, 'count_correct', {}, [logits, wrong], [])).toEqual(Float32Array.of(0));
});
