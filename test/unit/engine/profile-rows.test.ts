import { expect, test } from 'vitest';
import type { KernelStep, Plan, PlanTensor } from '../../../src/engine/plan';
import { profileRows } from '../../../src/engine/profile-rows';

const tensor = (offset: number, ...shape: number[]): PlanTensor => ({ region: 'arena', offset, shape, dtype: 'f32' });
const [x, y, z, loss, hyper] = [tensor(0, 16), tensor(64, 16), tensor(128, 16), tensor(192), tensor(256, 8)];

function step(op: string, inputs: readonly PlanTensor[], output: PlanTensor, path?: string): KernelStep {
  return { kind: 'kernel', op, attrs: {}, inputs, output, ...(path === undefined ? {} : { path }) };
}

const plan: Plan = {
  name: 'train',
  batchSize: 1,
  steps: [
    { kind: 'elementwise', steps: [step('relu', [x], y, 'act'), step('add', [y, x], z, 'sum')] },
    step('cross_entropy', [z], loss),
    step('relu_grad', [z, y], x, 'act'),
    step('copy', [x], y, 'act'),
    step('adam', [y, hyper], y),
  ],
  inputs: { hyper },
  outputs: { loss },
  arenaBytes: 320,
};

test('rows say what ran, in which phase and how much it computed and moved', () => {
  const rows = profileRows(plan, [1, 2, 3, 4, 5]);
  expect(rows.map(({ phase, milliseconds }) => [phase, milliseconds])).toEqual([
    ['forward', 1],
    ['forward', 2],
    ['backward', 3],
    ['backward', 4],
    ['update', 5],
  ]);
  // x goes in, y and z come out; y is read where it was just made.
  expect(rows[0]).toEqual({
    phase: 'forward',
    ops: ['relu', 'add'],
    paths: ['act', 'sum'],
    milliseconds: 1,
    flops: 32,
    bytes: 192,
  });
});

test('a step that runs as part of the next one is in its row', () => {
  const rows = profileRows(plan, [1, 2, NaN, 4, 5]);
  expect(rows.map(({ ops }) => ops)).toEqual([['relu', 'add'], ['cross_entropy'], ['relu_grad', 'copy'], ['adam']]);
  expect(rows[2]).toMatchObject({ phase: 'backward', paths: ['act'], milliseconds: 4 });
});
