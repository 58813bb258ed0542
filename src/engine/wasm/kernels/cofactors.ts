import { addRow, at64, eliminate, scaleRow, swapIndices, swapRows, widen } from './matrices64';
import { ownPart } from './own-part';
import { arg, argAddress, at, splitAt } from './simd';

/**
 * Of each matrix the cofactors, without a division by its determinant. Rows and columns are ordered so that each pivot is
 * the largest of all that remain: P·A·Q = L·U, in which only the last pivot d of a matrix of rank n − 1 is zero. With
 * U = [[T, u], [0, d]] the cofactors of U are det T·[[d·T⁻ᵀ, 0], [−uᵀ·T⁻ᵀ, 1]], those of L·U are L⁻ᵀ times these.
 * Arguments: x, y, matrices, n, scratch of each part (2·n² doubles, 2·n indices), its bytes.
 */
export function cofactors(args: usize, part: i32, parts: i32): void {
  const n = arg(args, 3);
  const a = argAddress(args, 4) + usize(ownPart()) * usize(arg(args, 5));
  const w = at64(a, n * n);
  const rows = at64(w, n * n);
  const columns = at(rows, n);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let item = splitAt(arg(args, 2), part, parts); item < end; item++) {
    const y = at(argAddress(args, 1), item * n * n);
    widen(at(argAddress(args, 0), item * n * n), a, n * n);
    const sign = factorCompletely(a, rows, columns, n);
    let product = sign;
    for (let k = 0; k < n - 1; k++) product *= load<f64>(at64(a, k * (n + 1)));
    // Two zero pivots: the rank is below n − 1, and no cofactor is left.
    if (product == 0) {
      memory.fill(y, 0, (usize(n) * usize(n)) << 2);
      continue;
    }
    cofactorsOfUpper(a, w, n, product);
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) addRow(at64(w, i * n), at64(w, k * n), n, -load<f64>(at64(a, k * n + i)));
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const place = load<i32>(at(rows, i)) * n + load<i32>(at(columns, j));
        store<f32>(at(y, place), f32(load<f64>(at64(w, i * n + j))));
      }
    }
  }
}

/** w = product·[[d·T⁻ᵀ, 0], [−uᵀ·T⁻ᵀ, 1]]. */
function cofactorsOfUpper(a: usize, w: usize, n: i32, product: f64): void {
  const last = n - 1;
  const d = load<f64>(at64(a, last * n + last));
  memory.fill(w, 0, (usize(n) * usize(n)) << 3);
  for (let i = 0; i < last; i++) {
    store<f64>(at64(w, i * n + i), product);
    for (let k = 0; k < i; k++) addRow(at64(w, i * n), at64(w, k * n), last, -load<f64>(at64(a, k * n + i)));
    scaleRow(at64(w, i * n), last, 1 / load<f64>(at64(a, i * n + i)));
  }
  for (let k = 0; k < last; k++) {
    addRow(at64(w, last * n), at64(w, k * n), last, -load<f64>(at64(a, k * n + last)));
  }
  for (let i = 0; i < last; i++) scaleRow(at64(w, i * n), last, d);
  store<f64>(at64(w, last * n + last), product);
}

/** As factorLU, with the columns in an order too. */
function factorCompletely(a: usize, rows: usize, columns: usize, n: i32): f64 {
  let sign: f64 = 1;
  for (let i = 0; i < n; i++) {
    store<i32>(at(rows, i), i);
    store<i32>(at(columns, i), i);
  }
  for (let k = 0; k < n; k++) {
    let row = k;
    let column = k;
    let most: f64 = -1;
    for (let i = k; i < n; i++) {
      for (let j = k; j < n; j++) {
        const size = Math.abs(load<f64>(at64(a, i * n + j)));
        if (size > most) {
          most = size;
          row = i;
          column = j;
        }
      }
    }
    if (row != k) {
      swapRows(at64(a, k * n), at64(a, row * n), n);
      swapIndices(at(rows, k), at(rows, row));
      sign = -sign;
    }
    if (column != k) {
      for (let i = 0; i < n; i++) swapRows(at64(a, i * n + k), at64(a, i * n + column), 1);
      swapIndices(at(columns, k), at(columns, column));
      sign = -sign;
    }
    eliminate(a, k, n);
  }
  return sign;
}
