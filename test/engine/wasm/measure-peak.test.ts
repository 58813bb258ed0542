import { expect, test } from 'vitest';
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
