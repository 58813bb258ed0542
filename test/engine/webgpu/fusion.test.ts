import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EngineMemoryError, type Engine } from '../../../src/engine/engine';
import type { KernelStep, PlanTensor } from '../../../src/engine/plan';
import { noState, placer, runSteps } from '../run-op';
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

  test('a chain of more numbers than a kernel may have is several kernels', async () => {
    const affine = (from: PlanTensor): KernelStep => {
      return { kind: 'kernel', op: 'affine', attrs: { factor: 1, shift: 1 }, inputs: [from], output: sum };
    };
    const [result] = await run([affine(a), ...Array.from({ length: 99 }, () => affine(sum))], [sum]);
    expect([...(result ?? [])]).toEqual([101, 98, 103, 96, 105, 94]);
  });

  test('numbers stand beside a tensor that is broadcast', async () => {
    const [result] = await run([{ kind: 'kernel', op: 'multiply', attrs: {}, inputs: [a, row], output: sum }], [sum]);
    expect([...(result ?? [])]).toEqual([100, -2000, 300, -4000, 500, -6000]);
  });
});

describe.skipIf(noGpuReason !== undefined)('a device that binds little at once', () => {
  let small: Engine;
  beforeAll(async () => {
    small = await createSoftwareGpuEngine({ bindingBytes: 1024, storageBuffers: 4 });
  });
  afterAll(() => small.dispose());

  test('goes through large tensors window by window, broadcast operands included', async () => {
    const place = placer();
    const [x, column, y] = [place([30, 40], 'f32'), place([30, 1], 'f32'), place([30, 40], 'f32')];
    const data = Float32Array.from({ length: 1200 }, (_, i) => i);
    const columnData = Float32Array.from({ length: 30 }, (_, i) => 10000 * i);
    const [result] = await runSteps(
      small,
      [{ kind: 'kernel', op: 'add', attrs: {}, inputs: [x, column], output: y }],
      [
        { tensor: x, data },
        { tensor: column, data: columnData },
      ],
      [y],
      place.bytes(),
    );
    expect([...(result ?? [])]).toEqual([...data].map((value, i) => value + 10000 * Math.floor(i / 40)));
  });

  test('computes a group in several kernels, with what goes from one to the next in memory', async () => {
    const place = placer();
    const inputs = Array.from({ length: 6 }, () => place([5], 'f32'));
    const sums = Array.from({ length: 5 }, () => place([5], 'f32'));
    const steps = sums.map((output, k): KernelStep => {
      const left = k === 0 ? inputs[0] : sums[k - 1];
      const right = inputs[k + 1];
      if (!left || !right) throw new Error('Every sum has two operands');
      return { kind: 'kernel', op: 'add', attrs: {}, inputs: [left, right], output };
    });
    const filled = inputs.map((tensor, k) => ({ tensor, data: new Float32Array(5).fill(10 ** k) }));
    const last = sums.slice(-1);
    const [result] = await runSteps(small, [{ kind: 'elementwise', steps }], filled, last, place.bytes());
    expect([...(result ?? [])]).toEqual(Array(5).fill(111111));
  });

  test('says which tensor is too large for a kernel that needs all of it', async () => {
    const session = await small.createSession(noState);
    const [x, y] = [
      { region: 'arena', offset: 0, shape: [4, 1000], dtype: 'f32' },
      { region: 'arena', offset: 16384, shape: [2, 4, 1000], dtype: 'f32' },
    ] as const;
    const plan = {
      name: 'test',
      batchSize: 1,
      steps: [{ kind: 'kernel', op: 'add', attrs: {}, inputs: [y, x], output: { ...y, offset: 65536 } }],
      inputs: {},
      outputs: {},
      arenaBytes: 1 << 20,
    } as const;
    await expect(session.compile(plan)).rejects.toThrow(EngineMemoryError);
    await session.dispose();
  });
});
