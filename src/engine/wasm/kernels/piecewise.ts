import { lanes, setLanes, storeLanes } from './lanes';
import { arg, argAddress, argFloat, at, madd } from './simd';

/** x between two bounds; NaN stays NaN. Arguments: x, y, lower, upper. */
export function clamp(args: usize, begin: i32, end: i32): void {
  const x = argAddress(args, 0);
  const y = argAddress(args, 1);
  const lower = f32x4.splat(argFloat(args, 2));
  const upper = f32x4.splat(argFloat(args, 3));
  for (let i = begin; i < end; i += 4) {
    storeLanes(at(y, i), f32x4.pmin(f32x4.pmax(v128.load(at(x, i)), lower), upper), end - i);
  }
}

/** The same for whole numbers. */
export function clamp_words(args: usize, begin: i32, end: i32): void {
  const lower = i32x4.splat(arg(args, 2));
  const upper = i32x4.splat(arg(args, 3));
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 1, i, end, i32x4.min_s(i32x4.max_s(lanes(args, 0, i), lower), upper));
  }
}

/** dy where x is within the bounds or on them. Arguments: dy, x, dx, lower, upper. */
export function clamp_grad(args: usize, begin: i32, end: i32): void {
  const lower = f32x4.splat(argFloat(args, 3));
  const upper = f32x4.splat(argFloat(args, 4));
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 1, i);
    const inside = v128.and(f32x4.ge(x, lower), f32x4.le(x, upper));
    setLanes(args, 2, i, end, v128.and(lanes(args, 0, i), inside));
  }
}

/** factor·dy where y is strictly between the bounds. Arguments: dy, y, dx, lower, upper, factor. */
export function between_grad(args: usize, begin: i32, end: i32): void {
  const dy = argAddress(args, 0);
  const y = argAddress(args, 1);
  const dx = argAddress(args, 2);
  const lower = f32x4.splat(argFloat(args, 3));
  const upper = f32x4.splat(argFloat(args, 4));
  const factor = f32x4.splat(argFloat(args, 5));
  for (let i = begin; i < end; i += 4) {
    const value = v128.load(at(y, i));
    const outside = v128.or(f32x4.le(value, lower), f32x4.ge(value, upper));
    storeLanes(at(dx, i), v128.andnot(f32x4.mul(v128.load(at(dy, i)), factor), outside), end - i);
  }
}

/** Arguments: x, y, slope below 0. */
export function leaky_relu(args: usize, begin: i32, end: i32): void {
  const x = argAddress(args, 0);
  const y = argAddress(args, 1);
  const slope = f32x4.splat(argFloat(args, 2));
  for (let i = begin; i < end; i += 4) {
    const value = v128.load(at(x, i));
    const below = f32x4.mul(value, slope);
    storeLanes(at(y, i), v128.bitselect(value, below, f32x4.gt(value, f32x4.splat(0))), end - i);
  }
}

/** Arguments: dy, x (or y, of the same sign), dx, slope below 0. */
export function leaky_relu_grad(args: usize, begin: i32, end: i32): void {
  const dy = argAddress(args, 0);
  const x = argAddress(args, 1);
  const dx = argAddress(args, 2);
  const slope = f32x4.splat(argFloat(args, 3));
  for (let i = begin; i < end; i += 4) {
    const value = v128.load(at(dy, i));
    const above = f32x4.gt(v128.load(at(x, i)), f32x4.splat(0));
    storeLanes(at(dx, i), v128.bitselect(value, f32x4.mul(value, slope), above), end - i);
  }
}

/** min(max(x + 3, 0), 6) / 6 */
function gate4(x: v128): v128 {
  const shifted = f32x4.pmax(f32x4.add(x, f32x4.splat(3)), f32x4.splat(0));
  return f32x4.mul(f32x4.pmin(shifted, f32x4.splat(6)), f32x4.splat(0.166666666666666667));
}

/** Arguments: x, y. */
export function hardsigmoid(args: usize, begin: i32, end: i32): void {
  const x = argAddress(args, 0);
  const y = argAddress(args, 1);
  for (let i = begin; i < end; i += 4) storeLanes(at(y, i), gate4(v128.load(at(x, i))), end - i);
}

/** Arguments: x, y. */
export function hardswish(args: usize, begin: i32, end: i32): void {
  const x = argAddress(args, 0);
  const y = argAddress(args, 1);
  for (let i = begin; i < end; i += 4) {
    const value = v128.load(at(x, i));
    storeLanes(at(y, i), f32x4.mul(value, gate4(value)), end - i);
  }
}

/** dy·(x/3 + ½) within ±3, else 0 below and dy above. Arguments: dy, x, dx. */
export function hardswish_grad(args: usize, begin: i32, end: i32): void {
  const dy = argAddress(args, 0);
  const x = argAddress(args, 1);
  const dx = argAddress(args, 2);
  for (let i = begin; i < end; i += 4) {
    const value = v128.load(at(x, i));
    let slope = madd(value, f32x4.splat(0.333333333333333333), f32x4.splat(0.5));
    slope = v128.bitselect(f32x4.splat(1), slope, f32x4.gt(value, f32x4.splat(3)));
    slope = v128.andnot(slope, f32x4.lt(value, f32x4.splat(-3)));
    storeLanes(at(dx, i), f32x4.mul(v128.load(at(dy, i)), slope), end - i);
  }
}

/** Arguments: x, y, lambda. */
export function hardshrink(args: usize, begin: i32, end: i32): void {
  const lambda = f32x4.splat(argFloat(args, 2));
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const within = v128.and(f32x4.ge(x, f32x4.neg(lambda)), f32x4.le(x, lambda));
    setLanes(args, 1, i, end, v128.andnot(x, within));
  }
}

/** Arguments: x, y, lambda. */
export function softshrink(args: usize, begin: i32, end: i32): void {
  const lambda = f32x4.splat(argFloat(args, 2));
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const above = v128.and(f32x4.sub(x, lambda), f32x4.gt(x, lambda));
    const below = v128.and(f32x4.add(x, lambda), f32x4.lt(x, f32x4.neg(lambda)));
    setLanes(args, 1, i, end, v128.or(above, below));
  }
}

/** dy where y is not 0. Arguments: dy, y, dx. */
export function shrink_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const kept = f32x4.ne(lanes(args, 1, i), f32x4.splat(0));
    setLanes(args, 2, i, end, v128.and(lanes(args, 0, i), kept));
  }
}

/** Arguments: x, y, threshold, value. */
export function threshold(args: usize, begin: i32, end: i32): void {
  const limit = f32x4.splat(argFloat(args, 2));
  const value = f32x4.splat(argFloat(args, 3));
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    setLanes(args, 1, i, end, v128.bitselect(value, x, f32x4.le(x, limit)));
  }
}

/** The same for whole numbers. */
export function threshold_words(args: usize, begin: i32, end: i32): void {
  const limit = i32x4.splat(arg(args, 2));
  const value = i32x4.splat(arg(args, 3));
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    setLanes(args, 1, i, end, v128.bitselect(value, x, i32x4.le_s(x, limit)));
  }
}

/** dy where x (or y) is above the threshold. Arguments: dy, x, dx, threshold. */
export function threshold_grad(args: usize, begin: i32, end: i32): void {
  const limit = f32x4.splat(argFloat(args, 3));
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 2, i, end, v128.andnot(lanes(args, 0, i), f32x4.le(lanes(args, 1, i), limit)));
  }
}
