import { describe, expect, test } from 'vitest';
import type { TensorType } from '../../../src/core/graph/graph';
import { opNamed } from '../../../src/core/ops/table';
import { compareLayers, evaluate, outcomeOf, stateOfLayer } from './compare-layers';

compareLayers('recurrent');

test('symbolic sizes pass through', () => {
  expect(outcomeOf('nn.LSTM(8, 4, batch_first=True, bidirectional=True)', "m(t('N', 'L', 8))")).toEqual([
    'f32[N,L,8]',
    ['f32[2,N,4]', 'f32[2,N,4]'],
  ]);
  expect(outcomeOf('nn.GRUCell(8, 4)', "m(t('N', 8))")).toBe('f32[N,4]');
});

test('the results of one layer feed the next', () => {
  const lines = ['a = nn.LSTM(8, 4)', 'b = nn.LSTM(4, 4)', 'out, state = a(t(5, 2, 8))', 'out, (h, c) = b(out, state)'];
  expect(evaluate(lines, 'c').value).toMatchObject({ type: { shape: [1, 2, 4] } });
});

test('a layer knows its kind', () => {
  expect(evaluate(["m = nn.RNN(8, 4, nonlinearity='relu')"], 'm.mode').value).toEqual({
    kind: 'string',
    value: 'RNN_RELU',
  });
});

test('flatten_parameters changes nothing', () => {
  expect(evaluate(['m = nn.LSTM(8, 4)'], 'm.flatten_parameters()').value).toEqual({ kind: 'none' });
});

test('the fourth argument of nn.RNN is the non-linearity, as in PyTorch 2', () => {
  expect(outcomeOf("nn.RNN(8, 4, 1, 'relu')", 'm(t(5, 2, 8))')).toEqual(['f32[5,2,4]', 'f32[1,2,4]']);
  expect(outcomeOf("nn.RNN(8, 4, 1, 'elu')", 'm(t(5, 2, 8))')).toBe('!');
});

describe('counts', () => {
  const base = { layer: 'LSTM', inputSize: 64, hiddenSize: 128, numLayers: 1, bias: true, projSize: 0, states: 0 };
  const x: TensorType = { shape: [10, 3, 64], dtype: 'f32' };

  test.each([
    ['nn.LSTM(64, 128)', 'lstm', base, '4·128·(64 + 128 + 2)'],
    ['nn.GRU(64, 128, bias=False)', 'gru', { ...base, bias: false }, '3·128·(64 + 128)'],
    [
      'nn.LSTM(64, 128, 2, bidirectional=True)',
      'lstm',
      { ...base, numLayers: 2, bidirectional: true },
      '2·4·128·(64 + 128 + 2) + 2·4·128·(256 + 128 + 2)',
    ],
    ['nn.RNN(64, 128)', 'rnn', base, '128·(64 + 128 + 2)'],
    ['nn.LSTM(64, 128, proj_size=32)', 'lstm', { ...base, projSize: 32 }, '4·128·(64 + 32 + 2) + 32·128'],
  ])('%s has as many parameters as its formula says', (layer, op, attrs, expected) => {
    const formula = opNamed(op).parameterFormula?.([x], { ...attrs, cell: op });
    expect(formula).toBe(expected);
    const state = stateOfLayer(layer) as readonly (readonly [string, readonly number[]])[];
    const count = state.reduce((sum, [, shape]) => sum + shape.reduce((product, size) => product * size, 1), 0);
    expect(valueOf(expected)).toBe(count);
  });

  test('operations grow with steps, batch, layers and directions', () => {
    const flops = (attrs: Record<string, unknown>, shape = [10, 3, 64]) =>
      opNamed('rnn').flops?.([{ shape, dtype: 'f32' }], x, { ...base, cell: 'rnn', ...(attrs as object) });
    const step = 128 * (2 * (64 + 128) + 2 + 1);
    expect(flops({})).toBe(30 * step);
    expect(flops({ bidirectional: true })).toBe(60 * step);
    expect(flops({ numLayers: 2 })).toBe(30 * (step + 128 * (2 * (128 + 128) + 2 + 1)));
  });

  test('two directions explain the output size', () => {
    const formulas = opNamed('lstm').formulas?.([x], x, { ...base, bidirectional: true });
    expect(formulas).toEqual([{ name: 'features', text: '2·128 = 256' }]);
  });

  test('wrong features say which argument would mend it', () => {
    const wrong: TensorType = { shape: [10, 3, 60], dtype: 'f32' };
    expect(() => opNamed('lstm').inferType([wrong], base)).toThrow(
      expect.objectContaining({
        message: 'LSTM expects 64 features, its input has shape (10, 3, 60).',
        fix: { argument: 'input_size', value: 60 },
      }),
    );
  });
});

/** The value of a formula of sums and products with brackets. */
function valueOf(formula: string): number {
  const inner = /\(([^()]*)\)/.exec(formula);
  if (inner) return valueOf(formula.replace(inner[0], String(valueOf(inner[1] ?? ''))));
  return formula
    .split(' + ')
    .map((term) => term.split('·').reduce((product, factor) => product * Number(factor), 1))
    .reduce((sum, term) => sum + term, 0);
}
