import { at64, dotRow, narrow, widen } from './matrices64';
import { ownPart } from './own-part';
import { arg, argAddress, at, splitAt } from './simd';

/** Of the lower half of each matrix the factor L of L·Lᵀ, zeros above. Arguments: x, y, matrices, n, scratch of each part (n² doubles), its bytes. */
export function cholesky(args: usize, part: i32, parts: i32): void {
  const n = arg(args, 3);
  const a = argAddress(args, 4) + usize(ownPart()) * usize(arg(args, 5));
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let item = splitAt(arg(args, 2), part, parts); item < end; item++) {
    widen(at(argAddress(args, 0), item * n * n), a, n * n);
    for (let i = 0; i < n; i++) {
      const row = at64(a, i * n);
      for (let j = 0; j < i; j++) {
        const other = at64(a, j * n);
        const rest = load<f64>(at64(row, j)) - dotRow(row, other, j);
        store<f64>(at64(row, j), rest / load<f64>(at64(other, j)));
      }
      store<f64>(at64(row, i), Math.sqrt(load<f64>(at64(row, i)) - dotRow(row, row, i)));
      memory.fill(at64(row, i + 1), 0, usize(n - 1 - i) << 3);
    }
    narrow(a, at(argAddress(args, 1), item * n * n), n * n);
  }
}
