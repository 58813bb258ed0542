import { addRow, at64, factorLU, narrow, scaleRow, widen } from './matrices64';
import { ownPart } from './own-part';
import { arg, argAddress, at, splitAt } from './simd';

/** Of each matrix the inverse. Arguments: x, y, matrices, n, scratch of each part (2·n² doubles, n indices), its bytes. */
export function inverse(args: usize, part: i32, parts: i32): void {
  const n = arg(args, 3);
  const a = argAddress(args, 4) + usize(ownPart()) * usize(arg(args, 5));
  const y = at64(a, n * n);
  const order = at64(y, n * n);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let item = splitAt(arg(args, 2), part, parts); item < end; item++) {
    widen(at(argAddress(args, 0), item * n * n), a, n * n);
    factorLU(a, order, n);
    memory.fill(y, 0, (usize(n) * usize(n)) << 3);
    for (let i = 0; i < n; i++) store<f64>(at64(y, i * n + load<i32>(at(order, i))), 1);
    for (let i = 1; i < n; i++) {
      for (let k = 0; k < i; k++) addRow(at64(y, i * n), at64(y, k * n), n, -load<f64>(at64(a, i * n + k)));
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) addRow(at64(y, i * n), at64(y, k * n), n, -load<f64>(at64(a, i * n + k)));
      scaleRow(at64(y, i * n), n, 1 / load<f64>(at64(a, i * n + i)));
    }
    narrow(y, at(argAddress(args, 1), item * n * n), n * n);
  }
}
