import { addRow, at64, multiplyMatrices, narrow, scaleRow, widen } from './matrices64';
import { ownPart } from './own-part';
import { arg, argAddress, at, splitAt } from './simd';

/**
 * Of each matrix Σ Aᵏ/k!: A is halved until no row sums to more than 1, where 15 terms are exact to 1e-13, and the result
 * squared as often. Terms are taken by fours, in powers of A⁴ (Paterson and Stockmeyer, 1973). Arguments: x, y, matrices, n,
 * scratch of each part (6·n² doubles), its bytes.
 */
export function matrix_exp(args: usize, part: i32, parts: i32): void {
  const n = arg(args, 3);
  const size = n * n;
  const a = argAddress(args, 4) + usize(ownPart()) * usize(arg(args, 5));
  const square = at64(a, size);
  const cube = at64(square, size);
  const fourth = at64(cube, size);
  let y = at64(fourth, size);
  let other = at64(y, size);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let item = splitAt(arg(args, 2), part, parts); item < end; item++) {
    widen(at(argAddress(args, 0), item * size), a, size);
    let norm = largestRow(a, n);
    let halvings = 0;
    // An infinite norm ends it too: the result is no number then.
    while (norm > 1 && halvings < 1100) {
      norm *= 0.5;
      halvings++;
    }
    for (let i = 0; i < halvings; i++) scaleRow(a, size, 0.5);
    multiplyMatrices(a, a, square, n);
    multiplyMatrices(square, a, cube, n);
    multiplyMatrices(square, square, fourth, n);
    memory.fill(y, 0, usize(size) << 3);
    for (let group = 3; group >= 0; group--) {
      multiplyMatrices(y, fourth, other, n);
      const kept = y;
      y = other;
      other = kept;
      let factor: f64 = 1;
      for (let k = 2; k <= 4 * group; k++) factor /= f64(k);
      for (let i = 0; i < n; i++) store<f64>(at64(y, i * (n + 1)), load<f64>(at64(y, i * (n + 1))) + factor);
      addRow(y, a, size, factor / f64(4 * group + 1));
      addRow(y, square, size, factor / f64((4 * group + 1) * (4 * group + 2)));
      addRow(y, cube, size, factor / f64((4 * group + 1) * (4 * group + 2) * (4 * group + 3)));
    }
    for (let i = 0; i < halvings; i++) {
      multiplyMatrices(y, y, other, n);
      const kept = y;
      y = other;
      other = kept;
    }
    narrow(y, at(argAddress(args, 1), item * size), size);
  }
}

/** The largest sum of absolute values of a row. */
function largestRow(a: usize, n: i32): f64 {
  let most: f64 = 0;
  for (let i = 0; i < n; i++) {
    let sum: f64 = 0;
    for (let j = 0; j < n; j++) sum += Math.abs(load<f64>(at64(a, i * n + j)));
    // NaN counts as the largest.
    if (!(sum <= most)) most = sum;
  }
  return most;
}
