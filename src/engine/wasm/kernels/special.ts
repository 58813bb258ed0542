import { erf4, erfc4, gaussian4 } from './error-function';
import { bessel0, bessel1, digamma1, logGamma1, trigamma1 } from './gamma';
import { lanes, setLanes } from './lanes';
import { log4 } from './math';
import { argAddress, at, madd } from './simd';

// Special functions. Arguments: x, y; of the gradients dy, x or y, dx.

export function erf(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, erf4(lanes(args, 0, i)));
}

/** dy·2/√π·e^(−x²) */
export function erf_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const slope = f32x4.mul(gaussian4(lanes(args, 1, i)), f32x4.splat(1.12837916709551257));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

export function erfc(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, erfc4(lanes(args, 0, i)));
}

/** −dy·2/√π·e^(−x²) */
export function erfc_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const slope = f32x4.mul(gaussian4(lanes(args, 1, i)), f32x4.splat(-1.12837916709551257));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

/** x·P(w), w = −log(1 − x²): polynomials fitted in high precision, in w − 2.5 below 5 and in √w − 3 from there on. ±∞ at ±1, NaN beyond. */
export function erfinv(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const one = f32x4.splat(1);
    const w = f32x4.neg(log4(f32x4.mul(f32x4.sub(one, x), f32x4.add(one, x))));
    const far = f32x4.ge(w, f32x4.splat(5));
    const y = f32x4.mul(x, v128.bitselect(inverseFar4(f32x4.sqrt(w)), inverseNear4(w), far));
    const edge = v128.or(v128.and(x, f32x4.splat(-0.0)), f32x4.splat(Infinity));
    setLanes(args, 1, i, end, v128.bitselect(edge, y, f32x4.eq(f32x4.abs(x), one)));
  }
}

function inverseNear4(w: v128): v128 {
  const t = f32x4.sub(w, f32x4.splat(2.5));
  let p = f32x4.splat(-8.791056453e-9);
  p = madd(p, t, f32x4.splat(2.323264432e-8));
  p = madd(p, t, f32x4.splat(4.661706637e-7));
  p = madd(p, t, f32x4.splat(-3.462704759e-6));
  p = madd(p, t, f32x4.splat(-4.963347854e-6));
  p = madd(p, t, f32x4.splat(2.183444394e-4));
  p = madd(p, t, f32x4.splat(-1.252741878e-3));
  p = madd(p, t, f32x4.splat(-4.177386781e-3));
  p = madd(p, t, f32x4.splat(2.466402862e-1));
  return madd(p, t, f32x4.splat(1.501409359));
}

function inverseFar4(root: v128): v128 {
  const t = f32x4.sub(root, f32x4.splat(3));
  let p = f32x4.splat(-1.597743353e-4);
  p = madd(p, t, f32x4.splat(8.251634567e-5));
  p = madd(p, t, f32x4.splat(1.292240274e-3));
  p = madd(p, t, f32x4.splat(-3.656539289e-3));
  p = madd(p, t, f32x4.splat(5.765544695e-3));
  p = madd(p, t, f32x4.splat(-7.626244533e-3));
  p = madd(p, t, f32x4.splat(9.43503756e-3));
  p = madd(p, t, f32x4.splat(1.001674233));
  return madd(p, t, f32x4.splat(2.832977004));
}

/** dy·√π/2·e^(y²) */
export function erfinv_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const slope = f32x4.div(f32x4.splat(0.886226925452758014), gaussian4(lanes(args, 1, i)));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

// Seldom needed: one by one, in f64.

function x1(args: usize, index: i32, i: i32): f64 {
  return f64(load<f32>(at(argAddress(args, index), i)));
}

function put1(args: usize, index: i32, i: i32, value: f64): void {
  store<f32>(at(argAddress(args, index), i), f32(value));
}

export function lgamma(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) put1(args, 1, i, logGamma1(x1(args, 0, i)));
}

/** dy·digamma x */
export function lgamma_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) put1(args, 2, i, x1(args, 0, i) * digamma1(x1(args, 1, i)));
}

export function digamma(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) put1(args, 1, i, digamma1(x1(args, 0, i)));
}

/** dy·trigamma x */
export function digamma_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) put1(args, 2, i, x1(args, 0, i) * trigamma1(x1(args, 1, i)));
}

/** The modified Bessel function of order 0. */
export function i0(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) put1(args, 1, i, bessel0(x1(args, 0, i)));
}

/** Its derivative is that of order 1. */
export function i0_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) put1(args, 2, i, x1(args, 0, i) * bessel1(x1(args, 1, i)));
}
