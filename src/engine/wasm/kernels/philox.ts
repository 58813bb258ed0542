const MULTIPLIER_0: u64 = 0xd2511f53;
const MULTIPLIER_1: u64 = 0xcd9e8d57;
const WEYL_0: u32 = 0x9e3779b9;
const WEYL_1: u32 = 0xbb67ae85;

/** The four words of Philox4×32-10 (Salmon et al., 2011) for this counter and key. */
export function philox(c0: u32, c1: u32, c2: u32, c3: u32, key0: u32, key1: u32): v128 {
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
