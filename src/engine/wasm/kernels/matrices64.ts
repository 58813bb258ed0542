import { at } from './simd';

/** Matrices of doubles, row-major: functions of a matrix lose half of their digits to cancellation, which float32 has not to spare. */

/** Address of the `index`-th double. */
export function at64(base: usize, index: i32): usize {
  return base + (usize(index) << 3);
}

/** Floats as doubles. */
export function widen(from: usize, to: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<f64>(at64(to, i), f64(load<f32>(at(from, i))));
}

/** Doubles as floats. */
export function narrow(from: usize, to: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<f32>(at(to, i), f32(load<f64>(at64(from, i))));
}

/** y += factor·x over `count` doubles. */
export function addRow(y: usize, x: usize, count: i32, factor: f64): void {
  const factors = f64x2.splat(factor);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const to = at64(y, i);
    const from = at64(x, i);
    v128.store(to, f64x2.add(v128.load(to), f64x2.mul(v128.load(from), factors)));
    v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(v128.load(from, 16), factors)), 16);
  }
  for (; i < count; i++) store<f64>(at64(y, i), load<f64>(at64(y, i)) + factor * load<f64>(at64(x, i)));
}

/** Σ x·y over `count` doubles. */
export function dotRow(x: usize, y: usize, count: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const left = at64(x, i);
    const right = at64(y, i);
    a = f64x2.add(a, f64x2.mul(v128.load(left), v128.load(right)));
    b = f64x2.add(b, f64x2.mul(v128.load(left, 16), v128.load(right, 16)));
  }
  a = f64x2.add(a, b);
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; i < count; i++) sum += load<f64>(at64(x, i)) * load<f64>(at64(y, i));
  return sum;
}

/** Multiplies `count` doubles. */
export function scaleRow(x: usize, count: i32, factor: f64): void {
  for (let i = 0; i < count; i++) store<f64>(at64(x, i), load<f64>(at64(x, i)) * factor);
}

export function swapRows(x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const kept = load<f64>(at64(x, i));
    store<f64>(at64(x, i), load<f64>(at64(y, i)));
    store<f64>(at64(y, i), kept);
  }
}

/** c = a·b, all `[n, n]` and c neither of the others. */
export function multiplyMatrices(a: usize, b: usize, c: usize, n: i32): void {
  memory.fill(c, 0, (usize(n) * usize(n)) << 3);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) addRow(at64(c, i * n), at64(b, k * n), n, load<f64>(at64(a, i * n + k)));
  }
}

/**
 * Factors a `[n, n]` in place: rows in the order `order` (i32 [n]) make L·U, L with ones in its diagonal. Each pivot is the
 * largest of its column. Returns the sign of the order.
 */
export function factorLU(a: usize, order: usize, n: i32): f64 {
  let sign: f64 = 1;
  for (let i = 0; i < n; i++) store<i32>(at(order, i), i);
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(load<f64>(at64(a, i * n + k))) > Math.abs(load<f64>(at64(a, best * n + k)))) best = i;
    }
    if (best != k) {
      swapRows(at64(a, k * n), at64(a, best * n), n);
      swapIndices(at(order, k), at(order, best));
      sign = -sign;
    }
    eliminate(a, k, n);
  }
  return sign;
}

/** Takes row k from those below, so that column k is zero there; its factors take the zeros' place. */
export function eliminate(a: usize, k: i32, n: i32): void {
  const pivot = load<f64>(at64(a, k * n + k));
  if (pivot == 0) return;
  for (let i = k + 1; i < n; i++) {
    const factor = load<f64>(at64(a, i * n + k)) / pivot;
    store<f64>(at64(a, i * n + k), factor);
    if (factor != 0) addRow(at64(a, i * n + k + 1), at64(a, k * n + k + 1), n - k - 1, -factor);
  }
}

export function swapIndices(a: usize, b: usize): void {
  const kept = load<i32>(a);
  store<i32>(a, load<i32>(b));
  store<i32>(b, kept);
}
