import { expect, test } from 'vitest';
import { ops } from '../../src/core/ops/table';
import { canCompute } from '../../src/engine/wasm/encode/can-compute';

test('every op of the table is computed, but tensors whose values are not known', () => {
  const missing = ops.filter((op) => !op.lower && !op.viewOffset && !canCompute(op.name)).map(({ name }) => name);
  expect(missing).toEqual(['generated']);
});

/** What gradients and layers are made of: no model's loss depends on one but through a layer, whose rule goes around it. */
const partsOfRules = [
  ...[
    'batch_norm_count',
    'batch_norm_running',
    'batch_norm_stats',
    'channel_sum',
    'cofactors',
    'copy',
    'count_correct',
  ],
  ...['divide_or_zero', 'fractional_pool_samples', 'max_pool_winners', 'row'],
];
/** Whole numbers. */
const indices = [
  ...['argcummax', 'argcummin', 'argsort', 'argtopk', 'linear_index', 'one_hot'],
  ...[1, 2, 3].flatMap((rank) => [`adaptive_max_pool${rank}d_indices`, `max_pool${rank}d_indices`]),
];
/** They depend on no parameter. */
const constants = ['constant', 'gather_images', 'generated', 'literal', 'mix_images'];

test('gradients pass every op of the table, but those that have none', () => {
  const blocking = ops
    .filter((op) => !op.lower && !op.gradient)
    .map(({ name }) => name)
    .filter((name) => !/_grad(_|$)|_(slope|share|rest|log)$/.test(name));
  expect(blocking.sort()).toEqual([...partsOfRules, ...indices, ...constants].sort());
});
