import { storeLanes } from './lanes';
import { argAddress, argFloat, at, madd } from './simd';

/** factor·x + shift. Arguments: x, y, factor, shift. */
export function affine(args: usize, begin: i32, end: i32): void {
  const x = argAddress(args, 0);
  const y = argAddress(args, 1);
  const factor = f32x4.splat(argFloat(args, 2));
  const shift = f32x4.splat(argFloat(args, 3));
  for (let i = begin; i < end; i += 4) storeLanes(at(y, i), madd(v128.load(at(x, i)), factor, shift), end - i);
}
