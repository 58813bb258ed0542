import { arg, argAddress, at } from './simd';

/** a where the condition is true, else b; words of any type. Arguments: condition, a, b, y, steps of a and of b (0 or 1). */
export function where(args: usize, begin: i32, end: i32): void {
  const condition = argAddress(args, 0);
  const a = argAddress(args, 1);
  const b = argAddress(args, 2);
  const y = argAddress(args, 3);
  const stepOfA = arg(args, 4);
  const stepOfB = arg(args, 5);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const left = stepOfA != 0 ? v128.load(at(a, i)) : v128.load32_splat(a);
    const right = stepOfB != 0 ? v128.load(at(b, i)) : v128.load32_splat(b);
    const no = i32x4.eq(v128.load(at(condition, i)), i32x4.splat(0));
    v128.store(at(y, i), v128.bitselect(right, left, no));
  }
  for (; i < end; i++) {
    const value = load<i32>(at(condition, i)) != 0 ? load<i32>(at(a, i * stepOfA)) : load<i32>(at(b, i * stepOfB));
    store<i32>(at(y, i), value);
  }
}
