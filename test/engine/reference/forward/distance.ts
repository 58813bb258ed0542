import { at, data, sizeAt, type Forward } from '../tensor64';

export const distanceForwards: Readonly<Record<string, Forward>> = {
  pdist: ([x], { p }: { p: number | string }) => {
    const [rows, columns] = [sizeAt(x, 0), sizeAt(x, 1)];
    const row = (i: number) => Array.from({ length: columns }, (_, c) => at(data(x), i * columns + c));
    const distances: number[] = [];
    for (let i = 0; i < rows; i++) {
      for (let j = i + 1; j < rows; j++) {
        const [a, b] = [row(i), row(j)];
        const sizes = a.map((value, c) => Math.abs(value - (b[c] ?? NaN)));
        distances.push(normOf(sizes, p));
      }
    }
    return Float64Array.from(distances);
  },
};

function normOf(sizes: readonly number[], p: number | string): number {
  if (typeof p !== 'number') return Math.max(...sizes);
  if (p === 0) return sizes.filter((size) => size !== 0).length;
  return sizes.reduce((sum, size) => sum + size ** p, 0) ** (1 / p);
}
