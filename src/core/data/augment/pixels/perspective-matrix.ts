import type { PerspectiveMatrix } from './transform-image';

/** Clockwise from the upper left. */
export type Corners = readonly [Point, Point, Point, Point];

type Point = readonly [x: number, y: number];

/** The matrix that takes each of `from` to its place in `to`: eight linear equations, solved by elimination with pivots. */
export function perspectiveMatrix(from: Corners, to: Corners): PerspectiveMatrix {
  const rows: number[][] = [];
  from.forEach(([x, y], index) => {
    const [toX = 0, toY = 0] = to[index] ?? [];
    rows.push([x, y, 1, 0, 0, 0, -toX * x, -toX * y, toX]);
    rows.push([0, 0, 0, x, y, 1, -toY * x, -toY * y, toY]);
  });
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, h = 0] = solve(rows);
  return [a, b, c, d, e, f, g, h];
}

/** [n, n + 1], the right-hand sides last. */
function solve(rows: number[][]): number[] {
  const count = rows.length;
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let column = 0; column < count; column++) {
    let pivot = column;
    for (let row = column + 1; row < count; row++) {
      if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    const divisor = at(column, column) || 1;
    rows[column] = (rows[column] ?? []).map((value) => value / divisor);
    for (let row = 0; row < count; row++) {
      const factor = row === column ? 0 : at(row, column);
      if (factor !== 0) rows[row] = (rows[row] ?? []).map((value, place) => value - factor * at(column, place));
    }
  }
  return rows.map((row) => row[count] ?? 0);
}
