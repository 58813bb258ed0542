import { erfcWith4 } from './error-function';
import { lanes, setLanes } from './lanes';
import { exp4, expMinusOne4, logOnePlus4, sigmoid4, tanh4 } from './math';
import { argFloat, madd } from './simd';

// Activations made of exponentials. Arguments: x, y; of the gradients dy, x or y, dx; then numbers.

export function sigmoid(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, sigmoid4(lanes(args, 0, i)));
}

/** dy·y·(1 − y) */
export function sigmoid_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const y = lanes(args, 1, i);
    const slope = f32x4.mul(y, f32x4.sub(f32x4.splat(1), y));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

export function tanh(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, tanh4(lanes(args, 0, i)));
}

/** dy·(1 − y²) */
export function tanh_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const y = lanes(args, 1, i);
    const slope = f32x4.sub(f32x4.splat(1), f32x4.mul(y, y));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

export function tanhshrink(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    setLanes(args, 1, i, end, f32x4.sub(x, tanh4(x)));
  }
}

/** dy·tanh² x */
export function tanhshrink_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const t = tanh4(lanes(args, 1, i));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), f32x4.mul(t, t)));
  }
}

/** x·sigmoid x */
export function silu(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    setLanes(args, 1, i, end, f32x4.mul(x, sigmoid4(x)));
  }
}

/** dy·s·(1 + x·(1 − s)), s = sigmoid x */
export function silu_grad(args: usize, begin: i32, end: i32): void {
  const one = f32x4.splat(1);
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 1, i);
    const s = sigmoid4(x);
    const slope = f32x4.mul(s, madd(x, f32x4.sub(one, s), one));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

/** x·n/(n + 2), n = e^x·(e^x + 2): the tanh of log(1 + e^x). From x = 20 on the quotient is 1. */
export function mish(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const e = exp4(f32x4.min(x, f32x4.splat(20)));
    const n = f32x4.mul(e, f32x4.add(e, f32x4.splat(2)));
    setLanes(args, 1, i, end, f32x4.div(f32x4.mul(x, n), f32x4.add(n, f32x4.splat(2))));
  }
}

/** dy·(n·r + 4·x·e·(1 + e)·r²), e = e^x, n = e·(e + 2), r = 1/(n + 2) */
export function mish_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 1, i);
    const e = exp4(f32x4.min(x, f32x4.splat(20)));
    const n = f32x4.mul(e, f32x4.add(e, f32x4.splat(2)));
    const r = f32x4.div(f32x4.splat(1), f32x4.add(n, f32x4.splat(2)));
    const growth = f32x4.mul(f32x4.mul(f32x4.mul(x, f32x4.splat(4)), madd(e, e, e)), f32x4.mul(r, r));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), madd(n, r, growth)));
  }
}

/** min(x, 0) − log(1 + e^−|x|) */
export function logsigmoid(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const rest = logOnePlus4(exp4(f32x4.neg(f32x4.abs(x))));
    setLanes(args, 1, i, end, f32x4.sub(f32x4.min(x, f32x4.splat(0)), rest));
  }
}

/** dy·(1 − e^y) */
export function logsigmoid_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const slope = expMinusOne4(lanes(args, 1, i));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), f32x4.neg(slope)));
  }
}

/** log(1 + e^(beta·x)) / beta; x where beta·x is above the threshold. Numbers: beta, threshold. */
export function softplus(args: usize, begin: i32, end: i32): void {
  const beta = f32x4.splat(argFloat(args, 2));
  const threshold = f32x4.splat(argFloat(args, 3));
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const scaled = f32x4.mul(x, beta);
    const rest = logOnePlus4(exp4(f32x4.neg(f32x4.abs(scaled))));
    const y = f32x4.div(f32x4.add(f32x4.max(scaled, f32x4.splat(0)), rest), beta);
    setLanes(args, 1, i, end, v128.bitselect(x, y, f32x4.gt(scaled, threshold)));
  }
}

/** dy·sigmoid(beta·x); dy above the threshold. Numbers: beta, threshold. */
export function softplus_grad(args: usize, begin: i32, end: i32): void {
  const beta = f32x4.splat(argFloat(args, 3));
  const threshold = f32x4.splat(argFloat(args, 4));
  for (let i = begin; i < end; i += 4) {
    const scaled = f32x4.mul(lanes(args, 1, i), beta);
    const dy = lanes(args, 0, i);
    const dx = f32x4.mul(dy, sigmoid4(scaled));
    setLanes(args, 2, i, end, v128.bitselect(dy, dx, f32x4.gt(scaled, threshold)));
  }
}

/** x / (1 + |x|) */
export function softsign(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    setLanes(args, 1, i, end, f32x4.div(x, f32x4.add(f32x4.splat(1), f32x4.abs(x))));
  }
}

/** dy / (1 + |x|)² */
export function softsign_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const root = f32x4.add(f32x4.splat(1), f32x4.abs(lanes(args, 1, i)));
    setLanes(args, 2, i, end, f32x4.div(lanes(args, 0, i), f32x4.mul(root, root)));
  }
}

/** positive·x above 0, else negative·(e^(rate·x) − 1). Numbers: positive, negative, rate. */
export function elu(args: usize, begin: i32, end: i32): void {
  const positive = f32x4.splat(argFloat(args, 2));
  const negative = f32x4.splat(argFloat(args, 3));
  const rate = f32x4.splat(argFloat(args, 4));
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const below = f32x4.mul(negative, expMinusOne4(f32x4.mul(x, rate)));
    setLanes(args, 1, i, end, v128.bitselect(below, f32x4.mul(x, positive), f32x4.le(x, f32x4.splat(0))));
  }
}

/** From y, which is not above 0 where x is not: dy·positive, else dy·rate·(y + negative). Numbers: as of elu. */
export function elu_grad(args: usize, begin: i32, end: i32): void {
  const positive = f32x4.splat(argFloat(args, 3));
  const negative = f32x4.splat(argFloat(args, 4));
  const rate = f32x4.splat(argFloat(args, 5));
  for (let i = begin; i < end; i += 4) {
    const y = lanes(args, 1, i);
    const below = f32x4.mul(rate, f32x4.add(y, negative));
    const slope = v128.bitselect(below, positive, f32x4.le(y, f32x4.splat(0)));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

/** From x: dy·positive, else dy·rate·negative·e^(rate·x). Numbers: as of elu. */
export function elu_grad_input(args: usize, begin: i32, end: i32): void {
  const positive = f32x4.splat(argFloat(args, 3));
  const rate = f32x4.splat(argFloat(args, 5));
  const steepest = f32x4.mul(f32x4.splat(argFloat(args, 4)), rate);
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 1, i);
    const below = f32x4.mul(steepest, exp4(f32x4.mul(x, rate)));
    const slope = v128.bitselect(below, positive, f32x4.le(x, f32x4.splat(0)));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

/** x·Φ(x), Φ(x) = ½·erfc(−x/√2) */
export function gelu(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    setLanes(args, 1, i, end, f32x4.mul(x, normalShare4(x, normalDensity4(x))));
  }
}

/** dy·(Φ(x) + x·φ(x)) */
export function gelu_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 1, i);
    const e = normalDensity4(x);
    const slope = madd(f32x4.mul(x, f32x4.splat(0.398942280401432678)), e, normalShare4(x, e));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

/** e^(−x²/2): 0 from 15 on, so that the product with x stays 0. */
function normalDensity4(x: v128): v128 {
  return exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
}

function normalShare4(x: v128, density: v128): v128 {
  return f32x4.mul(f32x4.splat(0.5), erfcWith4(f32x4.mul(x, f32x4.splat(-0.707106781186547524)), density));
}

/** √(2/π) */
const SLOPE: f32 = 0.797884560802865356;
const CUBIC: f32 = 0.044715;

/** ½·x·(1 + tanh u) = x·sigmoid 2u, u = √(2/π)·(x + 0.044715·x³) */
export function gelu_tanh(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    setLanes(args, 1, i, end, f32x4.mul(x, sigmoid4(twiceBent4(x))));
  }
}

/** dy·(s + x·s·(1 − s)·2u′), s = sigmoid 2u */
export function gelu_tanh_grad(args: usize, begin: i32, end: i32): void {
  const one = f32x4.splat(1);
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 1, i);
    const s = sigmoid4(twiceBent4(x));
    const bend = madd(f32x4.mul(x, x), f32x4.splat(6 * SLOPE * CUBIC), f32x4.splat(2 * SLOPE));
    const growth = f32x4.mul(f32x4.mul(x, bend), f32x4.mul(s, f32x4.sub(one, s)));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), f32x4.add(s, growth)));
  }
}

function twiceBent4(x: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(x, x), f32x4.splat(2 * SLOPE * CUBIC));
  return f32x4.mul(x, f32x4.add(cube, f32x4.splat(2 * SLOPE)));
}
