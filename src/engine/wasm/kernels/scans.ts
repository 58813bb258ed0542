import { arg, argAddress, at, splitAt } from './simd';

/**
 * Running results along the middle of (outer, length, inner). Arguments: which one (the order of `scanLine`), x, y, outer,
 * length, inner, 1 to begin at the end.
 */
export function scan(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  const inner = arg(args, 5);
  const lines = arg(args, 3) * inner;
  const end = splitAt(lines, part + 1, parts);
  for (let line = splitAt(lines, part, parts); line < end; line++) {
    let first = (line / inner) * length * inner + (line % inner);
    let step = inner;
    if (arg(args, 6) != 0) {
      first += (length - 1) * inner;
      step = -inner;
    }
    scanLine(arg(args, 0), at(argAddress(args, 1), first), at(argAddress(args, 2), first), length, step);
  }
}

function scanLine(code: i32, x: usize, y: usize, length: i32, step: i32): void {
  const bytes = isize(step) << 2;
  if (code == 0) {
    let sum: f64 = 0;
    for (let i = 0; i < length; i++) {
      sum += f64(load<f32>(x));
      store<f32>(y, f32(sum));
      x += bytes;
      y += bytes;
    }
  } else if (code == 1) {
    let sum = 0;
    for (let i = 0; i < length; i++) {
      sum += load<i32>(x);
      store<i32>(y, sum);
      x += bytes;
      y += bytes;
    }
  } else if (code == 2) {
    let product: f64 = 1;
    for (let i = 0; i < length; i++) {
      product *= f64(load<f32>(x));
      store<f32>(y, f32(product));
      x += bytes;
      y += bytes;
    }
  } else if (code == 3) {
    let product = 1;
    for (let i = 0; i < length; i++) {
      product *= load<i32>(x);
      store<i32>(y, product);
      x += bytes;
      y += bytes;
    }
  } else if (code == 4) {
    let total: f64 = -Infinity;
    for (let i = 0; i < length; i++) {
      total = logAdd(total, f64(load<f32>(x)));
      store<f32>(y, f32(total));
      x += bytes;
      y += bytes;
    }
  } else {
    extremesSoFar(code - 5, x, y, length, bytes);
  }
}

function logAdd(a: f64, b: f64): f64 {
  const larger = Math.max(a, b);
  if (!(Math.abs(larger) < Infinity)) return larger;
  return larger + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** Where the largest so far stands, of equal ones the last. Codes: largest and smallest of floats, then of whole numbers. */
function extremesSoFar(code: i32, x: usize, y: usize, length: i32, bytes: isize): void {
  let place = 0;
  let best: f64 = 0;
  for (let i = 0; i < length; i++) {
    const value = code < 2 ? f64(load<f32>(x)) : f64(load<i32>(x));
    const atLeast = code == 0 || code == 2 ? value >= best : value <= best;
    if (i == 0 || value != value || (best == best && atLeast)) {
      best = value;
      place = i;
    }
    store<i32>(y, place);
    x += bytes;
    y += bytes;
  }
}

/** The gradient of running products. Arguments: dy, x, dx, outer, length, inner. */
export function cumprod_grad(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  const inner = arg(args, 5);
  const lines = arg(args, 3) * inner;
  const end = splitAt(lines, part + 1, parts);
  for (let line = splitAt(lines, part, parts); line < end; line++) {
    const first = (line / inner) * length * inner + (line % inner);
    const dy = at(argAddress(args, 0), first);
    const x = at(argAddress(args, 1), first);
    // dx_i = (product before i) · Σ over k ≥ i of dy_k · (product of what lies between i and k, k included).
    let before: f64 = 1;
    for (let i = 0; i < length; i++) {
      let product = before;
      let sum: f64 = 0;
      for (let k = i; k < length && product != 0; k++) {
        if (k > i) product *= f64(load<f32>(at(x, k * inner)));
        sum += product * f64(load<f32>(at(dy, k * inner)));
      }
      before *= f64(load<f32>(at(x, i * inner)));
      store<f32>(at(argAddress(args, 2), first + i * inner), f32(sum));
    }
  }
}

/** The gradient of running log Σ e^x: e^(x_i − y_i) · Σ over k ≥ i of dy_k·e^(y_i − y_k). Arguments: dy, x, y, dx, outer, length, inner. */
export function logcumsumexp_grad(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 5);
  const inner = arg(args, 6);
  const lines = arg(args, 4) * inner;
  const end = splitAt(lines, part + 1, parts);
  for (let line = splitAt(lines, part, parts); line < end; line++) {
    const first = (line / inner) * length * inner + (line % inner);
    let sum: f64 = 0;
    let next: f64 = 0;
    for (let i = length - 1; i >= 0; i--) {
      const place = first + i * inner;
      const y = f64(load<f32>(at(argAddress(args, 2), place)));
      // What lies behind counts for less, as y grows; nothing counts before the first number.
      const rest = i == length - 1 ? 0 : y == -Infinity ? 0 : sum * Math.exp(y - next);
      sum = f64(load<f32>(at(argAddress(args, 0), place))) + rest;
      next = y;
      const share = y == -Infinity ? 0 : Math.exp(f64(load<f32>(at(argAddress(args, 1), place))) - y);
      store<f32>(at(argAddress(args, 3), place), f32(share * sum));
    }
  }
}
