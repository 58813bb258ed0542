import { storeLanes } from './lanes';
import { log4 } from './math';
import { philox4 } from './philox';
import { arg, argAddress, argFloat, at, madd } from './simd';
import { cos4, sin4 } from './trigonometry';

/** Words 4·counter … 4·counter + 3 of the layer `key`, as numbers in (0, 1): (upper 23 bits + ½)/2^23, which is exact. `random`: see dropout_apply. */
function uniform4(random: usize, key: u32, counter: u32): v128 {
  const words = philox4(counter, 0, key, load<u32>(random, 8), load<u32>(random), load<u32>(random, 4));
  const bits = f32x4.convert_i32x4_s(i32x4.shr_u(words, 9));
  return f32x4.mul(f32x4.add(bits, f32x4.splat(0.5)), f32x4.splat(1.1920928955078125e-7));
}

/** Arguments: random, y, key. `begin` is a multiple of 4: four elements share one counter. */
export function draw_uniform(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    storeLanes(at(argAddress(args, 1), i), uniform4(argAddress(args, 0), arg(args, 2), i >> 2), end - i);
  }
}

/** −log(−log u). Arguments: those of draw_uniform. */
export function draw_gumbel(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const u = uniform4(argAddress(args, 0), arg(args, 2), i >> 2);
    storeLanes(at(argAddress(args, 1), i), f32x4.neg(log4(f32x4.neg(log4(u)))), end - i);
  }
}

/** r·cos 2πv and r·sin 2πv, r = √(−2 log u), for each pair u, v. Arguments: those of draw_uniform. */
export function draw_normal(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const uniform = uniform4(argAddress(args, 0), arg(args, 2), i >> 2);
    const u = v128.shuffle<f32>(uniform, uniform, 0, 0, 2, 2);
    const angle = f32x4.mul(v128.shuffle<f32>(uniform, uniform, 1, 1, 3, 3), f32x4.splat(6.28318530717958648));
    const radius = f32x4.sqrt(f32x4.mul(log4(u), f32x4.splat(-2)));
    const wave = v128.shuffle<f32>(cos4(angle), sin4(angle), 0, 5, 2, 7);
    storeLanes(at(argAddress(args, 1), i), f32x4.mul(radius, wave), end - i);
  }
}

/**
 * value where x > 0, else slope·value, slope = lower + range·u; value is x itself, or dy for the gradient. Arguments:
 * value, x, random, y, key, lower, range.
 */
export function rrelu_apply(args: usize, begin: i32, end: i32): void {
  const lower = f32x4.splat(argFloat(args, 5));
  const range = f32x4.splat(argFloat(args, 6));
  for (let i = begin; i < end; i += 4) {
    const value = v128.load(at(argAddress(args, 0), i));
    const above = f32x4.gt(v128.load(at(argAddress(args, 1), i)), f32x4.splat(0));
    const slope = madd(uniform4(argAddress(args, 2), arg(args, 4), i >> 2), range, lower);
    storeLanes(at(argAddress(args, 3), i), v128.bitselect(value, f32x4.mul(value, slope), above), end - i);
  }
}
