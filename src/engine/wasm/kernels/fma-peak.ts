import { arg, argAddress, madd } from './simd';

/**
 * Multiply-adds in registers alone, as many at once as the deepest pipelines need: what other kernels are measured by.
 * Each iteration does 12 of 4 lanes. Arguments: iterations, y (64 bytes for every part, so that the sums are of use).
 */
export function fma_peak(args: usize, part: i32, parts: i32): void {
  const scale = f32x4.splat(0.999);
  const shift = f32x4.splat(0.001);
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(1);
  let s2 = f32x4.splat(2);
  let s3 = f32x4.splat(3);
  let s4 = f32x4.splat(4);
  let s5 = f32x4.splat(5);
  let s6 = f32x4.splat(6);
  let s7 = f32x4.splat(7);
  let s8 = f32x4.splat(8);
  let s9 = f32x4.splat(9);
  let s10 = f32x4.splat(10);
  let s11 = f32x4.splat(11);
  for (let i = arg(args, 0); i > 0; i--) {
    s0 = madd(s0, scale, shift);
    s1 = madd(s1, scale, shift);
    s2 = madd(s2, scale, shift);
    s3 = madd(s3, scale, shift);
    s4 = madd(s4, scale, shift);
    s5 = madd(s5, scale, shift);
    s6 = madd(s6, scale, shift);
    s7 = madd(s7, scale, shift);
    s8 = madd(s8, scale, shift);
    s9 = madd(s9, scale, shift);
    s10 = madd(s10, scale, shift);
    s11 = madd(s11, scale, shift);
  }
  s0 = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  s4 = f32x4.add(f32x4.add(s4, s5), f32x4.add(s6, s7));
  s8 = f32x4.add(f32x4.add(s8, s9), f32x4.add(s10, s11));
  v128.store(argAddress(args, 1) + (usize(part) << 6), f32x4.add(f32x4.add(s0, s4), s8));
}
