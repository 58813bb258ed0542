import { argAddress, argFloat, at } from './simd';

/** y = factor·x. Arguments: x, y, factor. */
export function scale(args: usize, begin: i32, end: i32): void {
  const x = argAddress(args, 0);
  const y = argAddress(args, 1);
  const factor = argFloat(args, 2);
  let i = begin;
  for (; i + 4 <= end; i += 4) v128.store(at(y, i), f32x4.mul(v128.load(at(x, i)), f32x4.splat(factor)));
  for (; i < end; i++) store<f32>(at(y, i), load<f32>(at(x, i)) * factor);
}
