import { storeColumns } from './transpose';

const MULTIPLIER_0: u64 = 0xd2511f53;
const MULTIPLIER_1: u64 = 0xcd9e8d57;
const WEYL_0: u32 = 0x9e3779b9;
const WEYL_1: u32 = 0xbb67ae85;

/**
 * Philox4×32-10 for the four counters (first + 0 … first + 3, c1, c2, c3): writes their 16 words, those of one counter side
 * by side.
 */
export function philox16(to: usize, first: u32, c1: u32, c2: u32, c3: u32, key0: u32, key1: u32): void {
  let a = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  let b = i32x4.splat(c1);
  let c = i32x4.splat(c2);
  let d = i32x4.splat(c3);
  const multiplier0 = i32x4.splat(u32(MULTIPLIER_0));
  const multiplier1 = i32x4.splat(u32(MULTIPLIER_1));
  for (let round = 0; round < 10; round++) {
    const low0 = i64x2.extmul_low_i32x4_u(a, multiplier0);
    const high0 = i64x2.extmul_high_i32x4_u(a, multiplier0);
    const low1 = i64x2.extmul_low_i32x4_u(c, multiplier1);
    const high1 = i64x2.extmul_high_i32x4_u(c, multiplier1);
    a = v128.xor(v128.xor(v128.shuffle<i32>(low1, high1, 1, 3, 5, 7), b), i32x4.splat(key0));
    c = v128.xor(v128.xor(v128.shuffle<i32>(low0, high0, 1, 3, 5, 7), d), i32x4.splat(key1));
    b = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6);
    d = v128.shuffle<i32>(low0, high0, 0, 2, 4, 6);
    key0 += WEYL_0;
    key1 += WEYL_1;
  }
  storeColumns(a, b, c, d, to, 16);
}

/** The four words of Philox4×32-10 (Salmon et al., 2011) for this counter and key. */
export function philox4(c0: u32, c1: u32, c2: u32, c3: u32, key0: u32, key1: u32): v128 {
  for (let round = 0; round < 10; round++) {
    const product0 = MULTIPLIER_0 * u64(c0);
    const product1 = MULTIPLIER_1 * u64(c2);
    c0 = u32(product1 >> 32) ^ c1 ^ key0;
    c2 = u32(product0 >> 32) ^ c3 ^ key1;
    c1 = u32(product1);
    c3 = u32(product0);
    key0 += WEYL_0;
    key1 += WEYL_1;
  }
  let words = i32x4.splat(c0);
  words = i32x4.replace_lane(words, 1, c1);
  words = i32x4.replace_lane(words, 2, c2);
  return i32x4.replace_lane(words, 3, c3);
}
