import { GUMBEL, NORMAL, UNIFORM, draw4 } from './draws';
import { storeLanes } from './lanes';
import { arg, argAddress, argFloat, at, madd } from './simd';

/** Arguments: random, y, key, numbers of an image, of a run (see placeOfDraw). `begin` is a multiple of 4: four elements share one counter. */
export function draw_uniform(args: usize, begin: i32, end: i32): void {
  drawAll(UNIFORM, args, begin, end);
}

/** −log(−log u). Arguments: those of draw_uniform. */
export function draw_gumbel(args: usize, begin: i32, end: i32): void {
  drawAll(GUMBEL, args, begin, end);
}

/** Arguments: those of draw_uniform. */
export function draw_normal(args: usize, begin: i32, end: i32): void {
  drawAll(NORMAL, args, begin, end);
}

function drawAll(kind: i32, args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const numbers = draw4(kind, argAddress(args, 0), arg(args, 2), arg(args, 3), arg(args, 4), i);
    storeLanes(at(argAddress(args, 1), i), numbers, end - i);
  }
}

/**
 * value where x > 0, else slope·value, slope = lower + range·u; value is x itself, or dy for the gradient. Arguments:
 * value, x, random, y, key, lower, range, numbers of an image, of a run.
 */
export function rrelu_apply(args: usize, begin: i32, end: i32): void {
  const lower = f32x4.splat(argFloat(args, 5));
  const range = f32x4.splat(argFloat(args, 6));
  for (let i = begin; i < end; i += 4) {
    const value = v128.load(at(argAddress(args, 0), i));
    const above = f32x4.gt(v128.load(at(argAddress(args, 1), i)), f32x4.splat(0));
    const u = draw4(UNIFORM, argAddress(args, 2), arg(args, 4), arg(args, 7), arg(args, 8), i);
    const slope = madd(u, range, lower);
    storeLanes(at(argAddress(args, 3), i), v128.bitselect(value, f32x4.mul(value, slope), above), end - i);
  }
}
