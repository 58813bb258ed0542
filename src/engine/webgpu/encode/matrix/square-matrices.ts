import type { Encoder } from '../encoder';
import { inputOf, sizeOf } from '../../../steps/tensors';

/**
 * Functions of square matrices `[…, n, n]`: one thread a matrix, which is right for the small ones that networks hold (the
 * CPU engine computes them in doubles, which WGSL has not). Each works on a copy in scratch memory `w`, where indices of rows
 * stand as floats.
 */
function squareMatrixEncoder(name: string, matrices: number, indices: number, body: string): Encoder {
  return (step, program) => {
    const x = inputOf(step, 0);
    const n = x.shape.at(-1) ?? 1;
    const count = n === 0 ? 0 : sizeOf(x) / (n * n);
    const room = matrices * n * n + indices * n;
    program.forEach({
      name,
      tensors: { x, y: step.output, w: program.scratch(Math.max(1, count * room)) },
      sizes: { n, room },
      size: count,
      functions: library,
      body: `  let n = p.n;
  let size = n * n;
  let a = i * p.room;
  for (var k = 0u; k < size; k++) { store_w(a + k, load_x(i * size + k)); }
${body}`,
    });
  };
}

const library = `
/* w[y + j] += factor * w[x + j] */
fn add_row(y: u32, x: u32, count: u32, factor: f32) {
  for (var j = 0u; j < count; j++) { store_w(y + j, fma(factor, load_w(x + j), load_w(y + j))); }
}
fn scale_row(y: u32, count: u32, factor: f32) {
  for (var j = 0u; j < count; j++) { store_w(y + j, load_w(y + j) * factor); }
}
fn swap_values(x: u32, y: u32, count: u32) {
  for (var j = 0u; j < count; j++) {
    let kept = load_w(x + j);
    store_w(x + j, load_w(y + j));
    store_w(y + j, kept);
  }
}
fn clear_values(y: u32, count: u32) {
  for (var j = 0u; j < count; j++) { store_w(y + j, 0.0); }
}
fn dot_rows(x: u32, y: u32, count: u32) -> f32 {
  var sum = 0.0;
  for (var j = 0u; j < count; j++) { sum = fma(load_w(x + j), load_w(y + j), sum); }
  return sum;
}
fn multiply_matrices(a: u32, b: u32, c: u32, n: u32) {
  clear_values(c, n * n);
  for (var i = 0u; i < n; i++) {
    for (var k = 0u; k < n; k++) { add_row(c + i * n, b + k * n, n, load_w(a + i * n + k)); }
  }
}
fn order_indices(order: u32, n: u32) {
  for (var i = 0u; i < n; i++) { store_w(order + i, f32(i)); }
}
fn eliminate(a: u32, k: u32, n: u32) {
  let pivot = load_w(a + k * n + k);
  if (pivot == 0.0) { return; }
  for (var i = k + 1u; i < n; i++) {
    let factor = load_w(a + i * n + k) / pivot;
    store_w(a + i * n + k, factor);
    add_row(a + i * n + k + 1u, a + k * n + k + 1u, n - k - 1u, -factor);
  }
}
/* Rows in the order 'order' make L·U; each pivot is the largest of its column. Gives the sign of the order. */
fn factor_lu(a: u32, order: u32, n: u32) -> f32 {
  var sign = 1.0;
  order_indices(order, n);
  for (var k = 0u; k < n; k++) {
    var best = k;
    for (var i = k + 1u; i < n; i++) {
      if (abs(load_w(a + i * n + k)) > abs(load_w(a + best * n + k))) { best = i; }
    }
    if (best != k) {
      swap_values(a + k * n, a + best * n, n);
      swap_values(order + k, order + best, 1u);
      sign = -sign;
    }
    eliminate(a, k, n);
  }
  return sign;
}
/* As factor_lu, with each pivot the largest of all that remain, and the columns in an order too. */
fn factor_completely(a: u32, rows: u32, columns: u32, n: u32) -> f32 {
  var sign = 1.0;
  order_indices(rows, n);
  order_indices(columns, n);
  for (var k = 0u; k < n; k++) {
    var row = k;
    var column = k;
    var most = -1.0;
    for (var i = k; i < n; i++) {
      for (var j = k; j < n; j++) {
        let magnitude = abs(load_w(a + i * n + j));
        if (magnitude > most) { most = magnitude; row = i; column = j; }
      }
    }
    if (row != k) {
      swap_values(a + k * n, a + row * n, n);
      swap_values(rows + k, rows + row, 1u);
      sign = -sign;
    }
    if (column != k) {
      for (var i = 0u; i < n; i++) { swap_values(a + i * n + k, a + i * n + column, 1u); }
      swap_values(columns + k, columns + column, 1u);
      sign = -sign;
    }
    eliminate(a, k, n);
  }
  return sign;
}`;

/** Source: see the CPU engine's kernel for why the logarithm is summed beside the product. */
function determinant(result: string): Encoder {
  return squareMatrixEncoder(
    'determinant',
    1,
    1,
    `  let turned = factor_lu(a, a + size, n);
  var sign = turned;
  var product = 1.0;
  var logarithm = 0.0;
  for (var k = 0u; k < n; k++) {
    let pivot = load_w(a + k * (n + 1u));
    product *= pivot;
    logarithm += log(abs(pivot));
    if (pivot < 0.0) { sign = -sign; } else if (pivot == 0.0) { sign = 0.0; }
  }
  ${result}`,
  );
}

/** A NaN that no compiler folds: its bits come from a parameter that is never 0. */
const notANumber = 'bitcast<f32>(0x7fc00000u | min(p.n, 1u))';

export const squareMatrixEncoders: Readonly<Record<string, Encoder>> = {
  det: determinant('store_y(i, turned * product);'),
  logdet: determinant(`store_y(i, select(logarithm, ${notANumber}, sign < 0.0));`),
  slogdet_sign: determinant('store_y(i, sign);'),
  slogdet_log: determinant('store_y(i, logarithm);'),
  inverse: squareMatrixEncoder(
    'inverse',
    2,
    1,
    `  let y = a + size;
  let order = y + size;
  _ = factor_lu(a, order, n);
  clear_values(y, size);
  for (var r = 0u; r < n; r++) { store_w(y + r * n + u32(load_w(order + r)), 1.0); }
  for (var r = 1u; r < n; r++) {
    for (var k = 0u; k < r; k++) { add_row(y + r * n, y + k * n, n, -load_w(a + r * n + k)); }
  }
  for (var back = 0u; back < n; back++) {
    let r = n - 1u - back;
    for (var k = r + 1u; k < n; k++) { add_row(y + r * n, y + k * n, n, -load_w(a + r * n + k)); }
    scale_row(y + r * n, n, 1.0 / load_w(a + r * n + r));
  }
  for (var k = 0u; k < size; k++) { store_y(i * size + k, load_w(y + k)); }`,
  ),
  cholesky: squareMatrixEncoder(
    'cholesky',
    1,
    0,
    `  for (var r = 0u; r < n; r++) {
    let row = a + r * n;
    for (var c = 0u; c < r; c++) {
      let other = a + c * n;
      store_w(row + c, (load_w(row + c) - dot_rows(row, other, c)) / load_w(other + c));
    }
    store_w(row + r, sqrt(load_w(row + r) - dot_rows(row, row, r)));
    clear_values(row + r + 1u, n - 1u - r);
  }
  for (var k = 0u; k < size; k++) { store_y(i * size + k, load_w(a + k)); }`,
  ),
  /** Without a division by the determinant; how, see the CPU engine's kernel. */
  cofactors: squareMatrixEncoder(
    'cofactors',
    2,
    2,
    `  let w = a + size;
  let rows = w + size;
  let columns = rows + n;
  var product = factor_completely(a, rows, columns, n);
  let last = n - 1u;
  for (var k = 0u; k < last; k++) { product *= load_w(a + k * (n + 1u)); }
  if (product == 0.0) {
    for (var k = 0u; k < size; k++) { store_y(i * size + k, 0.0); }
    return;
  }
  let d = load_w(a + last * n + last);
  clear_values(w, size);
  for (var r = 0u; r < last; r++) {
    store_w(w + r * n + r, product);
    for (var k = 0u; k < r; k++) { add_row(w + r * n, w + k * n, last, -load_w(a + k * n + r)); }
    scale_row(w + r * n, last, 1.0 / load_w(a + r * n + r));
  }
  for (var k = 0u; k < last; k++) { add_row(w + last * n, w + k * n, last, -load_w(a + k * n + last)); }
  for (var r = 0u; r < last; r++) { scale_row(w + r * n, last, d); }
  store_w(w + last * n + last, product);
  for (var back = 0u; back < n; back++) {
    let r = n - 1u - back;
    for (var k = r + 1u; k < n; k++) { add_row(w + r * n, w + k * n, n, -load_w(a + k * n + r)); }
  }
  for (var r = 0u; r < n; r++) {
    for (var c = 0u; c < n; c++) {
      let place = u32(load_w(rows + r)) * n + u32(load_w(columns + c));
      store_y(i * size + place, load_w(w + r * n + c));
    }
  }`,
  ),
  /** Halved until no row sums to more than 1, where 12 terms are exact in float32, and squared as often. */
  matrix_exp: squareMatrixEncoder(
    'matrix_exp',
    3,
    0,
    `  var norm = 0.0;
  for (var r = 0u; r < n; r++) {
    var sum = 0.0;
    for (var c = 0u; c < n; c++) { sum += abs(load_w(a + r * n + c)); }
    norm = max(norm, sum);
  }
  var halvings = 0u;
  while (norm > 1.0 && halvings < 160u) {
    norm *= 0.5;
    halvings++;
    scale_row(a, size, 0.5);
  }
  // Horner's rule: I + A (I + A/2 (I + A/3 …)).
  var y = a + size;
  var other = y + size;
  clear_values(y, size);
  for (var r = 0u; r < n; r++) { store_w(y + r * (n + 1u), 1.0); }
  for (var term = 12u; term >= 1u; term--) {
    multiply_matrices(a, y, other, n);
    scale_row(other, size, 1.0 / f32(term));
    for (var r = 0u; r < n; r++) { store_w(other + r * (n + 1u), load_w(other + r * (n + 1u)) + 1.0); }
    let kept = y;
    y = other;
    other = kept;
  }
  for (var k = 0u; k < halvings; k++) {
    multiply_matrices(y, y, other, n);
    let kept = y;
    y = other;
    other = kept;
  }
  for (var k = 0u; k < size; k++) { store_y(i * size + k, load_w(y + k)); }`,
  ),
};
