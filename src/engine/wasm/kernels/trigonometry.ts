import { madd } from './simd';

/** π/2 in two parts: products of the first with whole numbers below 2^20 are exact in f64. */
const QUARTER_HIGH: f64 = 1.57079632673412561417;
const QUARTER_LOW: f64 = 6.07710050650619224932e-11;
/** Beyond, lanes are computed one by one. */
const FAR: f32 = 1000000;

/** sin x in each lane. */
export function sin4(x: v128): v128 {
  return wave4(x, 0);
}

/** cos x in each lane. */
export function cos4(x: v128): v128 {
  return wave4(x, 1);
}

/** sin(x + quarters·π/2): x = n·π/2 + r with |r| ≤ π/4, and n says which of sin r and cos r it is. */
function wave4(x: v128, quarters: i32): v128 {
  if (v128.any_true(f32x4.gt(f32x4.abs(x), f32x4.splat(FAR)))) return waveFar4(x, quarters);
  const n01 = turns(f64x2.promote_low_f32x4(x));
  const upper = v128.shuffle<f32>(x, x, 2, 3, 2, 3);
  const n23 = turns(f64x2.promote_low_f32x4(upper));
  const r01 = f32x4.demote_f64x2_zero(rest(f64x2.promote_low_f32x4(x), n01));
  const r23 = f32x4.demote_f64x2_zero(rest(f64x2.promote_low_f32x4(upper), n23));
  const r = v128.shuffle<f32>(r01, r23, 0, 1, 4, 5);
  const words = v128.shuffle<f32>(i32x4.trunc_sat_f64x2_s_zero(n01), i32x4.trunc_sat_f64x2_s_zero(n23), 0, 1, 4, 5);
  const n = i32x4.add(words, i32x4.splat(quarters));
  const odd = i32x4.ne(v128.and(n, i32x4.splat(1)), i32x4.splat(0));
  const sign = i32x4.shl(v128.and(n, i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(cosNear4(r), sinNear4(r), odd), sign);
}

function turns(x: v128): v128 {
  return f64x2.nearest(f64x2.mul(x, f64x2.splat(0.636619772367581343)));
}

function rest(x: v128, n: v128): v128 {
  const high = f64x2.sub(x, f64x2.mul(n, f64x2.splat(QUARTER_HIGH)));
  return f64x2.sub(high, f64x2.mul(n, f64x2.splat(QUARTER_LOW)));
}

function waveFar4(x: v128, quarters: i32): v128 {
  let y = f32x4.splat(wave1(f32x4.extract_lane(x, 0), quarters));
  y = f32x4.replace_lane(y, 1, wave1(f32x4.extract_lane(x, 1), quarters));
  y = f32x4.replace_lane(y, 2, wave1(f32x4.extract_lane(x, 2), quarters));
  return f32x4.replace_lane(y, 3, wave1(f32x4.extract_lane(x, 3), quarters));
}

function wave1(x: f32, quarters: i32): f32 {
  return f32(quarters == 0 ? Math.sin(f64(x)) : Math.cos(f64(x)));
}

// Polynomials fitted in high precision for the least relative error, here and below.

function sinNear4(r: v128): v128 {
  const square = f32x4.mul(r, r);
  let p = f32x4.splat(-1.950148303e-4);
  p = madd(p, square, f32x4.splat(8.332013811e-3));
  p = madd(p, square, f32x4.splat(-1.666665017e-1));
  return madd(f32x4.mul(p, square), r, r);
}

function cosNear4(r: v128): v128 {
  const square = f32x4.mul(r, r);
  let p = f32x4.splat(2.437224551e-5);
  p = madd(p, square, f32x4.splat(-1.388652435e-3));
  p = madd(p, square, f32x4.splat(4.166661307e-2));
  p = madd(p, square, f32x4.splat(-0.5));
  return madd(p, square, f32x4.splat(1));
}

/** atan x in each lane: of 1/x where |x| > 1. */
export function atan4(x: v128): v128 {
  const size = f32x4.abs(x);
  const far = f32x4.gt(size, f32x4.splat(1));
  const z = v128.bitselect(f32x4.div(f32x4.splat(1), size), size, far);
  const square = f32x4.mul(z, z);
  let p = f32x4.splat(2.849852015e-3);
  p = madd(p, square, f32x4.splat(-1.606847883e-2));
  p = madd(p, square, f32x4.splat(4.269127588e-2));
  p = madd(p, square, f32x4.splat(-7.504274001e-2));
  p = madd(p, square, f32x4.splat(1.064092443e-1));
  p = madd(p, square, f32x4.splat(-1.420364203e-1));
  p = madd(p, square, f32x4.splat(1.999261909e-1));
  p = madd(p, square, f32x4.splat(-3.333307333e-1));
  const near = madd(f32x4.mul(p, square), z, z);
  const y = v128.bitselect(f32x4.sub(f32x4.splat(1.57079632679489662), near), near, far);
  return v128.bitselect(x, y, f32x4.splat(-0.0));
}

/** asin z for |z| ≤ ½ */
function asinNear4(z: v128): v128 {
  const square = f32x4.mul(z, z);
  let p = f32x4.splat(4.263556786e-2);
  p = madd(p, square, f32x4.splat(2.385821592e-2));
  p = madd(p, square, f32x4.splat(4.555017514e-2));
  p = madd(p, square, f32x4.splat(7.494434851e-2));
  p = madd(p, square, f32x4.splat(1.666679011e-1));
  return madd(f32x4.mul(p, square), z, z);
}

/** asin x in each lane: π/2 − 2·asin √((1 − |x|)/2) beyond ±½; NaN beyond ±1. */
export function asin4(x: v128): v128 {
  const size = f32x4.abs(x);
  const far = f32x4.gt(size, f32x4.splat(0.5));
  const half = f32x4.sqrt(f32x4.mul(f32x4.sub(f32x4.splat(1), size), f32x4.splat(0.5)));
  const near = asinNear4(v128.bitselect(half, size, far));
  const outer = madd(near, f32x4.splat(-2), f32x4.splat(1.57079632679489662));
  return v128.bitselect(x, v128.bitselect(outer, near, far), f32x4.splat(-0.0));
}

/** acos x in each lane: 2·asin √((1 − x)/2) from ½ on, exact near 1; π/2 − asin x within ±½. */
export function acos4(x: v128): v128 {
  const size = f32x4.abs(x);
  const far = f32x4.gt(size, f32x4.splat(0.5));
  const half = f32x4.sqrt(f32x4.mul(f32x4.sub(f32x4.splat(1), size), f32x4.splat(0.5)));
  const near = asinNear4(v128.bitselect(half, x, far));
  const twice = f32x4.add(near, near);
  const below = f32x4.lt(x, f32x4.splat(0));
  const outer = v128.bitselect(f32x4.sub(f32x4.splat(3.14159265358979324), twice), twice, below);
  return v128.bitselect(outer, f32x4.sub(f32x4.splat(1.57079632679489662), near), far);
}
