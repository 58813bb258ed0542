/** Writes four rows a, b, c, d of four floats as columns, each column at `pitch` bytes from the one before. */
export function storeColumns(a: v128, b: v128, c: v128, d: v128, to: usize, pitch: usize): void {
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
  v128.store(to + pitch, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
  v128.store(to + 2 * pitch, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(to + 3 * pitch, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}

/**
 * Interleaves 8 rows of `length` floats: to[i][r] = row r [i]. Row r starts at base + offsets[r] (8 words of bytes).
 * Works in steps of four: reads and writes up to three places too many.
 */
export function interleave8(to: usize, length: i32, base: usize, offsets: usize): void {
  let r0 = base + load<u32>(offsets);
  let r1 = base + load<u32>(offsets, 4);
  let r2 = base + load<u32>(offsets, 8);
  let r3 = base + load<u32>(offsets, 12);
  let r4 = base + load<u32>(offsets, 16);
  let r5 = base + load<u32>(offsets, 20);
  let r6 = base + load<u32>(offsets, 24);
  let r7 = base + load<u32>(offsets, 28);
  for (let i = 0; i < length; i += 4) {
    storeColumns(v128.load(r0), v128.load(r1), v128.load(r2), v128.load(r3), to, 32);
    storeColumns(v128.load(r4), v128.load(r5), v128.load(r6), v128.load(r7), to + 16, 32);
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    r4 += 16;
    r5 += 16;
    r6 += 16;
    r7 += 16;
    to += 128;
  }
}

/**
 * Interleaves `height` (6 or 4) rows, `pitch` bytes apart: to[i][r] = row r [i]. Rows from `valid` on repeat the last
 * valid one (their results are never used). Writes exactly `length` places.
 */
export function interleaveRows(to: usize, height: i32, valid: i32, length: i32, from: usize, pitch: usize): void {
  const last = usize(valid - 1) * pitch;
  const r0 = from;
  const r1 = from + min(pitch, last);
  const r2 = from + min<usize>(2 * pitch, last);
  const r3 = from + min<usize>(3 * pitch, last);
  const r4 = from + min<usize>(4 * pitch, last);
  const r5 = from + min<usize>(5 * pitch, last);
  const step = usize(height) << 2;
  const bytes = usize(length) << 2;
  const whole = usize(length & ~3) << 2;
  let i: usize = 0;
  while (i < whole) {
    // In panels of 6 a column's four lanes end where its last two rows start: the columns do not overlap.
    storeColumns(v128.load(r0 + i), v128.load(r1 + i), v128.load(r2 + i), v128.load(r3 + i), to, step);
    if (height == 6) {
      const e = v128.load(r4 + i);
      const f = v128.load(r5 + i);
      const low = v128.shuffle<f32>(e, f, 0, 4, 1, 5);
      const high = v128.shuffle<f32>(e, f, 2, 6, 3, 7);
      v128.store_lane<u64>(to + 16, low, 0);
      v128.store_lane<u64>(to + 40, low, 1);
      v128.store_lane<u64>(to + 64, high, 0);
      v128.store_lane<u64>(to + 88, high, 1);
    }
    i += 16;
    to += 4 * step;
  }
  while (i < bytes) {
    store<f32>(to, load<f32>(r0 + i));
    store<f32>(to, load<f32>(r1 + i), 4);
    store<f32>(to, load<f32>(r2 + i), 8);
    store<f32>(to, load<f32>(r3 + i), 12);
    if (height == 6) {
      store<f32>(to, load<f32>(r4 + i), 16);
      store<f32>(to, load<f32>(r5 + i), 20);
    }
    i += 4;
    to += step;
  }
}
