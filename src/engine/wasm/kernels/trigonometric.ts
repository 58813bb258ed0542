import { lanes, setLanes } from './lanes';
import { acos4, asin4, atan4, cos4, sin4 } from './trigonometry';

// Arguments: x, y; of the gradients dy, x or y, dx.

export function sin(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, sin4(lanes(args, 0, i)));
}

/** dy·cos x */
export function sin_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), cos4(lanes(args, 1, i))));
  }
}

export function cos(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, cos4(lanes(args, 0, i)));
}

/** −dy·sin x */
export function cos_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 2, i, end, f32x4.neg(f32x4.mul(lanes(args, 0, i), sin4(lanes(args, 1, i)))));
  }
}

export function tan(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    setLanes(args, 1, i, end, f32x4.div(sin4(x), cos4(x)));
  }
}

/** dy·(1 + y²) */
export function tan_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const y = lanes(args, 1, i);
    const slope = f32x4.add(f32x4.splat(1), f32x4.mul(y, y));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), slope));
  }
}

export function asin(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, asin4(lanes(args, 0, i)));
}

/** dy / √(1 − x²) */
export function asin_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 2, i, end, f32x4.div(lanes(args, 0, i), height4(lanes(args, 1, i))));
  }
}

export function acos(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, acos4(lanes(args, 0, i)));
}

/** −dy / √(1 − x²) */
export function acos_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 2, i, end, f32x4.neg(f32x4.div(lanes(args, 0, i), height4(lanes(args, 1, i)))));
  }
}

/** √(1 − x²) */
function height4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.sqrt(f32x4.mul(f32x4.sub(one, x), f32x4.add(one, x)));
}

export function atan(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, atan4(lanes(args, 0, i)));
}

/** dy / (1 + x²) */
export function atan_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 1, i);
    const square = f32x4.add(f32x4.splat(1), f32x4.mul(x, x));
    setLanes(args, 2, i, end, f32x4.div(lanes(args, 0, i), square));
  }
}

const PI: f32 = 3.14159265358979324;

/** sin πx / πx; 1 at 0. */
export function sinc(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const y = f32x4.div(sinOfPi4(x), f32x4.mul(x, f32x4.splat(PI)));
    setLanes(args, 1, i, end, v128.bitselect(f32x4.splat(1), y, f32x4.eq(x, f32x4.splat(0))));
  }
}

/** dy·(cos πx − sinc x)/x; near 0 that is −dy·π²x/3·(1 − π²x²/10 + π⁴x⁴/280). */
export function sinc_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 1, i);
    const scaled = f32x4.mul(x, f32x4.splat(PI));
    const slope = f32x4.div(f32x4.sub(cosOfPi4(x), f32x4.div(sinOfPi4(x), scaled)), x);
    const square = f32x4.mul(scaled, scaled);
    let p = f32x4.mul(square, f32x4.splat(0.00357142857142857143));
    p = f32x4.add(f32x4.splat(1), f32x4.mul(square, f32x4.sub(p, f32x4.splat(0.1))));
    const near = f32x4.mul(f32x4.mul(scaled, f32x4.splat(-1.04719755119659775)), p);
    const close = f32x4.lt(f32x4.abs(x), f32x4.splat(0.1));
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), v128.bitselect(near, slope, close)));
  }
}

/** sin πx: whole turns are taken off first, where that is exact. */
function sinOfPi4(x: v128): v128 {
  return sin4(f32x4.mul(withoutTurns4(x), f32x4.splat(PI)));
}

function cosOfPi4(x: v128): v128 {
  return cos4(f32x4.mul(withoutTurns4(x), f32x4.splat(PI)));
}

/** x − 2·nearest(x/2): within ±1 */
function withoutTurns4(x: v128): v128 {
  const turns = f32x4.nearest(f32x4.mul(x, f32x4.splat(0.5)));
  return f32x4.sub(x, f32x4.add(turns, turns));
}
