import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/core/graph/graph';
import type { Engine, HostArray } from '../../../src/engine/engine';
import { relativeError } from '../relative-error';
import { runOpInPlace, type OpInput } from '../run-op';
import { Numbers } from '../wasm/numbers';
import { describeKernels } from './describe-kernels';

type Arrays = readonly Float64Array[];

describeKernels((engines) => {
  /** One optimiser step on every engine; `expected` says what the arrays hold afterwards. */
  async function check(
    op: string,
    attrs: Attributes,
    arrays: readonly OpInput[],
    hyper: number[],
    expected: Arrays,
  ): Promise<void> {
    const inputs = [
      ...arrays,
      { shape: [8], data: Float32Array.from([...hyper, ...Array<number>(8 - hyper.length).fill(0)]) },
    ];
    const results = new Map<Engine, readonly HostArray[]>();
    for (const engine of engines.all) results.set(engine, await runOpInPlace(engine, op, attrs, inputs));
    const [first, ...others] = engines.alike.map((engine) => results.get(engine));
    expected.forEach((values, i) => {
      for (const result of results.values()) expect(relativeError(result[i] ?? [], values)).toBeLessThan(1e-6);
      for (const other of others) expect(other?.[i]).toEqual(first?.[i]);
    });
  }

  const numbers = new Numbers(41);
  const shape = [1037];
  const [p, g, m] = [numbers.floats(shape), numbers.floats(shape), numbers.floats(shape)];
  const v = numbers.floats(shape, 0.01, 1);
  const doubles = ({ data }: OpInput): Float64Array => Float64Array.from(data);
  const zip = (values: Float64Array, compute: (value: number, i: number) => number): Float64Array =>
    values.map(compute);

  describe('sgd', () => {
    const [rate, decay, momentum] = [0.1, 0.01, 0.9];
    const decayed = zip(doubles(g), (value, i) => value + decay * (p.data[i] ?? 0));

    it('steps without momentum', async () => {
      const moved = zip(doubles(p), (value, i) => value - rate * (decayed[i] ?? 0));
      await check('sgd', { momentum: false, nesterov: false }, [p, g], [rate, decay, 0, 1], [moved]);
    });

    it.each([
      { nesterov: false, first: 0 },
      { nesterov: true, first: 0 },
      { nesterov: true, first: 1 },
    ])('steps with momentum, Nesterov $nesterov, first step $first', async ({ nesterov, first }) => {
      const buffer = zip(decayed, (value, i) => (first ? value : momentum * (m.data[i] ?? 0) + value));
      const direction = zip(buffer, (value, i) => (nesterov ? (decayed[i] ?? 0) + momentum * value : value));
      const moved = zip(doubles(p), (value, i) => value - rate * (direction[i] ?? 0));
      const expected = [moved, doubles(g), buffer];
      await check('sgd', { momentum: true, nesterov }, [p, g, m], [rate, decay, momentum, first], expected);
    });
  });

  describe.each(['adam', 'adamw'])('%s', (op) => {
    it('steps as torch does', async () => {
      const [rate, beta1, beta2, eps, decay, t] = [0.01, 0.9, 0.99, 1e-8, 0.1, 3];
      const corrections = [1 - beta1 ** t, Math.sqrt(1 - beta2 ** t)] as const;
      const start = zip(doubles(p), (value) => (op === 'adamw' ? value * (1 - rate * decay) : value));
      const gradient = zip(doubles(g), (value, i) => (op === 'adam' ? value + decay * (p.data[i] ?? 0) : value));
      const first = zip(gradient, (value, i) => beta1 * (m.data[i] ?? 0) + (1 - beta1) * value);
      const second = zip(gradient, (value, i) => beta2 * (v.data[i] ?? 0) + (1 - beta2) * value ** 2);
      const moved = zip(start, (value, i) => {
        const denominator = Math.sqrt(second[i] ?? 0) / corrections[1] + eps;
        return value - ((rate / corrections[0]) * (first[i] ?? 0)) / denominator;
      });
      const expected = [moved, doubles(g), first, second];
      await check(op, {}, [p, g, m, v], [rate, 1 - beta1, 1 - beta2, eps, decay, ...corrections], expected);
    });
  });
});
