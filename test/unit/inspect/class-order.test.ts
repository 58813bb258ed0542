import { expect, test } from 'vitest';
import { orderClasses } from '../../../src/core/inspect/class-order';

// Class 3 is taken for 0 and the other way round, 1 for 2 once; 2 is always right.
const confusion = [6, 0, 0, 4, 0, 9, 1, 0, 0, 0, 10, 0, 5, 0, 0, 5];

test('classes stand as they are, by errors, or beside those that they are taken for', () => {
  expect(orderClasses(confusion, 4, 'class')).toEqual([0, 1, 2, 3]);
  expect(orderClasses(confusion, 4, 'errors')).toEqual([3, 0, 1, 2]);
  expect(orderClasses(confusion, 4, 'similarity')).toEqual([3, 0, 1, 2]);
});

test('what is confused stands together even where others have more errors', () => {
  // 0 ↔ 2 are confused, 1 and 3 as well, and 1 has more errors than 2.
  const pairs = [10, 0, 10, 0, 0, 12, 0, 8, 5, 0, 15, 0, 0, 7, 0, 13];
  expect(orderClasses(pairs, 4, 'errors')).toEqual([0, 1, 3, 2]);
  expect(orderClasses(pairs, 4, 'similarity')).toEqual([0, 2, 1, 3]);
});

test('no class is an order too', () => {
  for (const order of ['class', 'errors', 'similarity'] as const) expect(orderClasses([], 0, order)).toEqual([]);
});
