import { afterAll, beforeAll, describe, it } from 'vitest';
import { TestEngines } from './engines';
import { Numbers } from './numbers';

let engines: TestEngines;
beforeAll(async () => {
  engines = await TestEngines.create();
});
afterAll(() => engines.dispose());

describe.each([
  { rows: [1], inputs: 1, outputs: 1 },
  { rows: [64], inputs: 120, outputs: 84 },
  { rows: [5], inputs: 7, outputs: 10 },
  { rows: [13], inputs: 33, outputs: 3 },
  { rows: [2, 3, 5], inputs: 9, outputs: 17 },
  { rows: [4], inputs: 1000, outputs: 70 },
  { rows: [500], inputs: 11, outputs: 250 },
])('linear, $rows rows, $inputs to $outputs', ({ rows, inputs, outputs }) => {
  const numbers = new Numbers(3);
  const x = numbers.floats([...rows, inputs]);
  const weight = numbers.floats([outputs, inputs]);
  const bias = numbers.floats([outputs]);
  const dy = numbers.floats([...rows, outputs]);

  it('computes the output', async () => {
    await engines.check('linear', {}, [x, weight, bias], dy.shape);
    await engines.check('linear', {}, [x, weight], dy.shape);
  });

  it('computes the gradients', async () => {
    await engines.check('linear_grad_input', {}, [dy, weight], x.shape);
    await engines.check('linear_grad_weight', {}, [x, dy], weight.shape);
  });
});

it('sums the gradient of a bias', async () => {
  const numbers = new Numbers(4);
  for (const shape of [
    [64, 10],
    [1, 1],
    [33, 7],
    [3, 4, 5, 7],
    [9, 1, 30, 31],
    [2, 100, 3, 1],
  ]) {
    await engines.check('channel_sum', {}, [numbers.floats(shape, -0.5)], [shape[1] ?? 1]);
  }
});
