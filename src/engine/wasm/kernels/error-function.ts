import { exp4 } from './math';
import { madd } from './simd';

/**
 * erf x for |x| ≤ 1, e^(−x²) and erfc |x| for |x| ≥ 1. Polynomials fitted to the functions in high precision, for the least
 * relative error: of erf x / x in x², and of erfc t · e^(t²)·(1 + 2t) in (t − 2.75)/(t + 2.75).
 */
export function erf4(x: v128): v128 {
  const far = f32x4.sub(f32x4.splat(1), erfcFar4(x, gaussian4(x)));
  const signed = v128.bitselect(x, far, f32x4.splat(-0.0));
  return v128.bitselect(signed, erfNear4(x), f32x4.gt(f32x4.abs(x), f32x4.splat(1)));
}

/** 1 − erf x, as exact relative to small results as to large ones. */
export function erfc4(x: v128): v128 {
  return erfcWith4(x, gaussian4(x));
}

/** erfc x, given e^(−x²). */
export function erfcWith4(x: v128, gaussian: v128): v128 {
  const far = erfcFar4(x, gaussian);
  const folded = v128.bitselect(f32x4.sub(f32x4.splat(2), far), far, f32x4.lt(x, f32x4.splat(0)));
  const near = f32x4.sub(f32x4.splat(1), erfNear4(x));
  return v128.bitselect(folded, near, f32x4.gt(f32x4.abs(x), f32x4.splat(1)));
}

/** e^(−x²): x² is taken apart, as rounding it would be multiplied by the exponential. */
export function gaussian4(x: v128): v128 {
  const t = f32x4.min(f32x4.abs(x), f32x4.splat(15));
  const high = v128.and(t, i32x4.splat(0xfffff000));
  const rest = f32x4.mul(f32x4.sub(t, high), f32x4.add(t, high));
  const half = f32x4.splat(0.5);
  // e^−rest for rest below 0.02
  let p = madd(rest, f32x4.splat(-1.666666667e-1), half);
  p = madd(f32x4.mul(p, rest), rest, f32x4.sub(f32x4.splat(1), rest));
  return f32x4.mul(exp4(f32x4.neg(f32x4.mul(high, high))), p);
}

function erfNear4(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let p = f32x4.splat(7.853857728e-5);
  p = madd(p, square, f32x4.splat(-8.010192527e-4));
  p = madd(p, square, f32x4.splat(5.188327561e-3));
  p = madd(p, square, f32x4.splat(-2.685381187e-2));
  p = madd(p, square, f32x4.splat(1.128358515e-1));
  p = madd(p, square, f32x4.splat(-3.761262582e-1));
  p = madd(p, square, f32x4.splat(1.28379166e-1));
  return madd(p, x, x);
}

function erfcFar4(x: v128, gaussian: v128): v128 {
  const t = f32x4.min(f32x4.abs(x), f32x4.splat(11));
  const plus = f32x4.add(t, f32x4.splat(2.75));
  const double = madd(t, f32x4.splat(2), f32x4.splat(1));
  const inverse = f32x4.div(f32x4.splat(1), f32x4.mul(plus, double));
  const u = f32x4.mul(f32x4.mul(f32x4.sub(t, f32x4.splat(2.75)), double), inverse);
  let p = f32x4.splat(1.732682233e-3);
  p = madd(p, u, f32x4.splat(-2.593693528e-3));
  p = madd(p, u, f32x4.splat(-1.044933805e-2));
  p = madd(p, u, f32x4.splat(5.231350829e-2));
  p = madd(p, u, f32x4.splat(-1.144985255e-1));
  p = madd(p, u, f32x4.splat(1.44906794e-1));
  p = madd(p, u, f32x4.splat(-7.130601043e-2));
  p = madd(p, u, f32x4.splat(-1.304624925e-1));
  p = madd(p, u, f32x4.splat(1.258803625));
  return f32x4.mul(gaussian, f32x4.mul(p, f32x4.mul(plus, inverse)));
}
