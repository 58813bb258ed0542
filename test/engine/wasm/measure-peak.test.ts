import { expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine';
import type { PlanTensor } from '../../../src/engine/plan';
import { measurePeak } from '../../../src/engine/wasm/measure-peak';
import { createTestEngine } from '../create-test-engine';

test('multiply-adds in registers are counted in operations a second', async () => {
  const engine = await createTestEngine(2);
  try {
    const peak = await measurePeak(engine, 0.05);
    // From a slow core to many lanes of a fast one.
    expect(peak).toBeGreaterThan(1e8);
    expect(peak).toBeLessThan(1e12);
  } finally {
    await engine.dispose();
  }
});

test('no matrix product is faster than multiply-adds in registers', async () => {
  const engine = await createTestEngine(1);
  try {
    const product = await bestOfProduct(engine, 192, 0.2);
    const peak = await measurePeak(engine, 0.2);
    // Neither best is quite what the machine can do, where others use it too.
    expect(peak).toBeGreaterThan(0.8 * product);
  } finally {
    await engine.dispose();
  }
});

/** Operations a second of the product of two square matrices that fit in cache: the best of `seconds` of runs. */
async function bestOfProduct(engine: Engine, size: number, seconds: number): Promise<number> {
  const none = { offset: 0, byteLength: 0 };
  const session = await engine.createSession({
    slots: [],
    byteLength: 0,
    parameters: none,
    gradients: none,
    moments: [],
  });
  const matrix = (index: number): PlanTensor => ({
    region: 'arena',
    offset: index * size * size * 4,
    shape: [size, size],
    dtype: 'f32',
  });
  const program = await session.compile({
    name: 'product',
    batchSize: 1,
    steps: [{ kind: 'kernel', op: 'linear', attrs: {}, inputs: [matrix(0), matrix(1)], output: matrix(2) }],
    inputs: { a: matrix(0), b: matrix(1) },
    outputs: {},
    arenaBytes: 3 * size * size * 4,
  });
  program.input('a').fill(0.5);
  program.input('b').fill(0.25);
  let best = 0;
  for (const end = performance.now() + 1000 * seconds; performance.now() < end;) {
    const startedAtMs = performance.now();
    await program.run();
    best = Math.max(best, (2000 * size ** 3) / (performance.now() - startedAtMs));
  }
  await session.dispose();
  return best;
}
