import { arg, argAddress, at } from './simd';

/** f32 → whole number, toward zero, of so many bits. Arguments: x, y, bits to clear above (0 for 32), 1 where signed. */
export function float_to_word(args: usize, begin: i32, end: i32): void {
  const shift = arg(args, 2);
  const signed = arg(args, 3) != 0;
  for (let i = begin; i < end; i++) {
    const value = truncated(load<f32>(at(argAddress(args, 0), i))) << shift;
    store<i32>(at(argAddress(args, 1), i), signed ? value >> shift : i32(u32(value) >> shift));
  }
}

/** The same of a whole number. */
export function word_to_word(args: usize, begin: i32, end: i32): void {
  const shift = arg(args, 2);
  const signed = arg(args, 3) != 0;
  for (let i = begin; i < end; i++) {
    const value = load<i32>(at(argAddress(args, 0), i)) << shift;
    store<i32>(at(argAddress(args, 1), i), signed ? value >> shift : i32(u32(value) >> shift));
  }
}

/** Whole number or truth value → f32. Arguments: x, y. */
export function word_to_float(args: usize, begin: i32, end: i32): void {
  const x = argAddress(args, 0);
  const y = argAddress(args, 1);
  let i = begin;
  for (; i + 4 <= end; i += 4) v128.store(at(y, i), f32x4.convert_i32x4_s(v128.load(at(x, i))));
  for (; i < end; i++) store<f32>(at(y, i), f32(load<i32>(at(x, i))));
}

/** ≠ 0; NaN is. Arguments: x, y. */
export function float_to_truth(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    store<i32>(at(argAddress(args, 1), i), i32(load<f32>(at(argAddress(args, 0), i)) != 0));
  }
}

/** Arguments: x, y. */
export function word_to_truth(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    store<i32>(at(argAddress(args, 1), i), i32(load<i32>(at(argAddress(args, 0), i)) != 0));
  }
}

/** Out of range: the nearest end; NaN: 0. */
function truncated(x: f32): i32 {
  return i32x4.extract_lane(i32x4.trunc_sat_f32x4_s(f32x4.splat(x)), 0);
}
