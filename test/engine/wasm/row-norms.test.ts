import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Attributes } from '../../../src/core/graph/graph';
import { forwards } from '../reference/forwards';
import type { OpInput } from '../run-op';
import { toDoubles } from '../kernels/kernel-engines';
import { TestEngines } from './engines';
import { Numbers } from './numbers';

let engines: TestEngines;
beforeAll(async () => {
  engines = await TestEngines.create();
});
afterAll(() => engines.dispose());

/** Gradients by central differences in doubles of Σ y·dy, of each element of the input `index`. */
function differences(op: string, attrs: Attributes, inputs: readonly OpInput[], dy: OpInput, index: number) {
  const values = inputs.map(toDoubles);
  const loss = () => {
    const y = forwards[op]?.(values, attrs as never, dy.shape) ?? new Float64Array();
    return y.reduce((sum, value, i) => sum + value * (dy.data[i] ?? 0), 0);
  };
  const changed = values[index]?.data ?? new Float64Array();
  return changed.map((value, i) => {
    const step = 1e-4;
    changed[i] = value + step;
    const above = loss();
    changed[i] = value - step;
    const below = loss();
    changed[i] = value;
    return (above - below) / (2 * step);
  });
}

describe.each([
  [[5, 11], 11],
  [[300, 5], 5],
  [[2, 3, 24], 24],
])('layer_norm and rms_norm of %j', (shape, columns) => {
  const numbers = new Numbers(31);
  const [x, dy] = [numbers.floats(shape, -2, 3), numbers.floats(shape)];
  const [weight, bias] = [numbers.floats([columns]), numbers.floats([columns])];
  const normalizedShape = [columns];

  it('normalises', async () => {
    const attrs = { normalizedShape, eps: 1e-5, weight: true, bias: true };
    await engines.check('layer_norm', attrs, [x, weight, bias], shape);
    await engines.check('rms_norm', { normalizedShape, eps: null, weight: true }, [x, weight], shape);
  });

  it.each(['layer_norm', 'rms_norm'])('%s has the gradients that differences show', async (op) => {
    const attrs = { normalizedShape, eps: 1e-5, weight: true, bias: op === 'layer_norm' };
    const inputs = op === 'layer_norm' ? [x, weight, bias] : [x, weight];
    const ofRows = { normalizedShape, eps: 1e-5, centred: op === 'layer_norm' };
    const dx = differences(op, attrs, inputs, dy, 0);
    await engines.check('layer_norm_grad_input', ofRows, [dy, x, weight], shape, { expected: dx });
    const sums = new Array<number>(columns).fill(0);
    dy.data.forEach((value, i) => {
      sums[i % columns] = (sums[i % columns] ?? 0) + value;
    });
    const expected = [...sums, ...differences(op, attrs, inputs, dy, 1)];
    await engines.check('layer_norm_grad_affine', ofRows, [dy, x], [2, columns], { expected });
  });
});

it('group_norm with any number of threads', async () => {
  const numbers = new Numbers(32);
  const shape = [3, 8, 5, 7];
  const attrs = { groups: 4, eps: 1e-5, weight: true, bias: true };
  await engines.check('group_norm', attrs, [numbers.floats(shape), numbers.floats([8]), numbers.floats([8])], shape);
});

it.each([0.75, 0.5, 0.6])('local_response_norm and its gradient, beta %d', async (beta) => {
  const numbers = new Numbers(33);
  const shape = [2, 6, 3, 5];
  const [x, dy] = [numbers.floats(shape, -2, 2), numbers.floats(shape)];
  const attrs = { size: 5, alpha: 0.3, beta, k: 1 };
  await engines.check('local_response_norm', attrs, [x], shape);
  const expected = differences('local_response_norm', attrs, [x], dy, 0);
  await engines.check('local_response_norm_grad', attrs, [dy, x], shape, { expected });
});
