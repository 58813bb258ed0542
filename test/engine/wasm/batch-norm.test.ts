import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relativeError } from '../relative-error';
import { runOp, runOpInPlace } from '../run-op';
import { reference } from '../kernels/kernel-engines';
import { TestEngines } from './engines';
import { Numbers } from './numbers';

let engines: TestEngines;
beforeAll(async () => {
  engines = await TestEngines.create();
});
afterAll(() => engines.dispose());

const eps = 1e-5;

describe.each([[[4, 3, 5, 7]], [[32, 6, 10, 10]], [[2, 80, 3, 3]], [[17, 9]], [[5, 2, 1, 1]], [[3, 1, 40, 41]]])(
  'batch norm of %j',
  (shape) => {
    const numbers = new Numbers(10);
    const channels = shape[1] ?? 1;
    const x = numbers.floats(shape, -2, 3);
    const dy = numbers.floats(shape, -1, 1.5);
    const stats = {
      shape: [2, channels],
      data: Float32Array.from(reference('batch_norm_stats', {}, [x], [2, channels])),
    };
    const [weight, bias] = [numbers.floats([channels]), numbers.floats([channels])];
    const [mean, variance] = [numbers.floats([channels]), numbers.floats([channels], 0.1, 2)];

    it('computes the statistics of the batch', async () => {
      await engines.check('batch_norm_stats', {}, [x], stats.shape);
    });

    it('normalises', async () => {
      await engines.check('batch_norm_normalize', { eps, affine: false }, [x, stats], shape);
      await engines.check('batch_norm_normalize', { eps, affine: true }, [x, stats, weight, bias], shape);
      const inputs = [x, mean, variance, weight, bias];
      await engines.check('batch_norm_inference', { eps, affine: true }, inputs, shape);
      await engines.check('batch_norm_inference', { eps, affine: false }, inputs.slice(0, 3), shape);
    });

    it('computes the gradients', async () => {
      await engines.check('batch_norm_grad_stats', { eps }, [dy, x, stats], stats.shape);
      const data = Float32Array.from(reference('batch_norm_grad_stats', { eps }, [dy, x, stats], stats.shape));
      const inputs = [dy, x, stats, { shape: stats.shape, data }];
      await engines.check('batch_norm_grad_input', { eps, affine: false }, inputs, shape);
      await engines.check('batch_norm_grad_input', { eps, affine: true }, [...inputs, weight], shape);
      const inference = [dy, variance, weight];
      await engines.check('batch_norm_inference_grad_input', { eps, affine: true }, inference, shape);
      await engines.check('batch_norm_inference_grad_input', { eps, affine: false }, inference.slice(0, 2), shape);
    });
  },
);

it('keeps the variance of numbers far from zero', async () => {
  const x = new Numbers(12).floats([8, 3, 16, 16], 1000, 1001);
  const expected = reference('batch_norm_stats', {}, [x], [2, 3]).slice(3);
  for (const engine of [engines.plain, ...engines.relaxed]) {
    const stats = await runOp(engine, 'batch_norm_stats', {}, [x], [2, 3]);
    expect(relativeError(stats.slice(3), expected)).toBeLessThan(1e-4);
  }
});

it.each([0, 1])('moves the running statistics, row %i', async (row) => {
  const numbers = new Numbers(13);
  const [running, stats] = [numbers.floats([11]), numbers.floats([2, 11])];
  const attrs = { row, momentum: 0.1, count: 20 };
  const expected = reference('batch_norm_running', attrs, [running, stats], [11]);
  for (const engine of [engines.plain, ...engines.relaxed]) {
    const [moved] = await runOpInPlace(engine, 'batch_norm_running', attrs, [running, stats]);
    expect(relativeError(moved ?? [], expected)).toBeLessThan(1e-6);
  }
});
