import { describe, expect, test } from 'vitest';
import type { GraphNode, TensorType } from '../../../src/core/graph/graph';
import { GraphBuilder } from '../../../src/core/graph/graph-builder';
import { lowerGraph } from '../../../src/core/graph/lower';
import { OpError } from '../../../src/core/ops/op';
import { opNamed } from '../../../src/core/ops/table';
import { compareLayers, evaluate, outcomeOf, stateOfLayer } from './compare-layers';

compareLayers('normalization', {
  unknown: [
    // An op for weight or bias alone is not there.
    'F.batch_norm(t(2, 6), t(6), t(6), weight=t(6))',
    'F.batch_norm(t(2, 6), t(6), t(6), bias=t(6))',
  ],
  newer: {
    'nn.InstanceNorm1d(6, 1e-3, None) m(t(2, 6, 5))': 'f32[2,6,5]',
    'nn.InstanceNorm2d(6, 1e-3, None) m(t(2, 6, 4, 4))': 'f32[2,6,4,4]',
    'nn.InstanceNorm2d(6, 1e-3, None) m(t(2, 6, 5))': 'f32[2,6,5]',
    'nn.InstanceNorm3d(6, 1e-3, None) m(t(2, 6, 4, 4))': 'f32[2,6,4,4]',
  },
});

describe('what torch 1.13 does not have, by the documentation of PyTorch 2', () => {
  test.each([
    ['nn.RMSNorm(6)', 'm(t(2, 4, 6))', 'f32[2,4,6]'],
    ['nn.RMSNorm((4, 6), eps=1e-6)', 'm(t(2, 4, 6))', 'f32[2,4,6]'],
    ['nn.RMSNorm(5)', 'm(t(2, 4, 6))', '!'],
    ['', 'F.rms_norm(t(2, 6), (6,), t(6))', 'f32[2,6]'],
    ['', 'F.rms_norm(t(2, 6), 6)', '!'],
    ['nn.LayerNorm(6, bias=False)', 'm(t(2, 6))', 'f32[2,6]'],
    // On the CPU torch 1.13 refuses it; shapes are the same wherever it runs.
    ['nn.SyncBatchNorm(6)', 'm(t(2, 6, 4, 4))', 'f32[2,6,4,4]'],
    ['nn.SyncBatchNorm(6)', 'm(t(2, 6))', 'f32[2,6]'],
    ['nn.SyncBatchNorm(6)', 'm(t(6))', '!'],
    ['nn.SyncBatchNorm(6)', 'm(t(2, 5))', '!'],
    ['nn.SyncBatchNorm.convert_sync_batchnorm(nn.BatchNorm2d(6))', 'm(t(2, 6, 4, 4))', 'f32[2,6,4,4]'],
  ])('%s %s is %s', (layer, call, expected) => {
    expect(outcomeOf(layer, call)).toBe(expected);
  });

  test('parameters', () => {
    expect(stateOfLayer('nn.RMSNorm((4, 6))')).toEqual([['weight', [4, 6]]]);
    expect(stateOfLayer('nn.RMSNorm(6, elementwise_affine=False)')).toEqual([]);
    expect(stateOfLayer('nn.LayerNorm(6, bias=False)')).toEqual([['weight', [6]]]);
    expect(stateOfLayer('nn.SyncBatchNorm(6)')).toEqual(stateOfLayer('nn.BatchNorm2d(6)'));
  });
});

test('what a layer could have and has not is None', () => {
  const absent = (layer: string, name: string) => evaluate([`m = ${layer}`], `m.${name}`).value;
  const none = { kind: 'none' };
  expect(absent('nn.BatchNorm2d(6, affine=False)', 'weight')).toEqual(none);
  expect(absent('nn.BatchNorm2d(6, track_running_stats=False)', 'running_mean')).toEqual(none);
  expect(absent('nn.LayerNorm(6, elementwise_affine=False)', 'bias')).toEqual(none);
  expect(absent('nn.RMSNorm(6)', 'bias')).toBe('!');
});

test("a layer's own shape and tensors can be given to the function", () => {
  const call = 'F.layer_norm(t(2, 6), m.normalized_shape, m.weight, m.bias, m.eps)';
  expect(outcomeOf('nn.LayerNorm(6)', call)).toBe('f32[2,6]');
});

test('symbolic sizes pass through, and are compared where that can be decided', () => {
  expect(outcomeOf('nn.LayerNorm(6)', "m(t('N', 'H', 6))")).toBe('f32[N,H,6]');
  expect(outcomeOf('nn.LayerNorm(6)', "m(t('N', 'H'))")).toBe('?');
  expect(outcomeOf('nn.LayerNorm((4, 6))', "m(t('N', 'H', 5))")).toBe('!');
  expect(outcomeOf('nn.GroupNorm(3, 6)', "m(t('N', 6, 'H', 'W'))")).toBe('f32[N,6,H,W]');
  expect(outcomeOf('nn.InstanceNorm2d(6)', "m(t('N', 6, 'H', 'W'))")).toBe('f32[N,6,H,W]');
  expect(outcomeOf('', "F.layer_norm(t('N', 6, 'H', 'W'), t('N', 6, 'H', 'W').shape[1:])")).toBe('f32[N,6,H,W]');
});

describe('messages', () => {
  test.each<[string, Record<string, unknown>, number[][], string, unknown]>([
    [
      'batch_norm',
      { layer: 'BatchNorm1d', affine: true, trackRunningStats: true },
      [[2, 5], [6], [6], [6], [6]],
      'BatchNorm1d expects 6 channels, its input of shape (2, 5) has 5.',
      { argument: 'num_features', value: 5 },
    ],
    [
      'instance_norm',
      { layer: 'InstanceNorm2d', spatialRank: 2, useInputStats: true },
      [[2, 5, 4, 4], [6], [6]],
      'InstanceNorm2d expects 6 channels, its input of shape (2, 5, 4, 4) has 5.',
      { argument: 'num_features', value: 5 },
    ],
    [
      'group_norm',
      { groups: 2 },
      [[2, 8, 4], [6], [6]],
      'GroupNorm expects 6 channels, its input of shape (2, 8, 4) has 8.',
      { argument: 'num_channels', value: 8 },
    ],
    [
      'layer_norm',
      { normalizedShape: [6] },
      [[2, 4, 5]],
      'LayerNorm expects an input of shape (…, 6), got (2, 4, 5).',
      { argument: 'normalized_shape', value: 5 },
    ],
    [
      'layer_norm',
      { normalizedShape: [4, 6] },
      [[2, 4, 5]],
      'LayerNorm expects an input of shape (…, 4, 6), got (2, 4, 5).',
      { argument: 'normalized_shape', value: '(4, 5)' },
    ],
  ])('%s %o: %s', (op, attrs, shapes, message, fix) => {
    const types = shapes.map((shape): TensorType => ({ shape, dtype: 'f32' }));
    const infer = () => opNamed(op).inferType(types, attrs as never);
    expect(infer).toThrow(message);
    expect(infer).toThrow(expect.objectContaining({ fix }));
  });
});

test('parameters are counted in words', () => {
  const formula = (op: string, attrs: Record<string, unknown>, ...shapes: number[][]) =>
    opNamed(op).parameterFormula?.(
      shapes.map((shape) => ({ shape, dtype: 'f32' })),
      attrs as never,
    );
  expect(formula('batch_norm', { affine: true }, [2, 64, 8, 8], [64], [64])).toBe('2·64');
  expect(formula('batch_norm', { affine: false }, [2, 64, 8, 8])).toBeUndefined();
  expect(formula('layer_norm', { normalizedShape: [4, 6], weight: true, bias: true }, [2, 4, 6])).toBe('2·(4·6)');
  expect(formula('layer_norm', { normalizedShape: [4, 6], weight: true, bias: false }, [2, 4, 6])).toBe('4·6');
  expect(formula('rms_norm', { normalizedShape: [6], weight: true }, [2, 6])).toBe('6');
});

describe('lowering', () => {
  /** The op that a batch norm of `[2, 6, 4, 4]` becomes. */
  function lowered(
    mode: 'train' | 'eval',
    attrs: Record<string, unknown>,
    shape = [2, 6, 4, 4],
  ): GraphNode | undefined {
    const builder = new GraphBuilder('case');
    const type: TensorType = { shape: [6], dtype: 'f32' };
    const init = { kind: 'constant', value: 0 } as const;
    const statistics = ['mean', 'var'].map((name) => builder.buffer(name, type, init));
    if (attrs['momentum'] === null) statistics.push(builder.buffer('batches', { shape: [], dtype: 'i64' }, init));
    const x = builder.input('images', { shape, dtype: 'f32' });
    const defaults = { eps: 1e-5, momentum: 0.1, affine: false, trackRunningStats: true };
    const id = builder.add('batch_norm', { ...defaults, ...(attrs as object) }, [x, ...statistics]);
    const result = lowerGraph(builder.finish([id]), mode);
    return result.outputs[0] === undefined ? undefined : result.builder.node(result.outputs[0]);
  }

  test('batch norm uses the running statistics in evaluation and the batch in training', () => {
    expect(lowered('eval', {})?.op).toBe('batch_norm_inference');
    expect(lowered('train', {})?.op).toBe('batch_norm_normalize');
  });

  test('F.batch_norm does as its argument says, whatever the mode', () => {
    expect(lowered('train', { training: false })?.op).toBe('batch_norm_inference');
    expect(lowered('eval', { training: true })?.op).toBe('batch_norm_normalize');
  });

  test('a cumulative average trains and evaluates as a moving one does', () => {
    expect(lowered('eval', { momentum: null })?.op).toBe('batch_norm_inference');
    expect(lowered('train', { momentum: null })?.op).toBe('batch_norm_normalize');
  });

  test('one value per channel can be evaluated and not be trained with', () => {
    expect(lowered('eval', {}, [1, 6, 1, 1])?.op).toBe('batch_norm_inference');
    expect(() => lowered('train', { layer: 'BatchNorm3d' }, [1, 6, 1, 1])).toThrow(
      new OpError('BatchNorm3d needs more than one value per channel when training, got (1, 6, 1, 1).'),
    );
  });
});

test('layer norm mixes what it normalises; statistics over places widen no receptive field', () => {
  const image: TensorType = { shape: [2, 4, 5, 6], dtype: 'f32' };
  const field = (op: string, attrs: Record<string, unknown>) => opNamed(op).receptiveField?.([image], attrs as never);
  expect(field('layer_norm', { normalizedShape: [5, 6] })).toEqual({ kind: 'mixes', dims: [2, 3] });
  expect(field('rms_norm', { normalizedShape: [6] })).toEqual({ kind: 'mixes', dims: [3] });
  expect(field('local_response_norm', {})).toEqual({ kind: 'mixes', dims: [1] });
  expect(['batch_norm', 'group_norm', 'instance_norm'].map((op) => field(op, {}))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
