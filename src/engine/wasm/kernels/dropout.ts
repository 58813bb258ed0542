import { WORDS, draw1, draw4 } from './draws';
import { philox16 } from './philox';
import { placeOfDraw } from './place-of-draw';
import { arg, argAddress, argFloat, at, splitAt } from './simd';

/**
 * x·mask/(1 − p), one draw an element. Arguments: x, random (i32 [6]: seed low, seed high, step low, step high, then see
 * placeOfDraw), y, threshold, key, 1/(1 − p), or 0 where nothing is kept, numbers of an image, of a run. `begin` is a multiple
 * of 4: four elements share one counter.
 */
export function dropout_apply(args: usize, begin: i32, end: i32): void {
  const factor = argFloat(args, 5);
  let x = at(argAddress(args, 0), begin);
  let y = at(argAddress(args, 2), begin);
  let i = begin;
  if (factor != 0) {
    const random = argAddress(args, 1);
    const threshold = i32x4.splat(arg(args, 3));
    for (; i + 16 <= end; i += 16) {
      const place = placeOfDraw(random, arg(args, 6), arg(args, 7), i);
      // A part of a batch may begin between two counters, or go on elsewhere in the batch.
      if ((place & 3) != 0 || place + 15 != placeOfDraw(random, arg(args, 6), arg(args, 7), i + 15)) {
        for (let k = i; k < i + 16; k += 4) {
          const value = v128.and(f32x4.mul(v128.load(x), f32x4.splat(factor)), keptMask(args, k));
          v128.store(y, value);
          x += 16;
          y += 16;
        }
        continue;
      }
      // The words go to y's place first; x may be the same place, so it is read before.
      const x0 = v128.load(x);
      const x1 = v128.load(x, 16);
      const x2 = v128.load(x, 32);
      const x3 = v128.load(x, 48);
      const seed = load<u32>(random);
      philox16(y, place >> 2, 0, arg(args, 4), load<u32>(random, 8), seed, load<u32>(random, 4));
      const scale = f32x4.splat(factor);
      v128.store(y, v128.and(f32x4.mul(x0, scale), i32x4.ge_u(v128.load(y), threshold)));
      v128.store(y, v128.and(f32x4.mul(x1, scale), i32x4.ge_u(v128.load(y, 16), threshold)), 16);
      v128.store(y, v128.and(f32x4.mul(x2, scale), i32x4.ge_u(v128.load(y, 32), threshold)), 32);
      v128.store(y, v128.and(f32x4.mul(x3, scale), i32x4.ge_u(v128.load(y, 48), threshold)), 48);
      x += 64;
      y += 64;
    }
  }
  for (; i < end; i += 4) {
    const value = v128.and(f32x4.mul(v128.load(x), f32x4.splat(factor)), keptMask(args, i));
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

/** All bits set in the lanes of elements i … i + 3 that are kept. */
function keptMask(args: usize, i: i32): v128 {
  if (argFloat(args, 5) == 0) return i32x4.splat(0);
  const words = draw4(WORDS, argAddress(args, 1), arg(args, 4), arg(args, 6), arg(args, 7), i);
  return i32x4.ge_u(words, i32x4.splat(arg(args, 3)));
}

/** One draw a channel. Arguments: those of dropout_apply, then number of planes and places of a plane. */
export function dropout_channels(args: usize, part: i32, parts: i32): void {
  const places = arg(args, 9);
  const factor = argFloat(args, 5);
  const random = argAddress(args, 1);
  const end = splitAt(arg(args, 8), part + 1, parts);
  for (let plane = splitAt(arg(args, 8), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, 0), plane * places);
    const y = at(argAddress(args, 2), plane * places);
    const word = draw1(WORDS, random, arg(args, 4), placeOfDraw(random, arg(args, 6), arg(args, 7), plane));
    if (factor == 0 || u32(word) < u32(arg(args, 3))) {
      memory.fill(y, 0, usize(places) << 2);
      continue;
    }
    let i = 0;
    for (; i + 4 <= places; i += 4) v128.store(at(y, i), f32x4.mul(v128.load(at(x, i)), f32x4.splat(factor)));
    for (; i < places; i++) store<f32>(at(y, i), load<f32>(at(x, i)) * factor);
  }
}
