import { describe, expect, test } from 'vitest';
import type { Attributes, Shape, TensorType } from '../../../src/core/graph/graph';
import { OpError, OpUnsupported } from '../../../src/core/ops/op';
import { opNamed } from '../../../src/core/ops/table';

const f32 = (...shape: Shape): TensorType => ({ shape, dtype: 'f32' });

describe('reductions', () => {
  test('dimensions go, or stay with size 1', () => {
    const amax = opNamed('amax');
    const input = f32('N', 3, 'H', 'W');
    const attrs: Attributes = { dims: [2, 3], keepDims: true };
    expect(amax.inferType([input], attrs)).toEqual(f32('N', 3, 1, 1));
    expect(amax.inferType([input], { dims: [2, 3], keepDims: false })).toEqual(f32('N', 3));
    expect(amax.flops?.([input], f32('N', 3, 1, 1), attrs)).toBe('3*H*N*W');
    expect(amax.receptiveField?.([input], attrs)).toEqual({ kind: 'reduces', dims: [2, 3], keepDims: true });
  });

  test('each has its dtype', () => {
    const attrs = { dims: [0], keepDims: false };
    const of = (op: string, dtype: TensorType['dtype']): string =>
      opNamed(op).inferType([{ shape: [4], dtype }], attrs).dtype;
    expect(of('sum', 'bool')).toBe('i64');
    expect(of('sum', 'f16')).toBe('f16');
    expect(of('argmax', 'f32')).toBe('i64');
    expect(of('any', 'f32')).toBe('bool');
    expect(of('logsumexp', 'i64')).toBe('f32');
    expect(() => of('mean', 'i64')).toThrow(new OpError('mean does not take a tensor of int64.'));
  });

  test('running sums see the whole dimension and keep the shape', () => {
    const cumsum = opNamed('cumsum');
    expect(cumsum.inferType([f32('N', 7)], { dim: 1 })).toEqual(f32('N', 7));
    expect(cumsum.receptiveField?.([f32('N', 7)], { dim: 1 })).toEqual({ kind: 'mixes', dims: [1] });
  });

  test('topk takes no more than there is', () => {
    const shape = (size: number | string, k: number): Shape =>
      opNamed('topk').inferType([f32('N', size)], { k, dim: 1, largest: true }).shape;
    expect(shape(10, 5)).toEqual(['N', 5]);
    expect(shape('W', 1)).toEqual(['N', 1]);
    expect(() => shape(4, 5)).toThrow('topk: there are no 5 values along dimension 1 of a tensor of shape (N, 4).');
    expect(() => shape('W', 5)).toThrow(OpUnsupported);
  });
});
