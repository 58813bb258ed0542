import { describe, expect, test } from 'vitest';
import {
  addDims,
  divideExactly,
  floorDivideDims,
  multiplyDims,
  productOfDims,
  substituteDim,
  subtractDims,
  type Dim,
} from '../../../src/core/graph/dim';

describe('symbolic sizes', () => {
  test('numbers stay numbers', () => {
    expect(addDims(2, 3)).toBe(5);
    expect(multiplyDims(2, 3)).toBe(6);
    expect(floorDivideDims(-7, 2)).toBe(-4);
  });

  test('equal polynomials have equal text, however they were made', () => {
    const square = multiplyDims(addDims('N', 1), addDims('N', 1));
    expect(square).toBe(addDims(addDims(multiplyDims('N', 'N'), multiplyDims(2, 'N')), 1));
    expect(multiplyDims('H', 'N')).toBe(multiplyDims('N', 'H'));
    expect(subtractDims(addDims('N', 4), 'N')).toBe(4);
    expect(addDims('H', -2)).toBe('H-2');
    expect(multiplyDims(16, 'N')).toBe('16*N');
  });

  test('an exact division gives a polynomial, another one nothing', () => {
    expect(divideExactly(multiplyDims('N', 320), 320)).toBe('N');
    expect(divideExactly(multiplyDims('N', 320), 'N')).toBe(320);
    expect(divideExactly(multiplyDims('N', 320), 7)).toBeUndefined();
    expect(divideExactly(addDims('N', 1), 'N')).toBeUndefined();
  });

  test('a floor quotient takes out what divides', () => {
    expect(floorDivideDims(addDims(multiplyDims(2, 'H'), 3), 2)).toBe('H+1');
    expect(addDims(floorDivideDims(addDims('H', -1), 2), 1)).toBe(floorDivideDims(addDims('H', 1), 2));
  });

  test.each<[Dim, Record<string, number>, number]>([
    [floorDivideDims(addDims('H', -3), 2), { H: 28 }, 12],
    [floorDivideDims(floorDivideDims(addDims('H', 1), 2), 2), { H: 27 }, 7],
    [multiplyDims(floorDivideDims('H', 3), floorDivideDims('W', 2)), { H: 10, W: 7 }, 9],
    [productOfDims(['N', 3, 'H', 'W']), { N: 2, H: 4, W: 5 }, 120],
    [floorDivideDims('H', 'W'), { H: 10, W: 3 }, 3],
  ])('%s with %o is %i', (dim, values, expected) => {
    expect(substituteDim(dim, values)).toBe(expected);
  });

  test('quotients survive being read back from their text', () => {
    const dim = addDims(multiplyDims(3, floorDivideDims(addDims('H', -5), 4)), 'W');
    const read = JSON.parse(JSON.stringify(dim)) as Dim;
    expect(addDims(read, 0)).toBe(dim);
    for (const height of [5, 6, 8, 9, 33]) {
      expect(substituteDim(read, { H: height, W: 2 })).toBe(3 * Math.floor((height - 5) / 4) + 2);
    }
  });
});
