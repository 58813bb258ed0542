import { log4 } from './math';
import { philox4 } from './philox';
import { placeOfDraw } from './place-of-draw';
import { cos4, sin4 } from './trigonometry';

/** What is made of random words: nothing, numbers in (0, 1), of the distribution of the largest of many, or normal ones. */
export const WORDS = 0;
export const UNIFORM = 1;
export const GUMBEL = 2;
export const NORMAL = 3;

/**
 * The numbers of elements i … i + 3, where i is a multiple of 4: four that stand side by side in the whole batch come from one
 * or two counters. `random`: see dropout_apply; `perImage` and `run`: see placeOfDraw.
 */
export function draw4(kind: i32, random: usize, key: u32, perImage: i32, run: i32, i: i32): v128 {
  const place = placeOfDraw(random, perImage, run, i);
  if (place + 3 != placeOfDraw(random, perImage, run, i + 3)) return drawApart(kind, random, key, perImage, run, i);
  const low = drawCounter(kind, random, key, place >> 2);
  if ((place & 3) == 0) return low;
  const high = drawCounter(kind, random, key, (place >> 2) + 1);
  if ((place & 3) == 1) return v128.shuffle<f32>(low, high, 1, 2, 3, 4);
  if ((place & 3) == 2) return v128.shuffle<f32>(low, high, 2, 3, 4, 5);
  return v128.shuffle<f32>(low, high, 3, 4, 5, 6);
}

/** The number of one element. */
export function draw1(kind: i32, random: usize, key: u32, place: i32): i32 {
  const four = drawCounter(kind, random, key, place >> 2);
  const lane = place & 3;
  if (lane == 0) return i32x4.extract_lane(four, 0);
  if (lane == 1) return i32x4.extract_lane(four, 1);
  return lane == 2 ? i32x4.extract_lane(four, 2) : i32x4.extract_lane(four, 3);
}

/** Four elements at the end of a run. */
function drawApart(kind: i32, random: usize, key: u32, perImage: i32, run: i32, i: i32): v128 {
  let four = i32x4.splat(draw1(kind, random, key, placeOfDraw(random, perImage, run, i)));
  four = i32x4.replace_lane(four, 1, draw1(kind, random, key, placeOfDraw(random, perImage, run, i + 1)));
  four = i32x4.replace_lane(four, 2, draw1(kind, random, key, placeOfDraw(random, perImage, run, i + 2)));
  return i32x4.replace_lane(four, 3, draw1(kind, random, key, placeOfDraw(random, perImage, run, i + 3)));
}

/** The numbers 4·counter … 4·counter + 3 of the layer `key`. */
function drawCounter(kind: i32, random: usize, key: u32, counter: u32): v128 {
  const words = philox4(counter, 0, key, load<u32>(random, 8), load<u32>(random), load<u32>(random, 4));
  if (kind == WORDS) return words;
  // (Upper 23 bits + ½)/2^23, which is exact.
  const bits = f32x4.convert_i32x4_s(i32x4.shr_u(words, 9));
  const uniform = f32x4.mul(f32x4.add(bits, f32x4.splat(0.5)), f32x4.splat(1.1920928955078125e-7));
  if (kind == UNIFORM) return uniform;
  if (kind == GUMBEL) return f32x4.neg(log4(f32x4.neg(log4(uniform))));
  // r·cos 2πv and r·sin 2πv, r = √(−2 log u), for each pair u, v.
  const u = v128.shuffle<f32>(uniform, uniform, 0, 0, 2, 2);
  const angle = f32x4.mul(v128.shuffle<f32>(uniform, uniform, 1, 1, 3, 3), f32x4.splat(6.28318530717958648));
  const radius = f32x4.sqrt(f32x4.mul(log4(u), f32x4.splat(-2)));
  return f32x4.mul(radius, v128.shuffle<f32>(cos4(angle), sin4(angle), 0, 5, 2, 7));
}
