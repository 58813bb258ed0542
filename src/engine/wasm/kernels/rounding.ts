import { lanes, setLanes } from './lanes';
import { arg, argFloat } from './simd';

// Rounding, signs, and what kind of number it is. Arguments: x, y. Truth values are words: 0 or 1.

export function round_down(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, f32x4.floor(lanes(args, 0, i)));
}

export function round_up(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, f32x4.ceil(lanes(args, 0, i)));
}

export function round_to_zero(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, f32x4.trunc(lanes(args, 0, i)));
}

/** To the nearest multiple of 1/scale, halves to even ones. Then: scale. */
export function round_nearest(args: usize, begin: i32, end: i32): void {
  const scale = f32x4.splat(argFloat(args, 2));
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 1, i, end, f32x4.div(f32x4.nearest(f32x4.mul(lanes(args, 0, i), scale)), scale));
  }
}

/** To the nearest multiple of `step`. Then: step. */
export function round_to_step(args: usize, begin: i32, end: i32): void {
  const step = f32x4.splat(argFloat(args, 2));
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 1, i, end, f32x4.mul(f32x4.nearest(f32x4.div(lanes(args, 0, i), step)), step));
  }
}

export function frac(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    setLanes(args, 1, i, end, f32x4.sub(x, f32x4.trunc(x)));
  }
}

export function magnitude(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, f32x4.abs(lanes(args, 0, i)));
}

export function magnitude_words(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, i32x4.abs(lanes(args, 0, i)));
}

/** dy·sign x. Arguments: dy, x, dx. */
export function abs_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 2, i, end, f32x4.mul(lanes(args, 0, i), sign4(lanes(args, 1, i))));
  }
}

/** −1, 0 or 1; 0 of NaN. */
function sign4(x: v128): v128 {
  const above = v128.and(f32x4.splat(1), f32x4.gt(x, f32x4.splat(0)));
  return v128.or(above, v128.and(f32x4.splat(-1), f32x4.lt(x, f32x4.splat(0))));
}

export function sign(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, sign4(lanes(args, 0, i)));
}

export function sign_words(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    const above = i32x4.neg(i32x4.gt_s(x, i32x4.splat(0)));
    setLanes(args, 1, i, end, v128.or(above, i32x4.shr_s(x, 31)));
  }
}

/** Then: what stands in for NaN, ∞ and −∞. */
export function nan_to_num(args: usize, begin: i32, end: i32): void {
  const nan = f32x4.splat(argFloat(args, 2));
  const highest = f32x4.splat(argFloat(args, 3));
  const lowest = f32x4.splat(argFloat(args, 4));
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    let y = v128.bitselect(nan, x, f32x4.ne(x, x));
    y = v128.bitselect(highest, y, f32x4.eq(x, f32x4.splat(Infinity)));
    setLanes(args, 1, i, end, v128.bitselect(lowest, y, f32x4.eq(x, f32x4.splat(-Infinity))));
  }
}

/** dy where x is finite. Arguments: dy, x, dx. */
export function nan_to_num_grad(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const finite = f32x4.lt(f32x4.abs(lanes(args, 1, i)), f32x4.splat(Infinity));
    setLanes(args, 2, i, end, v128.and(lanes(args, 0, i), finite));
  }
}

/** The lowest bit of all-ones masks. */
function truth4(mask: v128): v128 {
  return i32x4.shr_u(mask, 31);
}

export function is_nan(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = lanes(args, 0, i);
    setLanes(args, 1, i, end, truth4(f32x4.ne(x, x)));
  }
}

export function is_inf(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = f32x4.abs(lanes(args, 0, i));
    setLanes(args, 1, i, end, truth4(f32x4.eq(x, f32x4.splat(Infinity))));
  }
}

export function is_finite(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const x = f32x4.abs(lanes(args, 0, i));
    setLanes(args, 1, i, end, truth4(f32x4.lt(x, f32x4.splat(Infinity))));
  }
}

export function is_positive_inf(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 1, i, end, truth4(f32x4.eq(lanes(args, 0, i), f32x4.splat(Infinity))));
  }
}

export function is_negative_inf(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 1, i, end, truth4(f32x4.eq(lanes(args, 0, i), f32x4.splat(-Infinity))));
  }
}

/** Of floats and of whole numbers. */
export function sign_bit(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, truth4(lanes(args, 0, i)));
}

export function logical_not(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 1, i, end, truth4(f32x4.eq(lanes(args, 0, i), f32x4.splat(0))));
  }
}

export function logical_not_words(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    setLanes(args, 1, i, end, truth4(i32x4.eq(lanes(args, 0, i), i32x4.splat(0))));
  }
}

/** Then: the bits to turn over. */
export function flip_bits(args: usize, begin: i32, end: i32): void {
  const bits = i32x4.splat(arg(args, 2));
  for (let i = begin; i < end; i += 4) setLanes(args, 1, i, end, v128.xor(lanes(args, 0, i), bits));
}
