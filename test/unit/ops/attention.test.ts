import { describe, expect, test } from 'vitest';
import type { TensorType } from '../../../src/core/graph/graph';
import { opNamed } from '../../../src/core/ops/table';
import { compareLayers, evaluate, outcomeOf } from './compare-layers';

compareLayers('attention');

describe('scaled_dot_product_attention, by the documentation of PyTorch 2', () => {
  test.each([
    ['t(2, 3, 5, 8), t(2, 3, 7, 8), t(2, 3, 7, 6)', 'f32[2,3,5,6]'],
    ["t('N', 3, 'L', 8), t('N', 3, 'L', 8), t('N', 3, 'L', 8), is_causal=True", 'f32[N,3,L,8]'],
    ['t(5, 8), t(7, 8), t(7, 8), b(5, 7)', 'f32[5,8]'],
    ['t(2, 8, 5, 8), t(2, 2, 7, 8), t(2, 2, 7, 8), enable_gqa=True', 'f32[2,8,5,8]'],
    ['t(2, 8, 5, 8), t(2, 3, 7, 8), t(2, 3, 7, 8), enable_gqa=True', '!'],
    ['t(2, 3, 5, 8), t(2, 3, 7, 6), t(2, 3, 7, 6)', '!'],
    ['t(2, 3, 5, 8), t(2, 3, 7, 8), t(2, 3, 6, 8)', '!'],
    ['t(2, 3, 5, 8), t(2, 4, 7, 8), t(2, 4, 7, 8)', '!'],
    ['t(5, 8), t(7, 8), t(7, 8), b(4, 7)', '!'],
    ['t(5, 8), t(7, 8), t(7, 8), b(5, 7), 0.0, True', '!'],
    ['t(5, 8), t(7, 8), t(7, 8), None, 0.0, False, 0.5', '!'],
    ['i(5, 8), i(7, 8), i(7, 8)', '!'],
  ])('of %s is %s', (args, expected) => {
    expect(outcomeOf('', `F.scaled_dot_product_attention(${args})`)).toBe(expected);
  });
});

test('is_causal is a hint about a mask', () => {
  const call = (rest: string) =>
    outcomeOf('nn.MultiheadAttention(8, 2)', `m(t(5, 2, 8), t(5, 2, 8), t(5, 2, 8), ${rest})`);
  expect(call('is_causal=True')).toBe('!');
  expect(call('attn_mask=b(5, 5), is_causal=True')).toEqual(['f32[5,2,8]', 'f32[2,5,5]']);
});

test('the layer knows the sizes of its heads, keys and values', () => {
  const attribute = (name: string) => evaluate(['m = nn.MultiheadAttention(8, 2, vdim=6)'], `m.${name}`).value;
  expect(attribute('head_dim')).toMatchObject({ value: 4 });
  expect(attribute('kdim')).toMatchObject({ value: 8 });
  expect(attribute('vdim')).toMatchObject({ value: 6 });
  expect(attribute('in_proj_weight')).toEqual({ kind: 'none' });
});

test('symbolic sizes pass through', () => {
  expect(
    outcomeOf('nn.MultiheadAttention(8, 2, batch_first=True)', "m(t('N', 'L', 8), t('N', 'S', 8), t('N', 'S', 8))"),
  ).toEqual(['f32[N,L,8]', 'f32[N,L,S]']);
});

test('the projection out of the heads is a Linear inside of the layer', () => {
  const lines = ['m = nn.MultiheadAttention(8, 2)', 'm.out_proj = nn.Linear(8, 8, bias=False)'];
  expect(evaluate(lines, 'isinstance(nn.MultiheadAttention(8, 2).out_proj, nn.Linear)').value).toEqual({
    kind: 'boolean',
    value: true,
  });
  expect(evaluate(lines, 'm.out_proj.weight.shape').value).toMatchObject({
    items: [{ value: 8 }, { value: 8 }],
  });
});

describe('counts', () => {
  const types = (...shapes: number[][]): TensorType[] => shapes.map((shape) => ({ shape, dtype: 'f32' }));
  const masks = { keyPaddingMask: false, attentionMask: false };
  const attrs = { embedDim: 8, heads: 2, bias: true, biasKv: false, zeroAttention: false, ...masks };
  const inputs = types([5, 3, 8], [7, 3, 8], [7, 3, 8], [24, 8], [24], [8, 8], [8]);

  test('parameters', () => {
    expect(opNamed('multihead_attention').parameterFormula?.(inputs, attrs)).toBe('24·8 + 24 + 8·8 + 8');
  });

  test('operations: projections, scores, softmax and sums', () => {
    const output = { shape: [5, 3, 8], dtype: 'f32' } as const;
    const projections = 2 * 5 * 8 * (2 * 8 + 1) + 2 * 7 * 8 * (2 * 8 + 1);
    const weighting = 5 * 7 * (2 * 8 + 2 * 8) + 5 * 5 * 7 * 2;
    expect(opNamed('multihead_attention').flops?.(inputs, output, attrs)).toBe(3 * (projections + weighting));
  });

  test('a mask is no parameter', () => {
    const masked = [...inputs, ...types([5, 7])];
    const formula = opNamed('multihead_attention').parameterFormula?.(masked, { ...attrs, attentionMask: true });
    expect(formula).toBe('24·8 + 24 + 8·8 + 8');
  });

  test('wrong features say which argument would mend it', () => {
    const wrong = types([5, 3, 6], [7, 3, 6], [7, 3, 6], [24, 8], [24], [8, 8], [8]);
    expect(() => opNamed('multihead_attention').inferType(wrong, attrs)).toThrow(
      expect.objectContaining({
        message: 'MultiheadAttention expects a query of 8 features, got 6.',
        fix: { argument: 'embed_dim', value: 6 },
      }),
    );
  });
});
