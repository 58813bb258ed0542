/** a·b + c: fused where the build has relaxed SIMD. */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of the four lanes, always added in the same order. */
export function sumLanes(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Index of the first item of a part, of `count` items split evenly. */
export function splitAt(count: i32, part: i32, parts: i32): i32 {
  return i32((i64(count) * i64(part)) / i64(parts));
}

/** The `index`-th argument word. */
export function arg(args: usize, index: i32): i32 {
  return load<i32>(args + (usize(index) << 2));
}

export function argFloat(args: usize, index: i32): f32 {
  return load<f32>(args + (usize(index) << 2));
}

export function argAddress(args: usize, index: i32): usize {
  return load<usize>(args + (usize(index) << 2));
}

/** Address of the `index`-th 4-byte element. */
export function at(base: usize, index: i32): usize {
  return base + (usize(index) << 2);
}

/** Sets `count` floats to zero. */
export function zero(address: usize, count: i32): void {
  memory.fill(address, 0, usize(count) << 2);
}

/** Stores the first `count` lanes, at most four; reading the others was harmless, writing them would not be. */
export function storeFew(to: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, value);
    return;
  }
  store<f32>(to, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(value, 2), 8);
}
