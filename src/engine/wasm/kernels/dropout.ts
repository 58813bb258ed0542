import { philox } from './philox';
import { arg, argAddress, argFloat, at, splitAt } from './simd';

/**
 * x·mask/(1 − p), one draw an element. Arguments: x, random (i32 [4]: seed low, seed high, step low, step high), y, threshold,
 * key, 1/(1 − p), or 0 where nothing is kept. `begin` is a multiple of 4: four elements share one counter.
 */
export function dropout_apply(args: usize, begin: i32, end: i32): void {
  const factor = argFloat(args, 5);
  let x = at(argAddress(args, 0), begin);
  let y = at(argAddress(args, 2), begin);
  for (let i = begin; i < end; i += 4) {
    const value = v128.and(f32x4.mul(v128.load(x), f32x4.splat(factor)), keptMask(args, i >> 2));
    if (i + 4 <= end) {
      v128.store(y, value);
    } else {
      store<f32>(y, f32x4.extract_lane(value, 0));
      if (i + 1 < end) store<f32>(y, f32x4.extract_lane(value, 1), 4);
      if (i + 2 < end) store<f32>(y, f32x4.extract_lane(value, 2), 8);
    }
    x += 16;
    y += 16;
  }
}

/** All bits set in the lanes of draws 4·counter … 4·counter + 3 that are kept. */
function keptMask(args: usize, counter: u32): v128 {
  if (argFloat(args, 5) == 0) return i32x4.splat(0);
  const random = argAddress(args, 1);
  const words = philox(counter, 0, arg(args, 4), load<u32>(random, 8), load<u32>(random), load<u32>(random, 4));
  return i32x4.ge_u(words, i32x4.splat(arg(args, 3)));
}

/** One draw a channel. Arguments: those of dropout_apply, then number of planes and places of a plane. */
export function dropout_channels(args: usize, part: i32, parts: i32): void {
  const places = arg(args, 7);
  const factor = argFloat(args, 5);
  const end = splitAt(arg(args, 6), part + 1, parts);
  for (let plane = splitAt(arg(args, 6), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, 0), plane * places);
    const y = at(argAddress(args, 2), plane * places);
    const mask = keptMask(args, plane >> 2);
    const lane = plane & 3;
    const kept =
      lane == 0
        ? i32x4.extract_lane(mask, 0)
        : lane == 1
          ? i32x4.extract_lane(mask, 1)
          : lane == 2
            ? i32x4.extract_lane(mask, 2)
            : i32x4.extract_lane(mask, 3);
    if (kept == 0) {
      memory.fill(y, 0, usize(places) << 2);
      continue;
    }
    let i = 0;
    for (; i + 4 <= places; i += 4) v128.store(at(y, i), f32x4.mul(v128.load(at(x, i)), f32x4.splat(factor)));
    for (; i < places; i++) store<f32>(at(y, i), load<f32>(at(x, i)) * factor);
  }
}
