import { describe, expect, test } from 'vitest';
import type { Attributes, DType, Shape, TensorType } from '../../../src/core/graph/graph';
import { promoteTypes, resultDtype } from '../../../src/core/ops/arithmetic/promote';
import { broadcastShapes } from '../../../src/core/ops/arithmetic/broadcast';
import { OpError, OpUnsupported } from '../../../src/core/ops/op';
import { opNamed } from '../../../src/core/ops/table';

const f32 = (...shape: Shape): TensorType => ({ shape, dtype: 'f32' });

/** FLOPs of an op for inputs of these shapes. */
function flopsOf(op: string, attrs: Record<string, string>, ...shapes: Shape[]): number | string | undefined {
  const inputs = shapes.map((shape) => f32(...shape));
  const definition = opNamed(op);
  return definition.flops?.(inputs, definition.inferType(inputs, attrs), attrs);
}

describe('broadcasting', () => {
  test('sizes of 1 and missing dimensions take the other size', () => {
    expect(broadcastShapes('add', ['N', 3, 8, 8], [3, 1, 1])).toEqual(['N', 3, 8, 8]);
    expect(broadcastShapes('add', [5, 1], [1, 4], [2, 1, 1])).toEqual([2, 5, 4]);
    expect(broadcastShapes('add', ['H', 1], [1, 'W'])).toEqual(['H', 'W']);
  });

  test('sizes that differ are refused, with both shapes; those that may agree are not known', () => {
    expect(() => broadcastShapes('add', ['N', 16, 8, 8], ['N', 32, 8, 8])).toThrow(
      new OpError(
        'add: shapes (N, 16, 8, 8) and (N, 32, 8, 8) do not fit together: 16 and 32 in dimension 1 differ, and neither is 1.',
      ),
    );
    expect(() => broadcastShapes('add', ['H'], [4])).toThrow(OpUnsupported);
  });
});

describe('dtypes', () => {
  // By torch 1.13: torch.promote_types.
  test.each<[DType, DType, DType]>([
    ['f16', 'bf16', 'f32'],
    ['u8', 'i8', 'i16'],
    ['u8', 'i64', 'i64'],
    ['bool', 'u8', 'u8'],
    ['i64', 'f16', 'f16'],
    ['f32', 'f64', 'f64'],
    ['i32', 'i64', 'i64'],
  ])('%s and %s make %s', (a, b, expected) => {
    expect(promoteTypes(a, b)).toBe(expected);
    expect(promoteTypes(b, a)).toBe(expected);
  });

  test('a tensor without dimensions only counts where it is of a higher category', () => {
    expect(
      resultDtype([
        { shape: [3], dtype: 'f16' },
        { shape: [], dtype: 'f64' },
      ]),
    ).toBe('f16');
    expect(
      resultDtype([
        { shape: [3], dtype: 'i64' },
        { shape: [], dtype: 'f16' },
      ]),
    ).toBe('f16');
    expect(
      resultDtype([
        { shape: [3], dtype: 'bool' },
        { shape: [], dtype: 'i64' },
      ]),
    ).toBe('i64');
  });
});

describe('FLOPs', () => {
  test('of products count a multiplication and an addition', () => {
    expect(flopsOf('matmul', {}, [4, 6], [6, 5])).toBe(2 * 4 * 5 * 6);
    expect(flopsOf('matmul', {}, ['N', 8, 'L', 64], ['N', 8, 64, 'L'])).toBe('1024*L*L*N');
    expect(flopsOf('matmul', {}, [6], [6])).toBe(12);
  });

  test('of einsum are those of its products, from left to right', () => {
    expect(flopsOf('einsum', { equation: 'ij,jk->ik' }, [4, 6], [6, 5])).toBe(2 * 4 * 5 * 6);
    expect(flopsOf('einsum', { equation: 'i,j->ij' }, [4], [5])).toBe(20);
    expect(flopsOf('einsum', { equation: 'ij->i' }, [4, 6])).toBe(24);
    expect(flopsOf('einsum', { equation: 'ij->ji' }, [4, 6])).toBe(0);
    expect(flopsOf('einsum', { equation: 'ij,jk,kl->il' }, [4, 6], [6, 5], [5, 3])).toBe(2 * 4 * 6 * 5 + 2 * 4 * 5 * 3);
    expect(flopsOf('einsum', { equation: '...ij,...jk->...ik' }, [7, 4, 6], [7, 6, 5])).toBe(7 * 2 * 4 * 5 * 6);
  });

  test('of element-wise functions are one for each element of the result', () => {
    expect(flopsOf('add', {}, ['N', 3, 8, 8], [3, 1, 1])).toBe('192*N');
    expect(flopsOf('exp', {}, [4, 6])).toBe(24);
    expect(flopsOf('divide', {}, [4, 1], [6])).toBe(24);
  });
});

test('gradients of what is broadcast are summed over what was added', () => {
  const types = [f32(4, 6), f32(6), f32(4, 6)];
  const made: string[] = [];
  const context = {
    node: { id: 2, op: 'add', attrs: {}, inputs: [0, 1], type: f32(4, 6) },
    attrs: {},
    outputGradient: 2,
    needs: [true, true],
    add: (op: string, attrs: Attributes) => {
      made.push(`${op} ${JSON.stringify(attrs)}`);
      return types.push(f32(6)) - 1;
    },
    typeOf: (id: number) => types[id] ?? f32(),
    numberOf: () => undefined,
  };
  expect(opNamed('add').gradient?.(context)).toEqual([2, 3]);
  expect(made).toEqual(['sum {"dims":[0],"keepDims":false}']);
});
