import { describe, expect, test } from 'vitest';
import type { TensorType } from '../../../src/core/graph/graph';
import { opNamed } from '../../../src/core/ops/table';
import { compareLayers, evaluate, outcomeOf, stateOfLayer } from './compare-layers';

compareLayers('loss', {
  // PyTorch takes it, though it means nothing.
  unknown: ['nn.NLLLoss() m(t(5), i(5))'],
  // PyTorch 2 insists on as many dimensions.
  newer: {
    'nn.TripletMarginWithDistanceLoss() m(t(5, 3), t(3), t(5, 3))': '!',
    "nn.TripletMarginWithDistanceLoss(reduction='none') m(t(5, 3), t(3), t(5, 3))": '!',
  },
});

test('symbolic sizes pass through, and are compared where that can be decided', () => {
  const loss = (name: string, tensors: string) => outcomeOf(`nn.${name}(reduction='none')`, `m(${tensors})`);
  expect(loss('CrossEntropyLoss', "t('N', 10, 'H', 'W'), i('N', 'H', 'W')")).toBe('f32[N,H,W]');
  expect(loss('CrossEntropyLoss', "t('N', 10), i('N', 'H')")).toBe('!');
  expect(loss('CrossEntropyLoss', "t('N', 10, 'H'), i('N', 'W')")).toBe('?');
  expect(loss('BCELoss', "t('N', 1), t('N')")).toBe('!');
  expect(loss('MSELoss', "t('N', 1), t('N', 3)")).toBe('f32[N,3]');
  expect(loss('CTCLoss', "t('T', 'N', 20), i('N', 'S'), i('N'), i('N')")).toBe('f32[N]');
});

test('the weights that a loss is given are part of its state, with their values', () => {
  expect(stateOfLayer('nn.BCEWithLogitsLoss(pos_weight=t(3))')).toEqual([['pos_weight', [3]]]);
  expect(evaluate(['m = nn.CrossEntropyLoss(weight=torch.ones(3))'], 'm.weight').value).toMatchObject({
    kind: 'tensor',
    data: { kind: 'initial', init: { kind: 'constant', value: 1 } },
  });
  expect(evaluate(['m = nn.CrossEntropyLoss()'], 'm.weight').value).toEqual({ kind: 'none' });
});

describe('messages', () => {
  test.each<[string, Record<string, unknown>, TensorType[], string]>([
    [
      'cross_entropy_loss',
      { ignoreIndex: -100 },
      [floats(5, 3), classes(4)],
      'CrossEntropyLoss expects a class for each row of its scores: a target of shape (5,) for (5, 3), got (4,).',
    ],
    [
      'cross_entropy_loss',
      { ignoreIndex: -100 },
      [floats(5, 3), floats(5)],
      "CrossEntropyLoss expects probabilities of the input's shape, or class indices of type torch.int64, got (5, 3) and (5,).",
    ],
    [
      'binary_cross_entropy',
      {},
      [floats(5, 1), floats(5)],
      'BCELoss expects input and target of one shape, got (5, 1) and (5,).',
    ],
    [
      'binary_cross_entropy',
      {},
      [floats(5), classes(5)],
      'BCELoss expects a target of floats. Convert it with .float().',
    ],
    [
      'mse_loss',
      {},
      [floats(5, 3), floats(5, 4)],
      'MSELoss: shapes (5, 3) and (5, 4) do not fit together: 3 and 4 in dimension 1 differ, and neither is 1.',
    ],
  ])('%s %o of %o: %s', (op, attrs, types, message) => {
    const infer = () => opNamed(op).inferType(types, { reduction: 'mean', given: [], ...(attrs as object) });
    expect(infer).toThrow(message);
  });
});

function floats(...shape: number[]): TensorType {
  return { shape, dtype: 'f32' };
}

function classes(...shape: number[]): TensorType {
  return { shape, dtype: 'i64' };
}
