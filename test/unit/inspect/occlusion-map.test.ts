import { expect, test } from 'vitest';
import { occlusionMap } from '../../../src/core/inspect/occlusion-map';

test('each pixel has the mean of the squares that covered it; none of what no square reached', () => {
  const map = occlusionMap({ shape: [1, 2], values: [1, 3] }, { size: 2, stride: 1 }, [3, 4]);
  expect([...map]).toEqual([1, 2, 3, NaN, 1, 2, 3, NaN, NaN, NaN, NaN, NaN]);
});

test('squares side by side leave their own numbers', () => {
  const map = occlusionMap({ shape: [2, 2], values: [1, 2, 3, 4] }, { size: 1, stride: 2 }, [3, 3]);
  expect([...map]).toEqual([1, NaN, 2, NaN, NaN, NaN, 3, NaN, 4]);
});
