import { arg, argAddress, at, splitAt } from './simd';

/**
 * The elements on one side of a diagonal, zeros on the other: of row r columns [0, r + diagonal + 1), or [r + diagonal, …)
 * for the upper triangle. Arguments: x, y, all rows, rows of a matrix, columns, diagonal, whether upper.
 */
export function triangle(args: usize, part: i32, parts: i32): void {
  const height = arg(args, 3);
  const width = arg(args, 4);
  const upper = arg(args, 6) != 0;
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let row = splitAt(arg(args, 2), part, parts); row < end; row++) {
    const x = at(argAddress(args, 0), row * width);
    const y = at(argAddress(args, 1), row * width);
    const border = (row % height) + arg(args, 5) + (upper ? 0 : 1);
    const cut = max(0, min(width, border));
    const first = upper ? cut : 0;
    const kept = upper ? width - cut : cut;
    memory.fill(y, 0, usize(width) << 2);
    memory.copy(at(y, first), at(x, first), usize(kept) << 2);
  }
}
