import { describe, expect, test } from 'vitest';
import { dimsEqual, signOfDim, type Dim } from '../../../src/core/graph/dim';
import type { Attributes, Shape, TensorType } from '../../../src/core/graph/graph';
import type { ReceptiveFieldRule } from '../../../src/core/ops/op';
import { opNamed } from '../../../src/core/ops/table';

const f32 = (...shape: Shape): TensorType => ({ shape, dtype: 'f32' });

describe('receptive fields', () => {
  test.each<[string, Attributes, ReceptiveFieldRule]>([
    ['permute', { order: [0, 2, 3, 1] }, { kind: 'permute', order: [0, 2, 3, 1] }],
    ['slice', { dim: 2, start: 1, length: 6 }, { kind: 'slice', dim: 2, start: 1, step: 1 }],
    ['slice', { dim: 0, start: 'N-1', length: 1 }, { kind: 'mixes', dims: [0] }],
    ['strided_slice', { dim: 3, start: 1, length: 4, step: 2 }, { kind: 'slice', dim: 3, start: 1, step: 2 }],
    ['reshape', { shape: ['N', 192] }, { kind: 'reshape' }],
    ['flatten', { startDim: 1, endDim: -1 }, { kind: 'reshape' }],
    ['concat', { dim: -3 }, { kind: 'concat', dim: 1 }],
    ['flip', { dims: [3] }, { kind: 'mixes', dims: [3] }],
    ['repeat', { repeats: [1, 1, 2, 1] }, { kind: 'mixes', dims: [2] }],
    ['repeat_interleave', { repeats: 2, dim: 2 }, { kind: 'resample', scale: [2, 1], taps: [1, 1] }],
    ['constant', { value: 1, shape: [2] }, { kind: 'none' }],
  ])('of %s %o', (op, attrs, rule) => {
    expect(opNamed(op).receptiveField?.([f32('N', 3, 8, 8)], attrs)).toEqual(rule);
  });

  test('of a product: the rows of the first tensor, if the second has no further dimensions', () => {
    const rule = (a: Shape, b: Shape): unknown => opNamed('matmul').receptiveField?.([f32(...a), f32(...b)], {});
    expect(rule(['N', 49, 64], [64, 10])).toEqual({ kind: 'mixes', dims: [2] });
    expect(rule(['N', 64], [64])).toEqual({ kind: 'reduces', dims: [1], keepDims: false });
    expect(rule([64], [64, 10])).toEqual({ kind: 'global' });
  });
});

describe('formulas', () => {
  const formulasOf = (op: string, inputs: TensorType[], attrs: Attributes): unknown => {
    const definition = opNamed(op);
    return definition.formulas?.(inputs, definition.inferType(inputs, attrs), attrs);
  };

  test('put the numbers in', () => {
    expect(formulasOf('flatten', [f32('N', 16, 5, 5)], { startDim: 1, endDim: -1 })).toEqual([
      { name: 'features', text: '16·5·5 = 400' },
    ]);
    expect(formulasOf('concat', [f32('N', 64, 8, 8), f32('N', 32, 8, 8)], { dim: 1 })).toEqual([
      { name: 'C', text: '64 + 32 = 96' },
    ]);
    expect(formulasOf('reshape', [f32('N', 16, 5, 5)], { shape: ['N', -1] })).toEqual([
      { name: 'size', text: 'N·16·5·5 / N = 400' },
    ]);
    expect(formulasOf('matmul', [f32(4, 6), f32(6, 5)], {})).toEqual([
      { name: 'shape', text: '(4, 6) · (6, 5) = (4, 5)' },
    ]);
  });
});

describe('signs of sizes', () => {
  test.each<[Dim, number | undefined]>([
    [0, 0],
    [-3, -1],
    ['N', 1],
    ['H-1', undefined],
    ['N+H-1', 1],
    ['-N', -1],
    ['(H)//2', undefined],
    ['(H+1)//2', 1],
    ['(H)//2-H', -1],
    ['H-(H)//2', 1],
    ['2*(H)//3-H', -1],
    ['(H-3)//2', undefined],
    ['N*(H)//2+1', undefined],
  ])('%s has the sign %s', (dim, sign) => {
    expect(signOfDim(dim)).toBe(sign);
  });

  test('sizes are equal, different, or it depends', () => {
    expect(dimsEqual('H+1', 'H+1')).toBe(true);
    expect(dimsEqual('H', 'H-2')).toBe(false);
    expect(dimsEqual('N', '2*N')).toBe(false);
    expect(dimsEqual('H', 'W')).toBeUndefined();
    expect(dimsEqual('H', 2)).toBeUndefined();
    expect(dimsEqual('2*(H)//2', 'H')).toBeUndefined();
  });
});
