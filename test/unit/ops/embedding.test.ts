import { describe, expect, test } from 'vitest';
import { opNamed } from '../../../src/core/ops/table';
import { compareLayers, evaluate, outcomeOf } from './compare-layers';

compareLayers('embedding');

describe('embeddings', () => {
  test.each([
    ['nn.Embedding(10, 4)', "m(i('N', 'L'))", 'f32[N,L,4]'],
    ['nn.EmbeddingBag(10, 4)', "m(i('N', 'L'))", 'f32[N,4]'],
    ['', "F.one_hot(i('N'), 5)", 'i64[N,5]'],
    // How many classes there are depends on the values.
    ['', 'F.one_hot(i(3))', '?'],
    ['', "F.cosine_similarity(t('N', 8), t('N', 8))", 'f32[N]'],
    ['', "F.pdist(t('N', 8))", 'f32[(N+N*N)//2-N]'],
  ])('%s %s is %s', (layer, call, expected) => {
    expect(outcomeOf(layer, call)).toBe(expected);
  });

  test('a padding index is counted from the front', () => {
    expect(evaluate(['m = nn.Embedding(10, 4, padding_idx=-1)'], 'm.padding_idx').value).toMatchObject({ value: 9 });
  });

  test('the table counts as parameters', () => {
    const types = [
      { shape: [5], dtype: 'i64' },
      { shape: [1000, 64], dtype: 'f32' },
    ] as const;
    expect(opNamed('embedding').parameterFormula?.(types, {})).toBe('1000·64');
  });
});
