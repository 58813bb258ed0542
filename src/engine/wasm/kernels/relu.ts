import { argAddress, at } from './simd';

/** Arguments: x, y. NaN stays NaN. */
export function relu(args: usize, begin: i32, end: i32): void {
  let x = at(argAddress(args, 0), begin);
  let y = at(argAddress(args, 1), begin);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    v128.store(y, f32x4.pmax(v128.load(x), f32x4.splat(0)));
    x += 16;
    y += 16;
  }
  for (; i < end; i++) {
    const value = load<f32>(x);
    store<f32>(y, value < 0 ? 0 : value);
    x += 4;
    y += 4;
  }
}

/** dy where y > 0, else 0. Arguments: dy, y, dx. */
export function relu_grad(args: usize, begin: i32, end: i32): void {
  let dy = at(argAddress(args, 0), begin);
  let y = at(argAddress(args, 1), begin);
  let dx = at(argAddress(args, 2), begin);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(y), f32x4.splat(0))));
    dy += 16;
    y += 16;
    dx += 16;
  }
  for (; i < end; i++) {
    store<f32>(dx, load<f32>(y) > 0 ? load<f32>(dy) : 0);
    dy += 4;
    y += 4;
    dx += 4;
  }
}
