import { lanes, setLanes } from './lanes';
import { exp2of4, exp4, expMinusOne4, log4, logarithm4, logOnePlus4 } from './math';

// Exponentials, logarithms, roots and hyperbolic functions. Arguments: x, y; of the gradients dy, x or y, dx.

export function exp(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, exp4(lanes(args, 0, i)));
}

export function exp2(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, exp2of4(lanes(args, 0, i)));
}

/** dy·y·log 2 */
export function exp2_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const slope = f32x4.mul(lanes(args, 1, i), f32x4.splat(0.693147180559945309));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

export function expm1(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    setLanes(args, 1, i, end, v128.bitselect(exp4(x), expMinusOne4(x), f32x4.gt(x, f32x4.splat(80))));
  }
}

/** dy·(y + 1) */
export function expm1_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const slope = f32x4.add(lanes(args, 1, i), f32x4.splat(1));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

export function log(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, log4(lanes(args, 0, i)));
}

/** dy / x */
export function log_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 2, i, end, f32x4.div(lanes(args, 0, i), lanes(args, 1, i)));
  }
}

export function log2(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 1, i, end, logarithm4(lanes(args, 0, i), 1, 0, 1.44269504088896341));
  }
}

/** dy / (x·log 2) */
export function log2_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const slope = f32x4.div(f32x4.splat(1.44269504088896341), lanes(args, 1, i));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

export function log10(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    // log₁₀ 2 in two parts: products of the first with small whole numbers are exact.
    setLanes(args, 1, i, end, logarithm4(lanes(args, 0, i), 0.30078125, 2.48745663981195e-4, 0.434294481903251828));
  }
}

/** dy / (x·log 10) */
export function log10_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const slope = f32x4.div(f32x4.splat(0.434294481903251828), lanes(args, 1, i));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

export function log1p(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, logOnePlus4(lanes(args, 0, i)));
}

/** dy / (1 + x) */
export function log1p_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 2, i, end, f32x4.div(lanes(args, 0, i), f32x4.add(lanes(args, 1, i), f32x4.splat(1))));
  }
}

export function square_root(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, f32x4.sqrt(lanes(args, 0, i)));
}

/** dy / 2y */
export function sqrt_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const y = lanes(args, 1, i);
    setLanes(args, 2, i, end, f32x4.div(lanes(args, 0, i), f32x4.add(y, y)));
  }
}

/** 1 / √x */
export function rsqrt(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 1, i, end, f32x4.div(f32x4.splat(1), f32x4.sqrt(lanes(args, 0, i))));
  }
}

/** −½·dy·y³ */
export function rsqrt_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const y = lanes(args, 1, i);
    const slope = f32x4.mul(f32x4.mul(f32x4.splat(-0.5), y), f32x4.mul(y, y));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

/** 1 / x */
export function reciprocal(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, f32x4.div(f32x4.splat(1), lanes(args, 0, i)));
}

/** −dy·y² */
export function reciprocal_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const y = lanes(args, 1, i);
    setLanes(args, 2, i, end, f32x4.mul(f32x4.neg(lanes(args, 0, i)), f32x4.mul(y, y)));
  }
}

export function sinh(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, sinh4(lanes(args, 0, i)));
}

/** dy·cosh x */
export function sinh_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), cosh4(lanes(args, 1, i))));
  }
}

export function cosh(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, cosh4(lanes(args, 0, i)));
}

/** dy·sinh x */
export function cosh_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), sinh4(lanes(args, 1, i))));
  }
}

/** (t + t/(t + 1))/2, t = e^|x| − 1; from 80 on e^|x|/2. With the sign of x. */
function sinh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const t = expMinusOne4(size);
  const sum = f32x4.add(t, f32x4.div(t, f32x4.add(t, f32x4.splat(1))));
  const near = f32x4.mul(sum, f32x4.splat(0.5));
  const y = v128.bitselect(halfExp4(size), near, f32x4.gt(size, f32x4.splat(80)));
  return v128.bitselect(x, y, f32x4.splat(-0.0));
}

/** (e + 1/e)/2, e = e^|x|; from 80 on e/2. */
function cosh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const e = exp4(size);
  const near = f32x4.mul(f32x4.add(e, f32x4.div(f32x4.splat(1), e)), f32x4.splat(0.5));
  return v128.bitselect(halfExp4(size), near, f32x4.gt(size, f32x4.splat(80)));
}

/** e^x / 2, which is finite for some x where e^x is not. */
function halfExp4(x: v128): v128 {
  const root = exp4(f32x4.mul(x, f32x4.splat(0.5)));
  return f32x4.mul(f32x4.mul(root, f32x4.splat(0.5)), root);
}

/** log(1 + t), t = |x| + x²/(1 + √(x² + 1)); log|x| + log 2 where x² might overflow. With the sign of x. */
export function asinh(args: usize, begin: i32, end: i32): void {
  const one = f32x4.splat(1);
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const size = f32x4.abs(x);
    const square = f32x4.mul(x, x);
    const root = f32x4.sqrt(f32x4.add(square, one));
    const near = logOnePlus4(f32x4.add(size, f32x4.div(square, f32x4.add(root, one))));
    const far = f32x4.add(log4(size), f32x4.splat(0.693147180559945309));
    const y = v128.bitselect(far, near, f32x4.gt(size, f32x4.splat(1e9)));
    setLanes(args, 1, i, end, v128.bitselect(x, y, f32x4.splat(-0.0)));
  }
}

/** dy / √(x² + 1) */
export function asinh_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 1, i);
    const root = f32x4.sqrt(f32x4.add(f32x4.mul(x, x), f32x4.splat(1)));
    setLanes(args, 2, i, end, f32x4.div(lanes(args, 0, i), root));
  }
}

/** log(1 + t + √(t·(t + 2))), t = x − 1; log x + log 2 where x² might overflow. NaN below 1. */
export function acosh(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const t = f32x4.sub(x, f32x4.splat(1));
    const root = f32x4.sqrt(f32x4.mul(t, f32x4.add(t, f32x4.splat(2))));
    const near = v128.bitselect(logOnePlus4(f32x4.add(t, root)), f32x4.splat(NaN), f32x4.ge(t, f32x4.splat(0)));
    const far = f32x4.add(log4(x), f32x4.splat(0.693147180559945309));
    setLanes(args, 1, i, end, v128.bitselect(far, near, f32x4.gt(x, f32x4.splat(1e9))));
  }
}

/** dy / √(x² − 1) */
export function acosh_grad(args: usize, begin: i32, end: i32): void {
  const one = f32x4.splat(1);
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 1, i);
    const root = f32x4.sqrt(f32x4.mul(f32x4.sub(x, one), f32x4.add(x, one)));
    setLanes(args, 2, i, end, f32x4.div(lanes(args, 0, i), root));
  }
}

/** ½·log(1 + 2|x|/(1 − |x|)), with the sign of x. */
export function atanh(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const size = f32x4.abs(x);
    const ratio = f32x4.div(f32x4.add(size, size), f32x4.sub(f32x4.splat(1), size));
    const y = f32x4.mul(logOnePlus4(ratio), f32x4.splat(0.5));
    setLanes(args, 1, i, end, v128.bitselect(x, y, f32x4.splat(-0.0)));
  }
}

/** dy / (1 − x²) */
export function atanh_grad(args: usize, begin: i32, end: i32): void {
  const one = f32x4.splat(1);
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 1, i);
    const square = f32x4.mul(f32x4.sub(one, x), f32x4.add(one, x));
    setLanes(args, 2, i, end, f32x4.div(lanes(args, 0, i), square));
  }
}
