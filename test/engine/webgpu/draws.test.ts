import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine';
import { createTestEngine } from '../create-test-engine';
import { bits } from '../kernels/kernel-engines';
import { runOp } from '../run-op';
import { createSoftwareGpuEngine, noGpuReason } from './software-gpu';

describe.skipIf(noGpuReason !== undefined)('random numbers are those of the CPU engine', () => {
  let [gpu, cpu]: (Engine | undefined)[] = [];
  beforeAll(async () => {
    [gpu, cpu] = await Promise.all([createSoftwareGpuEngine(), createTestEngine(1)]);
  });
  afterAll(() => Promise.all([gpu?.dispose(), cpu?.dispose()]));

  async function drawn(distribution: string, shape: readonly number[]) {
    if (!gpu || !cpu) throw new Error('The engines are there in tests alone');
    const random = { shape: [4], data: Int32Array.of(-123456789, 987654321, -77, 3) };
    const attrs = { distribution, shape, key: 4_000_000_001 };
    return [
      await runOp(gpu, 'draw', attrs, [random], shape),
      await runOp(cpu, 'draw', attrs, [random], shape),
    ] as const;
  }

  test.each([[[1]], [[4099]], [[7, 11, 13]]])('uniform ones bit by bit, of %j', async (shape) => {
    const [ours, theirs] = await drawn('uniform', shape);
    expect(bits(ours)).toEqual(bits(theirs));
  });

  test.each(['normal', 'gumbel'])('%s ones to a hundred-thousandth', async (distribution) => {
    const [ours, theirs] = await drawn(distribution, [4099]);
    const apart = ours.map((value, i) => Math.abs(value - (theirs[i] ?? NaN)));
    expect(Math.max(...apart)).toBeLessThan(1e-5);
  });
});
