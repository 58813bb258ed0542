// Compiled by scripts/build-wasm.mjs to dist/wasm/resample.wasm. Whole numbers as in core/data/resize.ts, whose bytes these are:
// weights of 22 bits after the point, sums in 32 bits, rounded, cut at 0 and 255.

const half = 1 << 21;

/**
 * Rows of other lengths: `to` has `groups` · 4 bytes a row. For each group of 4 of them `bases` says where (i32) the first byte that it needs
 * stands in the row, `places` which of the 16 bytes from there on is the first of each of the 4 (16 bytes, a place and three 255 for each), and
 * `weights` [groups, taps, 4] (i32) what each of the bytes after that weighs. `groups` is a multiple of 4. Up to 16 bytes behind the last row are read.
 */
export function resample_rows(
  from: usize,
  fromStride: i32,
  rows: i32,
  to: usize,
  groups: i32,
  bases: usize,
  places: usize,
  weights: usize,
  taps: i32,
): void {
  for (let row = 0; row < rows; row++, from += usize(fromStride)) {
    for (let group = 0; group < groups; group += 4, to += 16) {
      const a = four(from, group, bases, places, weights, taps);
      const b = four(from, group + 1, bases, places, weights, taps);
      const c = four(from, group + 2, bases, places, weights, taps);
      const d = four(from, group + 3, bases, places, weights, taps);
      storeBytes(to, a, b, c, d);
    }
  }
}

// @inline
function four(from: usize, group: i32, bases: usize, places: usize, weights: usize, taps: i32): v128 {
  let source = from + usize(load<i32>(bases + (usize(group) << 2)));
  const place = v128.load(places + (usize(group) << 4));
  let weight = weights + usize(group * taps) * 16;
  let sum = i32x4.splat(half);
  for (let tap = 0; tap < taps; tap++, source++, weight += 16) {
    const bytes = i8x16.swizzle(v128.load(source), place);
    sum = i32x4.add(sum, i32x4.mul(bytes, v128.load(weight)));
  }
  return sum;
}

/**
 * Rows that are much shorter: position x of a row of `to`, `positions` - 1 - x where they are `mirrored`, is made of `counts[x]` (i32) bytes from `firsts[x]`
 * (i32) on, with `weights` [positions, taps] (i32), which are 0 behind those that count. `taps` is a multiple of 16. Up to 15 bytes behind the last row are read.
 */
export function shrink_rows(
  from: usize,
  fromStride: i32,
  rows: i32,
  to: usize,
  toStride: i32,
  positions: i32,
  mirrored: i32,
  firsts: usize,
  counts: usize,
  weights: usize,
  taps: i32,
): void {
  for (let row = 0; row < rows; row++, from += usize(fromStride), to += usize(toStride)) {
    let weight = weights;
    for (let x = 0; x < positions; x++, weight += usize(taps) << 2) {
      const source = from + usize(load<i32>(firsts + (usize(x) << 2)));
      const count = load<i32>(counts + (usize(x) << 2));
      let a = i32x4.splat(0);
      let b = i32x4.splat(0);
      for (let tap = 0; tap < count; tap += 16) {
        const bytes = v128.load(source + usize(tap));
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        const at = weight + (usize(tap) << 2);
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), v128.load(at)));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), v128.load(at, 16)));
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(high), v128.load(at, 32)));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(high), v128.load(at, 48)));
      }
      a = i32x4.add(a, b);
      const pairs = i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1);
      const sum = pairs + i32x4.extract_lane(a, 2) + i32x4.extract_lane(a, 3);
      const value = min(255, max(0, (sum + half) >> 22));
      store<u8>(to + usize(mirrored ? positions - 1 - x : x), value);
    }
  }
}

/**
 * Columns of other lengths: `to` and `from` have `stride` bytes a row, a multiple of 16. Row y of `to` is made of `counts[y]` (i32) rows of `from`
 * from `firsts[y]` (i32) on, with `weights` [rows, taps] (i32).
 */
export function resample_columns(
  from: usize,
  stride: i32,
  to: usize,
  rows: i32,
  firsts: usize,
  counts: usize,
  weights: usize,
  taps: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const first = from + usize(load<i32>(firsts + (usize(row) << 2)) * stride);
    const count = load<i32>(counts + (usize(row) << 2));
    const ownWeights = weights + (usize(row * taps) << 2);
    for (let x = 0; x < stride; x += 16, to += 16) {
      let a = i32x4.splat(half);
      let b = i32x4.splat(half);
      let c = i32x4.splat(half);
      let d = i32x4.splat(half);
      let source = first + usize(x);
      for (let tap = 0; tap < count; tap++, source += usize(stride)) {
        const weight = v128.load32_splat(ownWeights + (usize(tap) << 2));
        const bytes = v128.load(source);
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), weight));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), weight));
        c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), weight));
        d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), weight));
      }
      storeBytes(to, a, b, c, d);
    }
  }
}

// @inline
function storeBytes(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const low = i16x8.narrow_i32x4_s(i32x4.shr_s(a, 22), i32x4.shr_s(b, 22));
  const high = i16x8.narrow_i32x4_s(i32x4.shr_s(c, 22), i32x4.shr_s(d, 22));
  v128.store(to, i8x16.narrow_i16x8_u(low, high));
}

/** Pixels of three bytes, [count, 3], to three planes of `count` bytes, one behind the other. */
export function split_planes(from: usize, count: i32, to: usize): void {
  const second = to + usize(count);
  const third = second + usize(count);
  let i: usize = 0;
  for (const whole: usize = usize(count) & ~15; i < whole; i += 16, from += 48) {
    const a = v128.load(from);
    const b = v128.load(from, 16);
    const c = v128.load(from, 32);
    // What the first two registers have of each, then the rest from the third.
    const red = i8x16.shuffle(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
    const green = i8x16.shuffle(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0);
    const blue = i8x16.shuffle(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0);
    v128.store(to + i, i8x16.shuffle(red, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29));
    v128.store(second + i, i8x16.shuffle(green, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30));
    v128.store(third + i, i8x16.shuffle(blue, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31));
  }
  for (; i < usize(count); i++, from += 3) {
    store<u8>(to + i, load<u8>(from));
    store<u8>(second + i, load<u8>(from, 1));
    store<u8>(third + i, load<u8>(from, 2));
  }
}
