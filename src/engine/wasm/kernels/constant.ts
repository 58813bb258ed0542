import { argAddress, argFloat, at } from './simd';

/** Arguments: target, value. */
export function constant(args: usize, begin: i32, end: i32): void {
  const y = argAddress(args, 0);
  const value = argFloat(args, 1);
  let i = begin;
  for (; i + 4 <= end; i += 4) v128.store(at(y, i), f32x4.splat(value));
  for (; i < end; i++) store<f32>(at(y, i), value);
}
