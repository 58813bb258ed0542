import { madd } from './simd';

/**
 * e^x in each lane, within about 1e-7 relative: x = n·ln 2 + r with |r| ≤ ln 2 / 2, a polynomial for e^r (coefficients:
 * Moshier, Cephes, expf), then times 2^n in two steps so that results may be subnormal.
 */
export function exp4(value: v128): v128 {
  const x = f32x4.max(f32x4.min(value, f32x4.splat(89)), f32x4.splat(-105));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = madd(n, f32x4.splat(-0.693359375), x);
  r = madd(n, f32x4.splat(2.1219444e-4), r);
  let p = f32x4.splat(1.98756915e-4);
  p = madd(p, r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const power = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(power, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(power, half)));
}

function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** e^x − 1 in each lane for x ≤ 88, within about 2e-7 relative near 0 too: with e^x = 2^n·(1 + q) it is 2^n·q + (2^n − 1). */
export function expMinusOne4(value: v128): v128 {
  const x = f32x4.max(f32x4.min(value, f32x4.splat(88)), f32x4.splat(-30));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = madd(n, f32x4.splat(-0.693359375), x);
  r = madd(n, f32x4.splat(2.1219444e-4), r);
  let p = f32x4.splat(1.985779762e-4);
  p = madd(p, r, f32x4.splat(1.39336044e-3));
  p = madd(p, r, f32x4.splat(8.333360729e-3));
  p = madd(p, r, f32x4.splat(4.166646547e-2));
  p = madd(p, r, f32x4.splat(1.666666653e-1));
  p = madd(p, r, f32x4.splat(0.5));
  const q = madd(p, f32x4.mul(r, r), r);
  const scale = powerOfTwo(i32x4.trunc_sat_f32x4_s(n));
  return madd(scale, q, f32x4.sub(scale, f32x4.splat(1)));
}

/** 2^x in each lane; exact where x is a whole number. */
export function exp2of4(value: v128): v128 {
  const x = f32x4.max(f32x4.min(value, f32x4.splat(129)), f32x4.splat(-151));
  const n = f32x4.nearest(x);
  const fraction = exp4(f32x4.mul(f32x4.sub(x, n), f32x4.splat(0.693147180559945309)));
  const power = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(power, 1);
  return f32x4.mul(f32x4.mul(fraction, powerOfTwo(half)), powerOfTwo(i32x4.sub(power, half)));
}

/** 1 / (1 + e^−x) in each lane, as exact relative to small results as to those near 1. */
export function sigmoid4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const one = f32x4.splat(1);
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e));
}

/** tanh x in each lane: with t = e^−2|x| − 1 it is −t/(2 + t), and has the sign of x. */
export function tanh4(x: v128): v128 {
  const t = expMinusOne4(f32x4.mul(f32x4.abs(x), f32x4.splat(-2)));
  const y = f32x4.div(f32x4.neg(t), f32x4.add(t, f32x4.splat(2)));
  return v128.bitselect(x, y, f32x4.splat(-0.0));
}

export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/**
 * Natural logarithm of a positive normal number (or infinity, or NaN), within about 1e-7 relative: x = 2^n·m with
 * √½ ≤ m < √2, a polynomial for log m (coefficients: Moshier, Cephes, logf).
 */
export function log1(x: f32): f32 {
  if (!(x < f32.MAX_VALUE)) return x;
  const bits = reinterpret<i32>(x);
  let n = ((bits >> 23) & 255) - 126;
  let m = reinterpret<f32>((bits & 0x007fffff) | 0x3f000000);
  if (m < 0.707106781186547524) {
    n--;
    m = m + m;
  }
  m -= 1;
  const square = m * m;
  let p: f32 = 7.0376836292e-2;
  p = p * m - 1.151461031e-1;
  p = p * m + 1.167699874e-1;
  p = p * m - 1.2420140846e-1;
  p = p * m + 1.4249322787e-1;
  p = p * m - 1.6668057665e-1;
  p = p * m + 2.0000714765e-1;
  p = p * m - 2.4999993993e-1;
  p = p * m + 3.3333331174e-1;
  let y = m * square * p;
  y += f32(n) * -2.1219444e-4;
  y -= 0.5 * square;
  return m + y + f32(n) * 0.693359375;
}

/** Natural logarithm in each lane: −∞ of 0, NaN below. */
export function log4(x: v128): v128 {
  return logarithm4(x, 0.693359375, -2.1219444e-4, 1);
}

/** n·(high + low) + factor·log m, where x = 2^n·m and √½ ≤ m < √2; −∞ of 0, NaN below. Coefficients: those of log1. */
export function logarithm4(x: v128, high: f32, low: f32, factor: f32): v128 {
  const subnormal = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const bits = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, subnormal);
  let power = i32x4.sub(v128.and(i32x4.shr_u(bits, 23), i32x4.splat(255)), i32x4.splat(126));
  power = i32x4.sub(power, v128.and(subnormal, i32x4.splat(23)));
  let m = v128.or(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  const n = f32x4.convert_i32x4_s(i32x4.add(power, small));
  m = f32x4.sub(f32x4.add(m, v128.and(small, m)), f32x4.splat(1));
  let p = f32x4.splat(7.0376836292e-2);
  p = madd(p, m, f32x4.splat(-1.151461031e-1));
  p = madd(p, m, f32x4.splat(1.167699874e-1));
  p = madd(p, m, f32x4.splat(-1.2420140846e-1));
  p = madd(p, m, f32x4.splat(1.4249322787e-1));
  p = madd(p, m, f32x4.splat(-1.6668057665e-1));
  p = madd(p, m, f32x4.splat(2.0000714765e-1));
  p = madd(p, m, f32x4.splat(-2.4999993993e-1));
  p = madd(p, m, f32x4.splat(3.3333331174e-1));
  const square = f32x4.mul(m, m);
  const rest = madd(f32x4.mul(square, m), p, f32x4.mul(square, f32x4.splat(-0.5)));
  let y = madd(n, f32x4.splat(low), f32x4.mul(rest, f32x4.splat(factor)));
  y = f32x4.add(y, f32x4.mul(m, f32x4.splat(factor)));
  y = madd(n, f32x4.splat(high), y);
  y = v128.bitselect(y, x, f32x4.lt(x, f32x4.splat(Infinity)));
  y = v128.bitselect(f32x4.splat(-Infinity), y, f32x4.eq(x, f32x4.splat(0)));
  return v128.bitselect(f32x4.splat(NaN), y, f32x4.lt(x, f32x4.splat(0)));
}

/** log(1 + x) in each lane, near 0 too: what rounding 1 + x lost is put back. */
export function logOnePlus4(x: v128): v128 {
  const sum = f32x4.add(x, f32x4.splat(1));
  const lost = f32x4.sub(x, f32x4.sub(sum, f32x4.splat(1)));
  const y = log4(sum);
  // At infinity and at −1 the quotient is no number.
  const finite = v128.and(f32x4.lt(x, f32x4.splat(Infinity)), f32x4.gt(x, f32x4.splat(-1)));
  return f32x4.add(y, v128.and(f32x4.div(lost, sum), finite));
}
