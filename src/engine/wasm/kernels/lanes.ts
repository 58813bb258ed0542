import { argAddress, at } from './simd';

/** Elements i … i + 3 of the tensor whose address is the `index`-th argument; those beyond its end are arbitrary. */
export function lanes(args: usize, index: i32, i: i32): v128 {
  return v128.load(at(argAddress(args, index), i));
}

/** Writes elements i … i + 3 of the tensor whose address is the `index`-th argument, but none from `end` on. */
export function setLanes(args: usize, index: i32, i: i32, end: i32, value: v128): void {
  storeLanes(at(argAddress(args, index), i), value, end - i);
}

/** Writes the first `count` lanes, all four where there are more. */
export function storeLanes(to: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, value);
    return;
  }
  store<f32>(to, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(value, 2), 8);
}
