import { argAddress, at } from './simd';

/** Arguments: a, b, sum. */
export function add(args: usize, begin: i32, end: i32): void {
  const a = argAddress(args, 0);
  const b = argAddress(args, 1);
  const y = argAddress(args, 2);
  let i = begin;
  for (; i + 4 <= end; i += 4) v128.store(at(y, i), f32x4.add(v128.load(at(a, i)), v128.load(at(b, i))));
  for (; i < end; i++) store<f32>(at(y, i), load<f32>(at(a, i)) + load<f32>(at(b, i)));
}
