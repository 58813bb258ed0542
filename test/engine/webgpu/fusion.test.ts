import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine';
import type { KernelStep, PlanTensor } from '../../../src/engine/plan';
import { placer, runSteps } from '../run-op';
import { createSoftwareGpuEngine, noGpuReason } from './software-gpu';

describe.skipIf(noGpuReason !== undefined)('element-wise steps in one kernel', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createSoftwareGpuEngine();
  });
  afterAll(() => engine.dispose());

  const place = placer();
  const [a, b, sum, product] = [0, 1, 2, 3].map(() => place([3, 2], 'f32')) as [
    PlanTensor,
    PlanTensor,
    PlanTensor,
    PlanTensor,
  ];
  const row = place([2], 'f32');
  const values = Float32Array.from([1, -2, 3, -4, 5, -6]);
  const others = Float32Array.from([10, 20, 30, 40, 50, 60]);

  const run = (steps: readonly KernelStep[], outputs: readonly PlanTensor[]) =>
    runSteps(
      engine,
      [{ kind: 'elementwise', steps }],
      [
        { tensor: a, data: values },
        { tensor: b, data: others },
        { tensor: row, data: Float32Array.from([100, 1000]) },
      ],
      outputs,
      place.bytes(),
    );

  test('what one step makes, the next one reads, also where the first has taken the place of its input', async () => {
    const [result] = await run(
      [
        { kind: 'kernel', op: 'relu', attrs: {}, inputs: [a], output: a },
        { kind: 'kernel', op: 'add', attrs: {}, inputs: [a, b], output: sum },
      ],
      [sum],
    );
    expect([...(result ?? [])]).toEqual([11, 20, 33, 40, 55, 60]);
  });

  test('a place that two steps write holds the later value, and both values go on', async () => {
    const results = await run(
      [
        { kind: 'kernel', op: 'add', attrs: {}, inputs: [a, b], output: sum },
        { kind: 'kernel', op: 'multiply', attrs: {}, inputs: [sum, row], output: product },
        { kind: 'kernel', op: 'scale', attrs: { factor: 2 }, inputs: [a], output: sum },
      ],
      [sum, product],
    );
    expect(results.map((tensor) => [...tensor])).toEqual([
      [2, -4, 6, -8, 10, -12],
      [1100, 18000, 3300, 36000, 5500, 54000],
    ]);
  });

  test('numbers stand beside a tensor that is broadcast', async () => {
    const [result] = await run([{ kind: 'kernel', op: 'multiply', attrs: {}, inputs: [a, row], output: sum }], [sum]);
    expect([...(result ?? [])]).toEqual([100, -2000, 300, -4000, 500, -6000]);
  });
});
